import type { Metadata } from 'next';
import Link from 'next/link';
import { requireContext, whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { billingTexts } from '#app/_texts/billing.ts';
import { Status, type StatusKind } from '#app/_ui/status.tsx';
import { Time } from '#app/_ui/time.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { paths } from '#app/paths.ts';
import type { UsageState } from '#lib/billing/observation.ts';
import { getCustomer } from '#lib/services/customers/get.ts';
import { type MailboxDayView, mailboxDays } from '#lib/services/usage/mailbox-days.ts';
import { dayName, monthName, requirePeriod } from '../../../../parts/calendar.ts';
import { Refused } from '../../../../parts/month.tsx';

const texts = billingTexts.mailbox;

export const metadata: Metadata = { title: billingTexts.title };

const looks: Record<UsageState, StatusKind> = { protected: 'ok', sealed: 'seal', free: 'off' };

/** A mailbox's days as the ledger has them: what it counted as, why, and what was corrected. */
export default async function BillingMailboxPage({
  params,
}: {
  params: Promise<{ period: string; tenantId: string; subject: string }>;
}) {
  const { tenantId, ...place } = await params;
  const period = requirePeriod(place.period);
  const ctx = await requireContext();
  const refused = await whyNot('usage.read');
  if (refused !== null) {
    return <Refused bar={<TopBar crumbs={[{ label: billingTexts.title }]} />} reason={refused} />;
  }
  const [customer, month] = await load(
    Promise.all([
      getCustomer(ctx, { tenantId }),
      mailboxDays(ctx, { period, tenantId, subject: decodeURIComponent(place.subject) }),
    ]),
  );
  const { now } = await reading();
  const name = month.name ?? billingTexts.explain.gone;
  const valid = month.days.filter(({ superseded }) => !superseded);
  const of = (state: UsageState) => valid.filter((day) => day.state === state).length;
  const line = of('sealed') > of('protected') ? 'sealed-mailboxes' : 'protected-mailboxes';
  return (
    <>
      <TopBar
        crumbs={[
          { label: billingTexts.title, href: paths.billing() },
          { label: monthName(period), href: paths.billingMonth(period) },
          { label: customer.name, href: paths.billingLine(period, tenantId, line) },
          { label: name },
        ]}
        chip={customer.initials}
      />
      <div className="space-y-1 px-4 pt-5 pb-4 sm:px-6">
        <h1 className="text-xl font-semibold">{texts.title(name, monthName(period))}</h1>
        <p className="text-sm text-ink-2">
          {texts.counted({
            protected: of('protected'),
            sealed: of('sealed'),
            free: of('free'),
          })}
        </p>
        <dl className="flex flex-wrap items-baseline gap-x-6 gap-y-1 pt-1 text-sm">
          {month.address === null ? null : (
            <div>
              <dt className="sr-only">{billingTexts.explain.mailbox}</dt>
              <dd className="break-all text-ink-2">{month.address}</dd>
            </div>
          )}
          <div className="flex min-w-0 flex-wrap items-baseline gap-x-2">
            <dt className="text-ink-3">{texts.subject}</dt>
            <dd className="font-mono text-xs break-all">{month.subject}</dd>
          </div>
          {month.name === null ? null : (
            <div>
              <dt className="sr-only">{texts.open}</dt>
              <dd>
                <Link
                  href={paths.mailbox(tenantId, month.mailboxId)}
                  prefetch={false}
                  className="quiet-link"
                >
                  {texts.open}
                </Link>
              </dd>
            </div>
          )}
        </dl>
      </div>
      <DayTable days={month.days} tenantId={tenantId} now={now} />
      <p className="px-4 py-3 text-sm text-ink-2 sm:px-6">
        {texts.missing} {texts.key} {billingTexts.utc}
      </p>
    </>
  );
}

function DayTable({
  days,
  tenantId,
  now,
}: {
  days: MailboxDayView[];
  tenantId: string;
  now: Date;
}) {
  const { columns } = texts;
  return (
    <table className="list list-wide">
      <thead>
        <tr>
          <th scope="col">{columns.day}</th>
          <th scope="col">{columns.state}</th>
          <th scope="col" className="max-sm:hidden">
            {columns.why}
          </th>
          <th scope="col" className="num max-sm:pr-4!">
            {columns.version}
          </th>
          <th scope="col" className="num max-sm:hidden">
            {columns.seen}
          </th>
          <th scope="col" className="num max-sm:hidden">
            {columns.run}
          </th>
        </tr>
      </thead>
      <tbody>
        {days.map((row) => {
          const why = whyOf(row);
          return (
            <tr key={`${row.day} ${row.version}`} className={row.superseded ? 'text-ink-3' : ''}>
              <th
                scope="row"
                className="h-row! border-b border-line text-sm! font-normal! text-ink!"
              >
                {dayName(row.day, now)}
              </th>
              <td>
                {row.superseded ? (
                  <s>{texts.states[row.state]}</s>
                ) : (
                  <Status kind={looks[row.state]}>{texts.states[row.state]}</Status>
                )}
                <span className="block text-xs text-ink-3 sm:hidden">{why}</span>
              </td>
              <td className="max-sm:hidden">{why}</td>
              <td className="num max-sm:pr-4!">{row.version}</td>
              <td className="num max-sm:hidden">
                <Time at={row.observedAt} />
              </td>
              <td className="num max-sm:hidden">
                {row.runId === null ? (
                  <span className="text-ink-3">–</span>
                ) : (
                  <Link
                    href={paths.run(tenantId, row.runId)}
                    prefetch={false}
                    className="quiet-link"
                  >
                    {texts.run}
                  </Link>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function whyOf(row: MailboxDayView): string {
  const { state, reason, superseded, version } = row;
  if (superseded) return texts.superseded;
  const why =
    state === 'free'
      ? (billingTexts.reasons[reason ?? '']?.long ?? reason ?? '')
      : texts.why[state];
  return version > 1 ? `${why}; ${texts.corrected(version)}` : why;
}
