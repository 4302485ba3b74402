import Link from 'next/link';
import { billingTexts } from '#app/_texts/billing.ts';
import { paths } from '#app/paths.ts';
import type { Cell, ExplainedLine, GridRow } from '#lib/services/usage/explain-line.ts';
import { grouped } from './money.ts';

const texts = billingTexts.explain;

/** A letter in a box for each day: the letter says it, the colour only helps. */
const looks: Record<Cell, { letter: string; className: string }> = {
  p: { letter: 'P', className: 'bg-sunken text-ink-2' },
  s: { letter: 'S', className: 'bg-seal-tint text-seal-ink' },
  f: { letter: 'F', className: 'border border-dashed border-off-mark text-ink-3' },
  '-': { letter: '·', className: 'text-ink-3' },
};

const widths = [
  { digits: 2, className: 'min-w-4.5' },
  { digits: 3, className: 'min-w-6' },
  { digits: 5, className: 'min-w-9' },
];

/** Which mailboxes on which days: those that changed, the rest in a line, and what each day counts. */
export function Grid({ line, showsAll }: { line: ExplainedLine; showsAll: boolean }) {
  const { days, rows, totals, dimension } = line;
  const listed = rows.filter(({ changed }) => changed || showsAll);
  // What is not listed is what is left of each day, so that the columns add up.
  const others = line.constant + line.changed - listed.length;
  const rest = totals.map(
    (total, day) => total - listed.filter((row) => counts(row, day, line)).length,
  );
  // Rooms and others that cost nothing are among the rest, and in no total.
  const uncounted = dimension === 'protected-mailboxes' ? others - Math.max(0, ...rest) : 0;
  const restDays = rest.reduce((all, count) => all + count, 0);
  const widest = Math.max(...totals, 1).toLocaleString('en-US').length;
  // A column is as wide as its widest number; beyond the panel, the grid scrolls by itself.
  const column = widths.find(({ digits }) => widest <= digits)?.className ?? 'min-w-16';
  const cell = widest <= 3 ? 'max-w-6' : '';
  // A month that has just begun keeps its days beside the names.
  const few = days.length <= 10;
  return (
    <div className="relative overflow-x-auto">
      <table
        className={`border-separate border-spacing-0 text-sm max-sm:w-full ${few ? '' : 'w-full'}`}
      >
        <thead>
          <tr className="text-xs text-ink-2">
            <th scope="col" className="h-7 min-w-36 pr-2 text-left font-medium">
              <span className="sr-only">{texts.mailbox}</span>
            </th>
            {days.map((day) => (
              <th
                key={day}
                scope="col"
                className={`text-center font-medium max-sm:hidden ${few ? 'min-w-9' : ''} ${column}`}
              >
                {Number(day.slice(8))}
              </th>
            ))}
            <th scope="col" className="w-16 pl-2 text-right font-medium">
              {texts.countedDays}
            </th>
          </tr>
        </thead>
        <tbody>
          {listed.map((row) => (
            <tr key={row.subject}>
              <th
                scope="row"
                className="h-7.5 max-w-48 border-line pr-2 text-left font-normal max-sm:max-w-0 max-sm:w-full max-sm:border-b max-sm:py-1.5"
              >
                <Link
                  href={paths.billingMailbox(line.period, line.tenantId, row.subject)}
                  prefetch={false}
                  title={[row.name ?? row.subject, row.address].filter(Boolean).join(', ')}
                  className="block truncate py-1 hover:text-accent hover:underline"
                >
                  {row.name ?? texts.goneNamed(row.subject.slice(-4))}
                </Link>
                <span className="block text-xs text-ink-3 sm:hidden">{inWords(row)}</span>
              </th>
              {row.cells.map((cell, day) => (
                <td key={days[day]} className="px-px max-sm:hidden">
                  <span
                    className={`mx-auto flex h-5.5 max-w-6 items-center justify-center rounded-xs text-[0.6875rem] ${looks[cell].className}`}
                    title={titleOf(row, cell, days[day]!)}
                  >
                    {looks[cell].letter}
                  </span>
                </td>
              ))}
              <td className="border-line pl-2 text-right max-sm:border-b">
                {grouped(String(row.counted))}
              </td>
            </tr>
          ))}
          {others > 0 ? (
            <tr>
              <th
                scope="row"
                className="h-7.5 border-line pr-2 text-left font-normal text-ink-2 max-sm:border-b max-sm:py-1.5"
              >
                {listed.length === 0 ? texts.mailboxes(others) : texts.others(others)}
                {uncounted > 0 ? (
                  <span className="block text-xs text-ink-3">{texts.uncounted(uncounted)}</span>
                ) : null}
              </th>
              {rest.map((count, day) => (
                <td key={days[day]} className="px-px max-sm:hidden">
                  <span
                    className={`mx-auto flex h-5.5 items-center justify-center rounded-xs bg-sunken text-[0.6875rem] text-ink-2 ${cell}`}
                  >
                    {count.toLocaleString('en-US')}
                  </span>
                </td>
              ))}
              <td className="border-line pl-2 text-right max-sm:border-b">
                {restDays.toLocaleString('en-US')}
              </td>
            </tr>
          ) : null}
        </tbody>
        <tfoot>
          <tr className="font-semibold">
            <th scope="row" className="h-8 border-line pr-2 text-left sm:border-t">
              {dimension === 'stored-gib' ? null : texts.total[dimension]}
            </th>
            {totals.map((count, day) => (
              <td
                key={days[day]}
                className={`border-t border-line text-center text-xs max-sm:hidden ${count === totals[day - 1] || day === 0 ? 'font-medium text-ink-2' : ''}`}
              >
                {count.toLocaleString('en-US')}
              </td>
            ))}
            <td className="border-line pl-2 text-right sm:border-t">{grouped(line.unitDays)}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

/** Whether a row's day is in the day's total; free ones are where the plan bills them. */
function counts(row: GridRow, day: number, { dimension }: ExplainedLine): boolean {
  const cell = row.cells[day];
  if (dimension === 'sealed-mailboxes') return cell === 's';
  if (cell === 'f') return row.counted > row.cells.filter((it) => it === 'p').length;
  return cell === 'p';
}

/** "12 protected, 10 sealed": the row of a phone, which has no room for days. */
function inWords({ cells }: GridRow): string {
  return (['p', 's', 'f', '-'] as const)
    .map((code) => ({ code, days: cells.filter((cell) => cell === code).length }))
    .filter(({ days }) => days > 0)
    .map(({ code, days }) => `${days} ${billingTexts.cells[code]}`)
    .join(', ');
}

function titleOf(row: GridRow, cell: Cell, day: string): string {
  const reason = row.reasons[day];
  const word = billingTexts.cells[cell];
  return reason === undefined ? word : `${word}: ${billingTexts.reasons[reason]?.long ?? reason}`;
}

/** What the letters mean; those that stand in the grid. */
export function GridLegend({ rows }: { rows: readonly GridRow[] }) {
  const used = new Set(rows.flatMap(({ cells }) => cells));
  used.add('p');
  return (
    <ul className="flex flex-wrap gap-x-5 gap-y-1.5 text-xs text-ink-2 max-sm:hidden">
      {(['p', 's', 'f', '-'] as const)
        .filter((cell) => used.has(cell))
        .map((cell) => (
          <li key={cell} className="flex items-center gap-2">
            <span
              aria-hidden
              className={`flex size-5.5 items-center justify-center rounded-xs text-[0.6875rem] ${looks[cell].className}`}
            >
              {looks[cell].letter}
            </span>
            {texts.legend[cell]}
          </li>
        ))}
    </ul>
  );
}
