import Link from 'next/link';
import { billingTexts, lineTexts } from '#app/_texts/billing.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { Empty } from '#app/_ui/states.tsx';
import { paths } from '#app/paths.ts';
import { sumAmounts } from '#lib/billing/money.ts';
import { type Dimension, dimensions } from '#lib/billing/plan.ts';
import { formatFraction } from '#lib/billing/rate.ts';
import type { CustomerUsage, UsageMonth } from '#lib/services/usage/list.ts';
import { grouped, money } from './money.ts';

const texts = billingTexts.list;

/** So many fit beside a line that is explained; the rest is one row, and a link to all. */
const shownAtOnce = 14;

export interface Chosen {
  tenantId: string;
  dimension: Dimension;
}

/** Largest first: where the money goes. One that pays for itself is not in the sum, and last. */
export function inOrder(usage: UsageMonth): CustomerUsage[] {
  const size = ({ dimensions: of }: CustomerUsage) => Number(of['protected-mailboxes'].unitDays);
  return [...usage.customers].sort(
    (a, b) =>
      Number(a.direct) - Number(b.direct) ||
      Number(b.amount ?? 0) - Number(a.amount ?? 0) ||
      size(b) - size(a) ||
      a.name.localeCompare(b.name),
  );
}

/** Customers with what they come to; the lines of the chosen one below it. */
export function CustomerLines({
  usage,
  chosen,
  all,
}: {
  usage: UsageMonth;
  chosen: Chosen | null;
  all: boolean;
}) {
  const { period } = usage;
  const ordered = inOrder(usage);
  if (ordered.length === 0) {
    return (
      <div className="p-4 sm:px-6">
        <Empty icon="building" title={texts.none}>
          {texts.noneMore}
        </Empty>
      </div>
    );
  }
  const own = ordered.filter(({ direct }) => !direct);
  const direct = ordered.filter((it) => it.direct);
  const long = !all && own.length > shownAtOnce + 1;
  const shown = long
    ? own.filter(({ tenantId }, index) => index < shownAtOnce || tenantId === chosen?.tenantId)
    : own;
  const rest = own.filter((it) => !shown.includes(it));
  const currency = usage.total?.currency ?? usage.currency;
  const total = usage.total;
  const average = total?.lines.find(({ dimension }) => dimension === 'protected-mailboxes');
  return (
    <table className="list list-wide" aria-label={texts.label}>
      <thead>
        <tr>
          <th scope="col">{texts.customer}</th>
          <th scope="col" className="num" title={texts.averageNote}>
            {texts.average}
          </th>
          <th scope="col" className="num">
            {texts.amount}
          </th>
        </tr>
      </thead>
      <tbody>
        {shown.map((customer) => (
          <CustomerRows
            key={customer.tenantId}
            period={period}
            customer={customer}
            chosen={chosen?.tenantId === customer.tenantId ? chosen : null}
            currency={currency}
            minimum={total?.minimum?.shares.find(isOf(customer))?.amount ?? null}
          />
        ))}
        {rest.length > 0 ? (
          <tr>
            <td>
              <Link
                href={paths.billingMonth(period, { show: 'all' })}
                prefetch={false}
                className="text-ink-2 underline decoration-line-strong decoration-dotted underline-offset-4 hover:text-accent"
              >
                {texts.others(rest.length)}
              </Link>
            </td>
            <td className="num text-ink-2">{sumOfAverages(rest, usage)}</td>
            <td className="num text-ink-2">
              {total === null || currency === null
                ? '–'
                : money(
                    sumAmounts(
                      rest.map(({ amount }) => amount ?? '0'),
                      currency,
                    ),
                    currency,
                  )}
            </td>
          </tr>
        ) : null}
        {direct.map((customer) => (
          <CustomerRows
            key={customer.tenantId}
            period={period}
            customer={customer}
            chosen={chosen?.tenantId === customer.tenantId ? chosen : null}
            currency={currency}
            minimum={null}
          />
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{texts.all(own.length)}</th>
          <td className="num">
            {average === undefined
              ? sumOfAverages(own, usage)
              : grouped(formatFraction(average.average, 2))}
          </td>
          <td className="num">{total === null ? '–' : money(total.total, total.currency)}</td>
        </tr>
      </tfoot>
    </table>
  );
}

function CustomerRows({
  period,
  customer,
  chosen,
  currency,
  minimum,
}: {
  period: string;
  customer: CustomerUsage;
  chosen: Chosen | null;
  currency: string | null;
  /** Its share of the top-up to the plan's minimum. */
  minimum: string | null;
}) {
  const { tenantId, name, amount } = customer;
  const open = chosen !== null;
  const amountOf = (text: string | null) =>
    text === null || currency === null ? '–' : money(text, currency);
  return (
    <>
      <tr>
        <td className="max-w-0 w-full">
          <Link
            href={paths.billingLine(period, tenantId, 'protected-mailboxes')}
            prefetch={false}
            aria-expanded={open}
            className={`flex min-h-6 items-center gap-2 hover:text-accent ${open ? 'font-semibold' : ''}`}
          >
            <Icon
              name={open ? 'chevronDown' : 'chevronRight'}
              className="size-3.5 shrink-0 text-ink-3"
            />
            <span title={name} className="truncate">
              {name}
            </span>
          </Link>
          {customer.direct ? (
            <span className="block pl-5.5 text-xs text-ink-3" title={texts.directNote}>
              {texts.direct}
            </span>
          ) : null}
        </td>
        <td className="num">{grouped(customer.dimensions['protected-mailboxes'].average)}</td>
        <td className={`num ${open ? 'font-semibold' : ''}`}>{amountOf(amount)}</td>
      </tr>
      {open
        ? dimensions.map((dimension) => {
            const on = chosen.dimension === dimension;
            const cell = customer.dimensions[dimension];
            return (
              <tr key={dimension}>
                <td className={on ? 'xl:bg-selected!' : ''}>
                  <Link
                    href={paths.billingLine(period, tenantId, dimension)}
                    prefetch={false}
                    aria-current={on ? 'true' : undefined}
                    className={`flex min-h-6 items-center pl-5.5 hover:text-accent ${on ? 'max-xl:text-ink-2 xl:font-medium' : 'text-ink-2'}`}
                  >
                    {lineTexts[dimension].title}
                  </Link>
                </td>
                <td className={`num ${on ? 'max-xl:text-ink-2 xl:bg-selected!' : 'text-ink-2'}`}>
                  {grouped(cell.average)}
                </td>
                <td className={`num ${on ? 'max-xl:text-ink-2 xl:bg-selected!' : 'text-ink-2'}`}>
                  {amountOf(cell.amount)}
                </td>
              </tr>
            );
          })
        : null}
      {open && minimum !== null && Number(minimum) !== 0 ? (
        <tr>
          <td className="text-ink-2">
            <span className="block pl-5.5">{texts.minimum}</span>
          </td>
          <td />
          <td className="num text-ink-2">{amountOf(minimum)}</td>
        </tr>
      ) : null}
    </>
  );
}

function isOf({ tenantId }: CustomerUsage) {
  return (share: { tenantId: string }) => share.tenantId === tenantId;
}

/** Of exact sums, so that it is not a sum of rounded numbers. */
function sumOfAverages(customers: readonly CustomerUsage[], usage: UsageMonth): string {
  const days = customers.reduce(
    (all, { dimensions: of }) => all + BigInt(of['protected-mailboxes'].unitDays),
    0n,
  );
  const divisor = usage.total?.divisor ?? daysSeen(usage);
  return grouped(
    formatFraction({ numerator: days.toString(), denominator: String(Math.max(1, divisor)) }, 2),
  );
}

function daysSeen({ customers }: UsageMonth): number {
  return new Set(customers.flatMap(({ daily }) => daily.map(({ day }) => day))).size;
}
