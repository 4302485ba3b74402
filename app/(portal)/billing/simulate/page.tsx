import type { Metadata } from 'next';
import { requireContext, whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { billingTexts, simulateTexts as texts } from '#app/_texts/billing.ts';
import { Button } from '#app/_ui/button.tsx';
import { inputClass } from '#app/_ui/field.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { NotYours } from '#app/_ui/states.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { paths } from '#app/paths.ts';
import { type Period, previousPeriod } from '#lib/billing/days.ts';
import type { PlanTerms } from '#lib/billing/plan.ts';
import { isAppError } from '#lib/core/errors.ts';
import { listResalePrices, type PriceList } from '#lib/services/billing/resale-prices.ts';
import { type SimulationView, simulatePrices } from '#lib/services/billing/simulate.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { isWithin } from '#lib/services/members/rules.ts';
import { monthName } from '../parts/calendar.ts';
import { Refused } from '../parts/month.tsx';
import { periodNow, theBilling } from '../parts/read.ts';
import { SimulationTables } from '../parts/simulation-tables.tsx';
import { readTerms, writeTerms } from '../parts/terms-fields.ts';
import { TermsFields } from '../parts/terms-form.tsx';

export const metadata: Metadata = { title: texts.title };

type Query = Record<string, string | string[] | undefined>;

/** What would other prices have cost? Asked before they hold. */
export default async function SimulatePage({ searchParams }: { searchParams: Promise<Query> }) {
  const bar = (
    <TopBar
      crumbs={[{ label: billingTexts.title, href: paths.billing() }, { label: texts.title }]}
    />
  );
  const refused = await whyNot('billing.read');
  if (refused !== null) return <Refused bar={bar} reason={refused} />;
  const ctx = await requireContext();
  if (!isWithin(ctx, null)) return <Refused bar={bar} reason={texts.notYours} />;
  const query = await searchParams;
  const get = (name: string) => (typeof query[name] === 'string' ? query[name] : '');
  const [billing, lists, running] = await Promise.all([
    theBilling(),
    load(listResalePrices(ctx)),
    periodNow(),
  ]);
  const period = /^20\d\d-(0[1-9]|1[0-2])$/.test(get('period')) ? get('period') : running;
  const list = lists.find(({ id }) => id === get('list'));
  const plan = billing.view?.own?.plan ?? null;
  const current = list === undefined ? (plan?.terms ?? null) : termsIn(list, period);
  const asked = get('aggregation') !== '';
  const found = asked
    ? await simulated(ctx, { period, list: list?.id, terms: readTerms(get) })
    : null;
  const values = asked
    ? new Map(Object.keys(query).map((name) => [name, get(name)]))
    : current === null
      ? new Map<string, string>()
      : writeTerms(current);
  return (
    <>
      {bar}
      <div className="px-4 pt-5 pb-4 sm:px-6">
        <h1 className="text-xl font-semibold">{texts.title}</h1>
        <p className="max-w-160 text-sm text-ink-2">{texts.lead}</p>
      </div>
      <div className="grid grid-cols-1 content-start gap-x-10 gap-y-8 px-4 pb-8 sm:px-6 xl:grid-cols-[minmax(0,36rem)_minmax(0,1fr)]">
        {current === null ? (
          <NotYours reason={texts.noPlan} />
        ) : (
          <form method="get" action={paths.billingSimulate()} className="space-y-5">
            <div className="grid gap-x-4 gap-y-3 sm:grid-cols-2">
              <label className="block text-sm font-medium">
                {texts.month}
                <select name="period" defaultValue={period} className={inputClass}>
                  {monthsUpTo(running).map((month) => (
                    <option key={month} value={month}>
                      {monthName(month)}
                    </option>
                  ))}
                </select>
              </label>
              <label className="block text-sm font-medium">
                {texts.against}
                <select name="list" defaultValue={list?.id ?? ''} className={inputClass}>
                  {plan === null ? null : <option value="">{texts.plan(plan.name)}</option>}
                  {lists.map(({ id, name }) => (
                    <option key={id} value={id}>
                      {texts.list(name)}
                    </option>
                  ))}
                </select>
              </label>
            </div>
            <TermsFields values={values} />
            <Button weight="primary">{texts.act}</Button>
          </form>
        )}
        <div className="min-w-0 space-y-6" aria-live="polite">
          {found === null ? null : 'refusal' in found ? (
            <Notice tone="fail" title={found.refusal} alert />
          ) : (
            <SimulationTables of={found} />
          )}
        </div>
      </div>
    </>
  );
}

async function simulated(
  ctx: ServiceContext,
  asked: { period: Period; list: string | undefined; terms: unknown },
): Promise<SimulationView | { refusal: string }> {
  const { period, list, terms } = asked;
  try {
    return await simulatePrices(ctx, {
      period,
      ...(list === undefined ? {} : { planId: list }),
      terms: terms as Parameters<typeof simulatePrices>[1]['terms'],
    });
  } catch (err) {
    // What was typed is wrong: it stays, and the sentence says what.
    if (isAppError(err, 'input.invalid') || isAppError(err, 'conflict')) {
      return { refusal: err.message };
    }
    if (isAppError(err, 'not-found')) return { refusal: texts.noPlan };
    throw err;
  }
}

/** The terms of a list that hold in a month; of one that began later, its first. */
function termsIn({ versions }: PriceList, period: Period): PlanTerms | null {
  return (versions.find(({ from }) => from <= period) ?? versions.at(-1))?.terms ?? null;
}

function monthsUpTo(running: Period): Period[] {
  const months = [running];
  while (months.length < 13) months.push(previousPeriod(months.at(-1)!));
  return months;
}
