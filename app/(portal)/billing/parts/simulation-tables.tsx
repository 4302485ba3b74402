import { lineTexts, simulateTexts as texts } from '#app/_texts/billing.ts';
import { Section } from '#app/_ui/section.tsx';
import type { SimulationView } from '#lib/services/billing/simulate.ts';
import { monthName } from './calendar.ts';
import { difference, money } from './money.ts';

/** Before, after and the difference: per line, and per customer with those who would pay more first. */
export function SimulationTables({ of }: { of: SimulationView }) {
  const { currency } = of.current;
  const month = monthName(of.period);
  const isMore = !of.difference.startsWith('-');
  const isSame = Number(of.difference) === 0;
  return (
    <>
      <p className="text-lg font-semibold" role="status">
        {isSame
          ? texts.none(month)
          : texts.sum({
              month,
              difference: money(of.difference.replace('-', ''), currency),
              more: isMore,
            })}
      </p>
      <Section title={texts.lines}>
        <Table
          first={texts.line}
          currency={currency}
          rows={of.lines.map((line) => ({
            key: line.dimension,
            name: lineTexts[line.dimension].title,
            note:
              line.quantityBefore === line.quantityAfter
                ? undefined
                : `${line.quantityBefore.toLocaleString('en-US')} → ${line.quantityAfter.toLocaleString('en-US')}`,
            ...line,
          }))}
          total={{
            before: of.current.total,
            after: of.proposed.total,
            difference: of.difference,
          }}
        />
      </Section>
      <Section title={texts.customers}>
        <Table
          first={texts.customer}
          currency={currency}
          rows={of.customers.map((row) => ({ key: row.tenantId, note: undefined, ...row }))}
          total={null}
        />
      </Section>
    </>
  );
}

interface Change {
  before: string;
  after: string;
  difference: string;
}

function Table({
  first,
  currency,
  rows,
  total,
}: {
  first: string;
  currency: string;
  rows: (Change & { key: string; name: string; note: string | undefined })[];
  total: Change | null;
}) {
  return (
    <table className="list">
      <thead>
        <tr>
          <th scope="col">{first}</th>
          <th scope="col" className="num">
            {texts.before}
          </th>
          <th scope="col" className="num">
            {texts.after}
          </th>
          <th scope="col" className="num">
            {texts.difference}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key}>
            <td className="w-full max-w-0">
              <span className="block truncate sm:inline" title={row.name}>
                {row.name}
              </span>
              {row.note ? <span className="text-xs text-ink-3 sm:ml-2">{row.note}</span> : null}
            </td>
            <Amounts of={row} currency={currency} />
          </tr>
        ))}
      </tbody>
      {total === null ? null : (
        <tfoot>
          <tr>
            <th scope="row">{texts.total}</th>
            <Amounts of={total} currency={currency} strong />
          </tr>
        </tfoot>
      )}
    </table>
  );
}

function Amounts({
  of,
  currency,
  strong = false,
}: {
  of: Change;
  currency: string;
  /** In a foot, whose cells are bold already. */
  strong?: boolean;
}) {
  return (
    <>
      <td className={`num ${strong ? '' : 'text-ink-2'}`}>{money(of.before, currency)}</td>
      <td className="num">{money(of.after, currency)}</td>
      <td className={`num ${strong ? '' : 'font-medium'}`}>
        {difference(of.difference, currency)}
      </td>
    </>
  );
}
