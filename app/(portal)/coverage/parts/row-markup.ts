import type { CellOutcome } from '#app/_ui/outcome-cell.tsx';

/** What all rows of a matrix have in common, as it comes to the browser once. */
export interface MatrixFrame {
  /** Newest last. */
  days: {
    /** 2026-11-22. */
    date: string;
    /** "Sun 22 Nov". */
    name: string;
  }[];
  words: Record<CellOutcome, string>;
  /** Markup of what stands in a cell. */
  glyphs: Record<CellOutcome, string>;
  /** Where a day of a customer leads, with `placeholders` for both. */
  dayHref: string;
  /** With the column of how many days were good. */
  sums: boolean;
}

export interface MatrixRow {
  id: string;
  name: string;
  href: string;
  /** A letter of `outcomeLetters` for each day. */
  outcomes: string;
  /** What is to be said of today besides, or nothing. */
  now: string;
  good: number;
  of: number;
}

export const placeholders = { id: 'ID', date: 'DATE' } as const;

/** A phone shows a week. */
const phoneDays = 7;

const letters: Record<CellOutcome, string> = {
  good: '.',
  gaps: 'h',
  late: 'L',
  failed: 'X',
  running: '>',
  paused: '=',
  none: 'o',
  unknown: '?',
};
const ofLetter = new Map(
  Object.entries(letters).map(([outcome, letter]) => [letter, outcome as CellOutcome]),
);

export function outcomeLetters(outcomes: readonly CellOutcome[]): string {
  return outcomes.map((outcome) => letters[outcome]).join('');
}

/**
 * A row of the matrix as text. A page has a thousand cells: as elements each is made three times, by
 * the server, for the answer and in the browser; as text the row is one, made of a letter for each
 * cell. Everything that is put into it goes through `escaped`.
 * @param stop whether Tab stops at today
 */
export function rowMarkup(row: MatrixRow, frame: MatrixFrame, stop: boolean): string {
  const { days, sums } = frame;
  const last = days.length - 1;
  const name = escaped(row.name);
  const href = escaped(row.href);
  const dayHref = escaped(frame.dayHref.replace(placeholders.id, row.id));
  const head = `<th scope='row' class='h-row ${sums ? 'max-w-48' : 'max-w-40'} truncate pr-3 text-left font-normal max-sm:max-w-28 max-[22.5rem]:max-w-20'><a href='${href}' title='${name}' tabindex='-1' data-cell='customer' class='hover:text-accent hover:underline'>${name}</a></th>`;
  const cells = days.map((day, index) => {
    const outcome = ofLetter.get(row.outcomes[index]!)!;
    const to = outcome === 'none' ? href : dayHref.replace(placeholders.date, day.date);
    const label = `${name}, ${escaped(`${day.name}, ${frame.words[outcome]}${index === last ? row.now : ''}`)}`;
    return `<td${index <= last - phoneDays ? ` class='early'` : ''}><a href='${to}' aria-label='${label}' class='cell cell-${outcome}' tabindex='${stop && index === last ? 0 : -1}' data-cell='${outcome}'>${frame.glyphs[outcome]}</a></td>`;
  });
  const sum = sums
    ? `<td class='pl-3 text-right whitespace-nowrap text-ink-2 max-sm:hidden'><span class='${row.good < row.of ? 'font-semibold text-ink' : ''}'>${row.good}</span> of ${row.of}</td>`
    : '';
  return head + cells.join('') + sum;
}

/** For text and for values in single quotes. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
