import type { Metadata } from 'next';
import Link from 'next/link';
import { requireContext, whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { customersTexts as texts } from '#app/_texts/fleet.ts';
import { ButtonLink, buttonClass } from '#app/_ui/button.tsx';
import { Icon } from '#app/_ui/icon.tsx';
import { Live } from '#app/_ui/live.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { Empty, NoMatch, Partial } from '#app/_ui/states.tsx';
import { Status } from '#app/_ui/status.tsx';
import { Time, TimeIn } from '#app/_ui/time.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { coarse, plural } from '#app/_ui/words.ts';
import { type CustomerList, paths } from '#app/paths.ts';
import { formatBytes, formatCount } from '#lib/core/bytes.ts';
import { reachOf } from '#lib/services/context.ts';
import { targetMs } from '#lib/services/coverage/rules.ts';
import { listAssigned } from '#lib/services/customers/assigned.ts';
import { listCustomers } from '#lib/services/customers/list.ts';
import { stampFleet } from '#lib/services/figures/stamp.ts';
import { customersNow } from '#lib/services/incidents/customers-now.ts';
import { backUpChosen } from '../actions.ts';
import { BulkForm } from '../parts/bulk-form.tsx';
import {
  asksTonight,
  type CustomerLine,
  customerLines,
  readCustomerList,
} from '../parts/customer-lines.ts';
import { onboardingRank } from '../parts/customer-state.ts';

export const metadata: Metadata = { title: texts.title };

const perPage = 50;
const usualMinutes = 360;

/** Who is not fine? Worst first; colour only in rows that need somebody. */
export default async function CustomersPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const list = readCustomerList(await searchParams);
  const ctx = await requireContext();
  const [customers, staff, tonight, { stamp }] = await load(
    Promise.all([
      listCustomers(ctx),
      listAssigned(ctx),
      asksTonight(list) ? customersNow(ctx) : null,
      stampFleet(ctx),
    ]),
  );
  // Whoever has some customers only would not have the one they add.
  const mayNotAdd =
    (await whyNot('customers.connect')) ??
    (reachOf(ctx).customers === 'all' ? null : texts.notYours);
  const mayNotRun = await whyNot('backups.run');
  const { now } = await reading();
  const lines = customerLines({ customers, staff, tonight }, list, now);
  const page = Math.min(list.page ?? 1, Math.max(1, Math.ceil(lines.length / perPage)));
  const from = (page - 1) * perPage;
  const shown = lines.slice(from, from + perPage);
  const filtered = list.show !== undefined || list.assigned !== undefined;

  return (
    <>
      <TopBar crumbs={[{ label: texts.title }]} />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 pt-5 pb-3 sm:px-6">
        <h1 className="text-xl font-semibold">
          {texts.title}{' '}
          <span className="ml-1.5 text-base font-normal text-ink-2">
            {filtered ? texts.some(lines.length, customers.length) : formatCount(customers.length)}
          </span>
        </h1>
        {customers.length > 0 ? <Filter list={list} staff={staff} /> : null}
        <span className="ml-auto max-sm:hidden">
          <Live
            from={paths.fleetProgress()}
            stamp={stamp}
            text={<TimeIn say={texts.asOf} at={now} as="clock" inside />}
            everyMs={5000}
            about={['run', 'customer', 'incident']}
          />
        </span>
        {customers.length > 0 ? (
          <a href={paths.customersFile(list)} className={buttonClass('secondary', 'max-sm:hidden')}>
            <Icon name="download" className="size-4" />
            {texts.csv}
          </a>
        ) : null}
        {mayNotAdd === null ? (
          <ButtonLink href={paths.newCustomer()} weight="primary" className="max-sm:ml-auto">
            <Icon name="plus" />
            {texts.add}
          </ButtonLink>
        ) : (
          <ReasonButton name={texts.add} reason={mayNotAdd}>
            {texts.add}
          </ReasonButton>
        )}
      </div>
      {customers.length === 0 ? (
        <div className="px-4 py-4 sm:px-6">
          <Empty icon="building" title={texts.emptyTitle}>
            {texts.empty}
          </Empty>
        </div>
      ) : lines.length === 0 ? (
        <div className="px-4 py-4 sm:px-6">
          {list.show === 'outside' && list.assigned === undefined ? (
            <Empty icon="check" title={texts.allWithin} />
          ) : (
            <NoMatch one="customer" clear={paths.customers()} />
          )}
        </div>
      ) : (
        <BulkForm action={backUpChosen} refused={mayNotRun}>
          <table className="list list-wide">
            <thead>
              <tr>
                <th scope="col" className="w-px max-sm:hidden">
                  <span className="sr-only">{texts.columns.chosen}</span>
                </th>
                <th scope="col" className="w-px pr-4 max-sm:pl-4">
                  <span className="max-sm:sr-only">{texts.columns.state}</span>
                </th>
                <th scope="col">{texts.columns.customer}</th>
                <th scope="col" className="max-lg:hidden">
                  {texts.columns.policy}
                </th>
                <th scope="col" className="num max-sm:pr-4">
                  {texts.columns.covered}
                </th>
                {list.show === 'outside' ? (
                  <th scope="col" className="num max-sm:pr-4">
                    {texts.columns.outside}
                  </th>
                ) : null}
                <Sorted list={list} by="oldest" className="max-sm:hidden" />
                <Sorted list={list} by="gap" className="max-wide:hidden" />
                <Sorted list={list} by="unexplained" className="max-wide:hidden" />
                <Sorted list={list} by="stored" className="max-lg:hidden" />
                <th scope="col" className="max-sm:hidden">
                  {texts.columns.assigned}
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((line) => (
                <Line
                  key={line.customer.id}
                  line={line}
                  now={now}
                  withOutside={list.show === 'outside'}
                />
              ))}
            </tbody>
          </table>
        </BulkForm>
      )}
      {lines.length > 0 ? (
        <Totals lines={lines} list={list}>
          {lines.length > perPage ? (
            <span className="ml-auto flex gap-4">
              {texts.rows(from + 1, from + shown.length)}
              {page > 1 ? (
                <Link
                  href={paths.customers({ ...list, page: page - 1 })}
                  prefetch={false}
                  className="quiet-link"
                >
                  {texts.previous(perPage)}
                </Link>
              ) : null}
              {from + shown.length < lines.length ? (
                <Link
                  href={paths.customers({ ...list, page: page + 1 })}
                  prefetch={false}
                  className="quiet-link"
                >
                  {texts.next(Math.min(perPage, lines.length - from - shown.length))}
                </Link>
              ) : null}
            </span>
          ) : null}
        </Totals>
      ) : null}
    </>
  );
}

