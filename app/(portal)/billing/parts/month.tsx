import type { ReactNode } from 'react';
import { whyNot } from '#app/_server/context.ts';
import { creditTexts, billingTexts as texts } from '#app/_texts/billing.ts';
import { NotYours, PartFailed } from '#app/_ui/states.tsx';
import { type Crumb, TopBar } from '#app/_ui/top-bar.tsx';
import { type BillingList, type LineList, paths } from '#app/paths.ts';
import type { Period } from '#lib/billing/days.ts';
import type { UsageMonth } from '#lib/services/usage/list.ts';
import { BillingLinks } from './billing-links.tsx';
import { monthName } from './calendar.ts';
import { type Chosen, CustomerLines, inOrder } from './customer-lines.tsx';
import { Explanation } from './explanation.tsx';
import { GivenBack } from './given-back.tsx';
import { MonthFigures } from './month-figures.tsx';
import { MonthHead } from './month-head.tsx';
import { periodNow, theBilling, theUsage } from './read.ts';
import { Standing } from './standing.tsx';

/**
 * A month: what it comes to, its customers, and beside them on a wide screen one line explained. On a
 * phone the line is a page of its own, so whichever the address names is the one that shows.
 */
export async function Month({
  period,
  list,
  line,
  crumbs,
}: {
  period: Period;
  list: BillingList;
  /** Null: the largest customer's, beside the list. */
  line: (Chosen & { list: LineList }) | null;
  crumbs: Crumb[];
}) {
  const refused = await whyNot('usage.read');
  const bar = (
    <TopBar crumbs={crumbs} {...(line === null ? {} : { back: paths.billingMonth(period) })} />
  );
  if (refused !== null) return <Refused bar={bar} reason={refused} />;
  const [billing, usage, running] = await Promise.all([
    theBilling(),
    theUsage(period),
    periodNow(),
  ]);
  const own = billing.view?.own ?? null;
  const first = usage.view === null ? undefined : inOrder(usage.view)[0];
  const chosen: (Chosen & { list: LineList }) | null =
    line ??
    (first === undefined
      ? null
      : { tenantId: first.tenantId, dimension: 'protected-mailboxes', list: {} });
  const beside = line === null ? 'max-xl:hidden' : '';
  const aside = line === null ? '' : 'max-xl:hidden';
  return (
    <>
      {bar}
      <div className={aside}>
        <MonthHead
          period={period}
          running={running}
          through={usage.view?.through ?? null}
          own={own}
          closed={usage.view?.stamp != null}
        />
        {billing.failed === null ? (
          <Standing billing={billing.view} />
        ) : (
          <div className="px-4 pb-3 sm:px-6">
            <PartFailed what={texts.sections.standing} reference={billing.failed} />
          </div>
        )}
        {usage.view === null ? null : (
          <div className="px-4 pb-4 sm:px-6">
            <MonthFigures period={period} usage={usage.view} own={own} />
            <GivenBackInMonth period={period} usage={usage.view} />
          </div>
        )}
      </div>
      {line === null ? null : (
        <h1 className="px-4 pt-4 text-xl font-semibold sm:px-6 xl:hidden">{monthName(period)}</h1>
      )}
      {usage.failed === null ? null : (
        <div className="px-4 pb-4 sm:px-6">
          <PartFailed what={texts.sections.month} reference={usage.failed} />
        </div>
      )}
      <div className="flex-1 border-line xl:grid xl:grid-cols-[24.5rem_minmax(0,1fr)] xl:border-t">
        <div className={`min-w-0 border-line xl:border-r ${aside}`}>
          {usage.view === null ? null : (
            <>
              <CustomerLines usage={usage.view} chosen={chosen} all={list.show === 'all'} />
              {usage.view.whole ? null : (
                <p className="px-4 py-3 text-sm text-ink-2 sm:px-6">{texts.list.partSum}</p>
              )}
            </>
          )}
          <BillingLinks />
        </div>
        {chosen === null ? null : (
          <div className={`min-w-0 px-4 py-5 sm:px-6 ${beside}`}>
            <Explanation
              period={period}
              tenantId={chosen.tenantId}
              dimension={chosen.dimension}
              list={chosen.list}
            />
          </div>
        )}
      </div>
    </>
  );
}

function GivenBackInMonth({ period, usage }: { period: Period; usage: UsageMonth }) {
  if (usage.credits.length === 0) return null;
  return (
    <div className="pt-5">
      <GivenBack
        title={creditTexts.month(monthName(period))}
        credits={usage.credits}
        names={new Map(usage.customers.map(({ tenantId, name }) => [tenantId, name]))}
      />
    </div>
  );
}

export function Refused({ bar, reason }: { bar: ReactNode; reason: string }) {
  return (
    <>
      {bar}
      <div className="space-y-4 px-4 py-5 sm:px-6">
        <h1 className="text-xl font-semibold max-sm:sr-only">{texts.title}</h1>
        <NotYours reason={reason} />
      </div>
    </>
  );
}
