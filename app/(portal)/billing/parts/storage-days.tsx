import { reading } from '#app/_server/viewer.ts';
import { billingTexts } from '#app/_texts/billing.ts';
import type { ExplainedLine } from '#lib/services/usage/explain-line.ts';
import { dayName } from './calendar.ts';
import { storedSize } from './money.ts';

const texts = billingTexts.storage;
const height = 96;
const column = 32;

/** What was stored on each day, and beside it what the mailboxes hold. */
export async function StorageDays({ line }: { line: ExplainedLine }) {
  const { now } = await reading();
  const { days, totals } = line;
  const logical = line.logical ?? [];
  const most = Math.max(...totals, ...logical, 1);
  const tall = (bytes: number) => Math.max(bytes > 0 ? 1 : 0, (bytes / most) * height);
  const [first, last] = [totals[0] ?? 0, totals.at(-1) ?? 0];
  const lastLogical = logical.at(-1) ?? 0;
  return (
    <>
      <figure>
        <figcaption className="mb-2 text-sm text-ink-2">
          {texts.chart({
            first: storedSize(first),
            last: storedSize(last),
            days: days.length,
          })}{' '}
          {last > 0 && lastLogical > 0 ? texts.ratio((lastLogical / last).toFixed(1)) : null}
        </figcaption>
        <svg
          aria-hidden
          viewBox={`0 0 ${days.length * column - 2} ${height}`}
          preserveAspectRatio="none"
          className="h-24 w-full max-w-160"
        >
          {days.map((day, index) => {
            const [own, held] = [tall(totals[index]!), tall(logical[index] ?? 0)];
            return (
              <g key={day}>
                <rect
                  x={index * column}
                  width={column - 2}
                  y={height - held}
                  height={held}
                  className="fill-off-edge"
                />
                <rect
                  x={index * column}
                  width={column - 2}
                  y={height - own}
                  height={own}
                  className="fill-c1"
                />
              </g>
            );
          })}
        </svg>
        <ul className="mt-2 flex flex-wrap gap-x-5 gap-y-1 text-xs text-ink-2">
          <li className="flex items-center gap-2">
            <span aria-hidden className="size-3 bg-c1" />
            {texts.physical}
          </li>
          <li className="flex items-center gap-2">
            <span aria-hidden className="size-3 bg-off-edge" />
            {texts.logical}
          </li>
        </ul>
      </figure>
      <p className="text-sm text-ink-2">{texts.note}</p>
      <details open={days.length <= 10}>
        <summary className="quiet-link text-sm">{texts.table}</summary>
        <table className="list mt-2 max-w-120">
          <thead>
            <tr>
              <th scope="col">{texts.day}</th>
              <th scope="col" className="num">
                {texts.physical}
              </th>
              <th scope="col" className="num">
                {texts.logical}
              </th>
            </tr>
          </thead>
          <tbody>
            {days.map((day, index) => (
              <tr key={day}>
                <td className="whitespace-nowrap">{dayName(day, now)}</td>
                <td className="num">{storedSize(totals[index]!)}</td>
                <td className="num text-ink-2">{storedSize(logical[index] ?? 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}
