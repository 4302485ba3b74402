import type { ReactNode } from 'react';
import { PartFailed } from './states.tsx';

/** A part of a page, or what stands in its place while the rest of the page stands. */
export function Part<T>({
  what,
  of,
  children,
}: {
  /** "list of runs". */
  what: string;
  /** What became of asking for it (`part`). */
  of: { view: T; failed: null } | { view: null; failed: string };
  children: (view: T) => ReactNode;
}) {
  return of.failed === null ? children(of.view) : <PartFailed what={what} reference={of.failed} />;
}
