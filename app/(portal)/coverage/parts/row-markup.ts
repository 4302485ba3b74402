import { iconShapes } from '#app/_ui/icon-shapes.ts';
import type { CellOutcome } from '#app/_ui/outcome-cell.tsx';

/**
 * A row of the matrix as text. A page has a thousand cells: as elements each is made three times, by
 * the server, for the answer and in the browser; as text the row is one. Everything that is put into
 * it goes through `escaped`.
 */
export function rowMarkup(row: {
  name: string;
  href: string;
  days: {
    outcome: CellOutcome;
    href: string;
    label: string;
    /** Whether Tab stops here. */
    stop: boolean;
    /** Not on a phone. */
    early: boolean;
  }[];
  /** Days that were good, of so many; null leaves the column out. */
  sum: { good: number; of: number } | null;
}): string {
  const head = `<th scope='row' class='h-row ${row.sum === null ? 'max-w-40' : 'max-w-48'} truncate pr-3 text-left font-normal max-sm:max-w-28 max-[22.5rem]:max-w-20'><a href='${escaped(row.href)}' title='${escaped(row.name)}' tabindex='-1' data-cell='customer' class='hover:text-accent hover:underline'>${escaped(row.name)}</a></th>`;
  const cells = row.days.map(
    ({ outcome, href, label, stop, early }) =>
      `<td class='p-0${early ? ' max-sm:hidden' : ''}'><a href='${escaped(href)}' aria-label='${escaped(label)}' class='cell cell-${outcome}' tabindex='${stop ? 0 : -1}' data-cell='${outcome}'>${glyphs[outcome]}</a></td>`,
  );
  const sum =
    row.sum === null
      ? ''
      : `<td class='pl-3 text-right whitespace-nowrap text-ink-2'><span class='${row.sum.good < row.sum.of ? 'font-semibold text-ink' : ''}'>${row.sum.good}</span> of ${row.sum.of}</td>`;
  return head + cells.join('') + sum;
}

/** For text and for values in single quotes. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

const picture = (box: number, size: string, inner: string) =>
  `<svg viewBox='0 0 ${box} ${box}' fill='none' stroke='currentColor' stroke-width='1.75' stroke-linecap='round' stroke-linejoin='round' aria-hidden='true' class='shrink-0 ${size}'>${inner}</svg>`;

const icon = (name: keyof typeof iconShapes, size = 'size-3.5') =>
  picture(
    24,
    size,
    iconShapes[name]
      .map(
        ([tag, attributes]) =>
          `<${tag} ${Object.entries(attributes)
            .map(([key, value]) => `${key}='${escaped(value)}'`)
            .join(' ')}/>`,
      )
      .join(''),
  );

/** As `OutcomeCell` draws them; a good day is a dot drawn by its class alone. */
const glyphs: Record<CellOutcome, string> = {
  good: '',
  none: '',
  gaps: picture(
    16,
    'size-3.5',
    "<circle cx='8' cy='8' r='5.5'/><path d='M8 2.5a5.5 5.5 0 0 1 0 11z' fill='currentColor' stroke='none'/>",
  ),
  late: icon('clock'),
  failed: icon('x'),
  running: picture(16, 'spin size-3.5', "<path d='M8 2a6 6 0 1 0 6 6'/>"),
  paused: icon('pause', 'size-3'),
  unknown: icon('help'),
};
