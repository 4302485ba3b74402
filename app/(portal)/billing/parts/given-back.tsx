import { creditTexts as texts } from '#app/_texts/billing.ts';
import { Time } from '#app/_ui/time.tsx';
import type { CreditView } from '#lib/services/billing/view-credit.ts';
import { monthName } from './calendar.ts';
import { money } from './money.ts';

/** What the operator gave back, why, and how far it is. Nothing where nothing was. */
export function GivenBack({
  title,
  credits,
  names,
}: {
  title: string;
  credits: readonly CreditView[];
  /** Of customers that pay for themselves, where several accounts are shown. */
  names?: ReadonlyMap<string, string>;
}) {
  if (credits.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2 className="text-base font-semibold">{title}</h2>
      <ul className="mt-2 divide-y divide-line border-y border-line">
        {credits.map((credit) => (
          <li key={credit.id} className="flex items-baseline gap-x-4 py-2">
            <div className="min-w-0 flex-1">
              <p className="text-sm font-semibold wrap-anywhere">{credit.reason}</p>
              <p className="text-sm text-ink-2 wrap-anywhere">{aboutOf(credit, names)}</p>
            </div>
            <p className={`text-sm whitespace-nowrap tabular-nums ${amountLook(credit)}`}>
              {money(`-${credit.amount}`, credit.currency)}
            </p>
          </li>
        ))}
      </ul>
      <p className="mt-2 text-xs text-ink-2">{texts.note}</p>
    </section>
  );
}

/** What was not given is no amount that counts. */
function amountLook({ state }: CreditView): string {
  return state === 'waits' || state === 'given' ? 'font-semibold' : 'text-ink-2 line-through';
}

function aboutOf(credit: CreditView, names: ReadonlyMap<string, string> | undefined) {
  const { way, state, period, tenantId, refusal } = credit;
  const customer = tenantId === null ? undefined : names?.get(tenantId);
  return (
    <>
      <Time at={credit.createdAt} as="day" />
      {customer === undefined ? '' : `, ${texts.whose(customer)}`},{' '}
      {period === null ? texts.refund : texts.credit(monthName(period))}:{' '}
      {refusal === null ? texts.ways[way][state] : texts.refused(refusal)}
      {credit.answeredAt === null ? null : (
        <>
          , <Time at={credit.answeredAt} />
        </>
      )}
    </>
  );
}
