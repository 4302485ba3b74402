import Link from 'next/link';
import { reading } from '#app/_server/viewer.ts';
import { lineTexts, invoiceTexts as texts } from '#app/_texts/billing.ts';
import { paths } from '#app/paths.ts';
import { sumAmounts } from '#lib/billing/money.ts';
import { type Dimension, dimensions } from '#lib/billing/plan.ts';
import type { InvoiceDetail, InvoiceLineView } from '#lib/services/billing/get-invoice.ts';
import { dayName } from './calendar.ts';
import { decimal, difference, inGib, money, unitPrice } from './money.ts';

/** The lines as Stripe wrote them, and below each what it is made of. */
export async function InvoiceLines({ invoice }: { invoice: InvoiceDetail }) {
  return (
    <table className="list">
      <thead>
        <tr>
          <th scope="col">{texts.line}</th>
          <th scope="col" className="num">
            {texts.quantity}
          </th>
          <th scope="col" className="num">
            {texts.amount}
          </th>
        </tr>
      </thead>
      {wholeLines(invoice).map((line) => (
        <Line key={line.lineId} line={line} invoice={invoice} />
      ))}
      <tfoot>
        <tr>
          <th scope="row">{texts.total}</th>
          <td />
          <td className="num">{money(invoice.total, invoice.currency)}</td>
        </tr>
      </tfoot>
    </table>
  );
}

/** Stripe writes a line for each step of a price; here a dimension is one, as its customers are. */
function wholeLines({ lines, currency }: InvoiceDetail): InvoiceLineView[] {
  const first = new Map<Dimension, InvoiceLineView>();
  for (const line of lines) {
    if (line.dimension === null) continue;
    const known = first.get(line.dimension);
    first.set(
      line.dimension,
      known === undefined
        ? line
        : {
            ...known,
            quantity: known.quantity + line.quantity,
            amount: sumAmounts([known.amount, line.amount], currency),
          },
    );
  }
  return [...first.values(), ...lines.filter(({ dimension }) => dimension === null)];
}

async function Line({ line, invoice }: { line: InvoiceLineView; invoice: InvoiceDetail }) {
  const { now } = await reading();
  const { currency, period, rating } = invoice;
  const rated = rating?.lines.find(({ dimension }) => dimension === line.dimension);
  const steps = rated?.quantity === line.quantity ? rated.steps : [];
  const isMinimum = line.itemKey?.startsWith('hf-minimum-') ?? false;
  const title =
    line.dimension !== null
      ? lineTexts[line.dimension].title
      : isMinimum
        ? texts.minimum.title
        : line.adjustments.length > 0
          ? texts.adjustments.title
          : line.description;
  return (
    <tbody>
      <tr>
        <th scope="row" className="h-10! border-b border-line text-sm! font-semibold! text-ink!">
          {title}
        </th>
        <td className="num">
          {line.dimension === null
            ? ''
            : steps.length === 0
              ? line.quantity.toLocaleString('en-US')
              : steps.map((step, index) => (
                  // On a phone each step has a line of its own.
                  <span key={`${step.unitPrice} ${step.quantity}`} className="max-sm:block">
                    {index === 0 ? '' : ' + '}
                    {texts.step({
                      quantity: step.quantity.toLocaleString('en-US'),
                      price: unitPrice(step.unitPrice, currency),
                    })}
                  </span>
                ))}
        </td>
        <td className="num font-semibold">{money(line.amount, currency)}</td>
      </tr>
      {isMinimum && rating?.minimum ? (
        <tr>
          <td colSpan={3} className="text-ink-2">
            {texts.minimum.why({
              of: money(rating.minimum.of, currency),
              lines: money(
                sumAmounts(
                  rating.lines.map(({ amount }) => amount),
                  currency,
                ),
                currency,
              ),
            })}
          </td>
        </tr>
      ) : null}
      {line.shares.map((share) => (
        <tr key={share.tenantId}>
          <td className="w-full max-w-0">
            <Link
              href={paths.billingLine(period, share.tenantId, line.dimension!)}
              prefetch={false}
              className="flex min-h-6 items-center pl-4 hover:text-accent hover:underline"
            >
              <span title={share.name} className="truncate">
                {share.name}
              </span>
            </Link>
          </td>
          <td className="num text-ink-2">{decimal(share.average, 2)}</td>
          <td className="num text-ink-2">{money(share.amount, currency)}</td>
        </tr>
      ))}
      {line.adjustments.length > 0 ? (
        <tr>
          <td colSpan={3} className="text-ink-2">
            {texts.adjustments.why}
          </td>
        </tr>
      ) : null}
      {line.adjustments.map((change) => (
        <tr key={`${change.tenantId} ${change.day} ${change.dimension}`}>
          <td colSpan={2}>
            <Link
              href={paths.billingLine(change.period, change.tenantId, change.dimension)}
              prefetch={false}
              className="flex min-h-6 items-center pl-4 hover:text-accent hover:underline"
            >
              {change.name}: {adjustmentWords(change, dayName(change.day, now))}
            </Link>
          </td>
          <td className="num text-ink-2">{difference(change.amount, currency)}</td>
        </tr>
      ))}
    </tbody>
  );
}

function adjustmentWords(
  { dimension, units }: InvoiceLineView['adjustments'][number],
  day: string,
): string {
  const line = dimensions.find((it): it is Dimension => it === dimension);
  const size =
    line === 'stored-gib'
      ? `${units < 0 ? '−' : '+'}${inGib(Math.abs(units))}`
      : `${units < 0 ? '−' : '+'}${Math.abs(units).toLocaleString('en-US')}`;
  return texts.adjustments.one({
    day,
    units: size,
    line: line === undefined ? dimension : lineTexts[line].many,
  });
}
