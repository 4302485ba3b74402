'use client';

import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import { coverageTexts as texts } from '#app/_texts/fleet.ts';
import { buttonClass } from '#app/_ui/button.tsx';

/** Rows that Page Up and Page Down leap over. */
const leap = 10;

interface Told {
  text: string;
  runs: string;
  customer: string;
}

/**
 * The keys of a data grid (ARIA practices): one stop of Tab, arrows stop at the edges, Home and End
 * lead along the row, with Ctrl to the corners. What has the focus is told below, in words.
 */
export function GridKeys({ line, children }: { line: boolean; children: ReactNode }) {
  const grid = useRef<HTMLDivElement>(null);
  const [told, setTold] = useState<Told | null>(null);

  const rows = () =>
    [...(grid.current?.querySelectorAll<HTMLTableRowElement>('tbody tr') ?? [])].map((row) =>
      [...row.querySelectorAll<HTMLAnchorElement>('[data-cell]')].filter(
        (cell) => cell.offsetParent !== null,
      ),
    );

  const tell = (cell: Element | null) => {
    const link = cell?.closest<HTMLAnchorElement>('a[data-cell]');
    const customer = link?.closest('tr')?.querySelector<HTMLAnchorElement>('th a');
    if (!line || !link || !customer || link === customer) return;
    setTold({
      text: link.getAttribute('aria-label') ?? '',
      runs: link.getAttribute('href') ?? '',
      customer: customer.getAttribute('href') ?? '',
    });
  };

  const onFocus = (target: Element) => {
    const link = target.closest<HTMLAnchorElement>('a[data-cell]');
    if (!link) return;
    // Tab comes back to where one was.
    for (const cell of grid.current?.querySelectorAll('[data-cell][tabindex="0"]') ?? [])
      cell.setAttribute('tabindex', '-1');
    link.setAttribute('tabindex', '0');
    tell(link);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const all = rows();
    const y = all.findIndex((row) => row.includes(event.target as HTMLAnchorElement));
    if (y < 0) return;
    const x = all[y]!.indexOf(event.target as HTMLAnchorElement);
    const right = all[y]!.length - 1;
    const bottom = all.length - 1;
    const far = event.ctrlKey || event.metaKey;
    const to: Record<string, [number, number]> = {
      ArrowLeft: [y, x - 1],
      ArrowRight: [y, x + 1],
      ArrowUp: [y - 1, x],
      ArrowDown: [y + 1, x],
      Home: [far ? 0 : y, 0],
      End: [far ? bottom : y, right],
      PageUp: [y - leap, x],
      PageDown: [y + leap, x],
    };
    const goal = to[event.key];
    if (goal === undefined || event.altKey) return;
    event.preventDefault();
    const row = all[Math.max(0, Math.min(bottom, goal[0]))]!;
    row[Math.max(0, Math.min(right, goal[1]))]?.focus();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the grid inside has the role and the focus
    <div
      ref={grid}
      onKeyDown={onKeyDown}
      onFocus={(event) => onFocus(event.target)}
      onPointerOver={(event) => tell(event.target as Element)}
    >
      {children}
      {line ? (
        <div
          className={`sticky bottom-0 z-10 mt-2 flex min-h-13 flex-wrap items-center gap-x-4 gap-y-2 border-t border-line bg-canvas px-4 py-2 text-sm max-sm:bottom-14 ${told ? '' : 'max-sm:hidden'}`}
        >
          {told ? (
            <>
              <p className="min-w-0 flex-1">{told.text}</p>
              <a href={told.customer} className={buttonClass('plain')}>
                {texts.openCustomer}
              </a>
              <a href={told.runs} className={buttonClass('secondary')}>
                {texts.openRuns}
              </a>
            </>
          ) : (
            <p className="text-ink-3">{texts.keys}</p>
          )}
        </div>
      ) : null}
    </div>
  );
}
