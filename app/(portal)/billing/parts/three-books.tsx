import { billingTexts, lineTexts } from '#app/_texts/billing.ts';
import { Time } from '#app/_ui/time.tsx';
import type { Dimension } from '#lib/billing/plan.ts';
import { accountsOf, theBilling } from './read.ts';

const texts = billingTexts.explain.books;

/** The line in the ledger, on Stripe's meter and on the draft, all customers of the account together. */
export async function ThreeBooks({
  period,
  dimension,
  accountId,
}: {
  period: string;
  dimension: Dimension;
  accountId: string | null;
}) {
  const { view } = await theBilling();
  const check = view
    ? accountsOf(view).find(({ account }) => account.id === accountId)?.check
    : undefined;
  const line =
    check?.period === period ? check.lines.find((it) => it.dimension === dimension) : undefined;
  if (!check || line === undefined) return null;
  const said = (value: number | null) => (value === null ? '–' : value.toLocaleString('en-US'));
  return (
    <dl
      className="flex flex-wrap items-baseline gap-x-6 gap-y-1"
      title={texts.of(lineTexts[dimension].many)}
    >
      <Book name={texts.ledger} value={said(line.ledger)} />
      <Book
        name={texts.meter}
        value={said(line.meter)}
        differs={(line.meter ?? 0) !== line.ledger}
      />
      <Book
        name={texts.invoice}
        value={said(line.invoice)}
        differs={line.invoice !== null && line.invoice !== line.ledger}
      />
      <div className="text-xs text-ink-3">
        <dt className="sr-only">{billingTexts.figures.compared}</dt>
        <dd>
          {texts.accrued}, {billingTexts.figures.compared} <Time at={check.at} as="short" />
        </dd>
      </div>
    </dl>
  );
}

function Book({
  name,
  value,
  differs = false,
}: {
  name: string;
  value: string;
  differs?: boolean;
}) {
  return (
    <div className="flex items-baseline gap-2">
      <dt className="text-ink-2">{name}</dt>
      <dd className={`font-semibold ${differs ? 'text-fail-ink' : ''}`}>{value}</dd>
    </div>
  );
}