function Filter({
  list,
  staff,
}: {
  list: ReturnType<typeof readCustomerList>;
  staff: Awaited<ReturnType<typeof listAssigned>>;
}) {
  const select =
    'h-8 min-w-0 max-w-full rounded-md border border-line-strong bg-surface pr-7 pl-2 text-sm max-sm:h-11';
  return (
    <form
      action={paths.customers()}
      className="flex min-w-0 flex-wrap items-center gap-2 max-sm:order-last max-sm:w-full"
    >
      <select
        name="show"
        aria-label={texts.filter.show}
        defaultValue={list.show ?? ''}
        className={select}
      >
        <option value="">{texts.filter.all}</option>
        <option value="look">{texts.filter.look}</option>
        <option value="good">{texts.filter.good}</option>
        <option value="connecting">{texts.filter.connecting}</option>
        <option value="quiet">{texts.filter.quiet}</option>
        <option value="outside">{texts.filter.outside}</option>
      </select>
      {staff.length > 0 ? (
        <select
          name="assigned"
          aria-label={texts.filter.assigned}
          defaultValue={list.assigned ?? ''}
          className={select}
        >
          <option value="">{texts.filter.anyone}</option>
          {staff.map(({ subject, name }) => (
            <option key={subject} value={subject}>
              {name}
            </option>
          ))}
        </select>
      ) : null}
      <button type="submit" className={buttonClass()}>
        {texts.filter.apply}
      </button>
    </form>
  );
}

