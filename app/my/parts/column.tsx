import type { ReactNode } from 'react';

/** The one column of these pages. */
export function Column({
  close = false,
  className = '',
  children,
}: {
  /** The page begins with a way back, which has room of its own. */
  close?: boolean;
  className?: string;
  children: ReactNode;
}) {
  return (
    <div
      className={`mx-auto w-full max-w-160 flex-1 px-4 pb-8 ${close ? 'pt-1 sm:pt-4' : 'pt-5 sm:pt-8'} ${className}`}
    >
      {children}
    </div>
  );
}

/** The act of a page, in reach of the thumb; what it does stands beside or below it. */
export function ActBar({ children }: { children: ReactNode }) {
  return (
    <div className="sticky bottom-0 z-20 mt-auto border-t border-line bg-surface">
      <div className="mx-auto flex max-w-160 flex-col gap-x-4 gap-y-2.5 px-4 pt-3 pb-4 sm:flex-row sm:flex-wrap sm:items-center sm:py-4">
        {children}
      </div>
    </div>
  );
}

const measure =
  'inline-flex min-h-12 items-center justify-center gap-2.5 rounded-lg px-5 py-2 text-center text-lg font-semibold transition-colors duration-100 aria-disabled:opacity-60';

export const bigAct = `${measure} bg-accent text-on-accent hover:bg-accent-hover`;
export const quietAct = `${measure} border border-line bg-surface text-ink hover:bg-hover`;

export const pageTitle = 'text-xl font-semibold tracking-tight sm:text-2xl';

/** A card that holds rows. */
export const rows = 'divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface';
