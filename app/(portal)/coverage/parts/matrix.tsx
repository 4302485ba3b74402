import Link from 'next/link';
import { outcomeTexts, coverageTexts as texts } from '#app/_texts/fleet.ts';
import { paths } from '#app/paths.ts';
import type { Coverage, CoverageRow } from '#lib/services/coverage/list.ts';
import { dayWords } from './day-words.ts';
import { cellGlyphs } from './glyphs.ts';
import { GridKeys } from './grid-keys.tsx';
import { MatrixRows } from './matrix-rows.tsx';
import { outcomeLetters, placeholders } from './row-markup.ts';

/**
 * Customers down, days across, a link in each cell. One stop of the Tab key; arrows do the rest
 * (`GridKeys`). The words of every cell are its name, so that nothing hangs on its colour.
 */
export function Matrix({
  coverage: { days, troubled },
  rows,
  detail,
  label,
}: {
  coverage: Coverage;
  rows: CoverageRow[];
  /** With the days that were good, the sums below, and a line about the cell in focus. */
  detail: boolean;
  label: string;
}) {
  const words = days.map(({ date }) => dayWords(date));
  const last = days.length - 1;
  /** A phone shows a week. */
  const early = (index: number) => (index < days.length - 7 ? 'max-sm:hidden' : '');
  return (
    <GridKeys line={detail}>
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a data grid as the ARIA practices draw it */}
      <table role="grid" aria-label={label} className="matrix w-full border-separate text-sm">
        <thead>
          <tr>
            <th scope="col" className="text-left">
              <span className="sr-only">{texts.columns.customer}</span>
            </th>
            {words.map((day, index) => (
              <th
                key={day.name}
                scope="col"
                className={`${early(index)} w-6 px-0 text-center text-xs leading-tight font-normal ${index === last ? 'font-semibold text-ink' : 'text-ink-3'}`}
              >
                <span aria-hidden className="block">
                  {index === 0 || day.date === 1 ? (detail ? day.month : day.letter) : day.letter}
                </span>
                <span aria-hidden className="block">
                  {day.date}
                </span>
                <span className="sr-only">{day.name}</span>
              </th>
            ))}
            {detail ? (
              <th
                scope="col"
                className="pl-3 text-right align-bottom text-xs font-normal whitespace-nowrap text-ink-3 max-sm:hidden"
              >
                {texts.goodDays}
              </th>
            ) : null}
          </tr>
        </thead>
        <MatrixRows
          rows={rows.map((row) => ({
            id: row.id,
            name: row.name,
            href: paths.customer(row.id),
            outcomes: outcomeLetters(row.outcomes),
            now:
              row.covered === null || row.mailboxes === null
                ? ''
                : `, ${texts.coveredNow(row.covered, row.mailboxes)}`,
            good: row.good,
            of: row.of,
          }))}
          frame={{
            days: days.map(({ date }, index) => ({ date, name: words[index]!.name })),
            words: outcomeTexts,
            glyphs: cellGlyphs,
            dayHref: paths.customerRuns(placeholders.id, { day: placeholders.date }),
            sums: detail,
          }}
        />
        {detail ? (
          <tfoot>
            <tr>
              <th
                scope="row"
                className="h-9 text-left text-xs font-normal text-ink-2 max-[22.5rem]:max-w-20"
              >
                {texts.troubled}
              </th>
              {troubled.map((count, index) => (
                <td
                  key={days[index]!.date}
                  className={`${early(index)} text-center text-xs ${count > 2 ? 'font-semibold text-ink' : 'text-ink-2'}`}
                >
                  {count === 0 ? (
                    <>
                      <span aria-hidden>·</span>
                      <span className="sr-only">0</span>
                    </>
                  ) : (
                    <Link
                      href={paths.coverage({ days: days.length, day: days[index]!.date })}
                      prefetch={false}
                      aria-label={texts.troubledOn(count, words[index]!.name)}
                      className="number-link"
                    >
                      {count}
                    </Link>
                  )}
                </td>
              ))}
              <td className="text-right text-xs whitespace-nowrap text-ink-2 max-sm:hidden">
                {texts.ofAll(rows.length)}
              </td>
            </tr>
          </tfoot>
        ) : null}
      </table>
    </GridKeys>
  );
}