/**
 * Numbers are plain links: a page has 250 of them, and as parts of the browser's script each would be
 * sent and made once more.
 */
function Line({
  line: { customer, look, assigned, worstGapMs, outside },
  now,
  withOutside,
}: {
  line: CustomerLine;
  now: Date;
  withOutside: boolean;
}) {
  const troubled = look.rank < 3;
  const ink = look.kind === 'fail' ? 'text-fail-ink font-semibold' : 'text-late-ink font-semibold';
  const target = targetMs(customer.policy?.everyMinutes ?? usualMinutes);
  const { oldestGoodAt } = customer;
  const late = oldestGoodAt !== null && now.getTime() - oldestGoodAt.getTime() > target;
  return (
    <tr>
      <td className="max-sm:hidden">
        <input
          type="checkbox"
          name="tenantId"
          value={customer.id}
          aria-label={texts.bulk.choose(customer.name)}
          className="box block"
        />
      </td>
      <td className="pr-4 max-sm:pl-4">
        <Status kind={look.kind}>
          <span className="max-sm:sr-only">{look.word}</span>
        </Status>
      </td>
      <th scope="row" className="h-row border-b py-1 border-line text-sm! font-medium text-ink!">
        <Link
          href={
            customer.state === 'connecting'
              ? paths.customerConnecting(customer.id)
              : paths.customer(customer.id)
          }
          prefetch={false}
          className="wrap-anywhere whitespace-normal hover:text-accent hover:underline"
        >
          {customer.name}
        </Link>
        <span aria-hidden className="block text-xs font-normal text-ink-2 sm:hidden">
          {look.word}
        </span>
      </th>
      <td className="text-ink-2 max-lg:hidden">
        {customer.policy?.name ?? <span className="text-ink-3">{texts.none}</span>}
      </td>
      <td className="num max-sm:pr-4">
        <Covered
          customer={customer}
          ink={look.kind === 'fail' ? ink : 'text-late-ink font-semibold'}
        />
      </td>
      {withOutside ? (
        <td className="num max-sm:pr-4">
          <a
            href={paths.customerMailboxes(customer.id, { show: 'outside' })}
            className="number-link"
          >
            {formatCount(outside ?? 0)}
          </a>
        </td>
      ) : null}
      <td className="num max-sm:hidden">
        {oldestGoodAt ? (
          <a
            href={paths.customerMailboxes(customer.id, { show: late ? 'late' : 'covered' })}
            className={late && troubled ? ink : ''}
          >
            <Time at={oldestGoodAt} as="age" inside />
          </a>
        ) : (
          <span className="text-ink-3">
            {look.rank === onboardingRank
              ? texts.firstCopy
              : customer.asOf === null
                ? texts.noData
                : texts.none}
          </span>
        )}
      </td>
      <td className="num max-wide:hidden">
        {worstGapMs === null ? (
          <span className="text-ink-3">{texts.noData}</span>
        ) : (
          <a
            href={`${paths.customer(customer.id)}#recovery`}
            className={worstGapMs > target ? (late && troubled ? ink : 'font-semibold') : ''}
          >
            {coarse(worstGapMs)}
          </a>
        )}
      </td>
      <td className="num max-wide:hidden">
        {customer.unexplainedItems === null ? (
          <span className="text-ink-3">{texts.noData}</span>
        ) : (
          <a
            href={paths.runs({ customer: customer.id, show: 'unexplained' })}
            className={customer.unexplainedItems > 0 ? 'font-semibold' : 'text-ink-2'}
          >
            {formatCount(customer.unexplainedItems)}
          </a>
        )}
      </td>
      <td className="num max-lg:hidden">
        {customer.storedBytes === null ? (
          <span className="text-ink-3">{texts.noData}</span>
        ) : (
          <a href={paths.customer(customer.id)} className="text-ink-2">
            {formatBytes(customer.storedBytes)}
          </a>
        )}
      </td>
      <td className="text-ink-2 max-sm:hidden">
        {assigned.length === 0 ? (
          <span className="text-ink-3">{texts.everyone}</span>
        ) : (
          assigned.join(', ')
        )}
      </td>
    </tr>
  );
}

/** The head of a column that the list can be in the order of. */
function Sorted({
  list,
  by,
  className,
}: {
  list: CustomerList;
  by: NonNullable<CustomerList['sort']>;
  className: string;
}) {
  const on = list.sort === by;
  return (
    <th scope="col" aria-sort={on ? 'descending' : undefined} className={`num ${className}`}>
      <Link
        href={paths.customers({ ...list, page: undefined, sort: on ? undefined : by })}
        prefetch={false}
        className="hover:text-ink hover:underline"
      >
        {texts.sorts[by]}
        {on ? <span aria-hidden> ↓</span> : null}
      </Link>
    </th>
  );
}

function Covered({ customer, ink }: { customer: CustomerLine['customer']; ink: string }) {
  const { covered, mailboxes } = customer;
  if (covered === null || mailboxes === null) {
    return <span className="text-ink-3">{texts.noData}</span>;
  }
  return (
    <a
      href={paths.customerMailboxes(customer.id, {
        show: covered < mailboxes ? 'without' : 'covered',
      })}
      className="text-ink-2"
    >
      <span className={covered < mailboxes ? ink : 'text-ink'}>{formatCount(covered)}</span>
      {texts.coveredOf(mailboxes)}
    </a>
  );
}

function Totals({
  lines,
  list,
  children,
}: {
  lines: CustomerLine[];
  list: CustomerList;
  children: React.ReactNode;
}) {
  const counted = lines.filter(({ customer }) => customer.asOf !== null);
  const sum = (pick: (customer: CustomerLine['customer']) => number | null) =>
    counted.reduce((total, { customer }) => total + (pick(customer) ?? 0), 0);
  // What a sum is made of is the list itself, with what adds most to it on top.
  const sorted = (sort: CustomerList['sort']) =>
    paths.customers({ ...list, page: undefined, sort });
  const uncounted = lines.length - counted.length;
  const stale = counted.filter(({ customer }) => customer.stale).length;
  const [oldest] = counted
    .flatMap(({ customer }) => customer.asOf ?? [])
    .sort((a, b) => a.getTime() - b.getTime());
  return (
    <div className="sticky bottom-0 mt-auto flex flex-wrap gap-x-4 border-t border-line bg-canvas px-4 py-3 text-xs text-ink-2 max-sm:bottom-14 sm:px-6">
      <strong className="font-semibold text-ink">{plural(lines.length, 'customer')}</strong>
      <a href={sorted('oldest')} className="number-link">
        {texts.covered(
          sum((it) => it.covered),
          sum((it) => it.mailboxes),
        )}
      </a>
      <a href={sorted('unexplained')} className="number-link max-sm:hidden">
        {texts.unexplained(sum((it) => it.unexplainedItems))}
      </a>
      <a href={sorted('stored')} className="number-link">
        {texts.stored(formatBytes(sum((it) => it.storedBytes)))}
      </a>
      {uncounted > 0 ? <span>{texts.uncounted(uncounted)}</span> : null}
      {oldest === undefined ? null : stale > 0 ? (
        <Partial>
          {texts.stale(stale, lines.length)} <Time at={oldest} as="short" />
        </Partial>
      ) : (
        <span>
          {texts.counted} <Time at={oldest} as="ago" />
        </span>
      )}
      {children}
    </div>
  );
}
