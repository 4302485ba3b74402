import type { ReactNode } from 'react';
import { buttonClass } from './button.tsx';

/** An act that is refused now: it stays where it is, can be reached, and says why. */
export function ReasonButton({
  reason,
  name,
  className,
  children,
}: {
  reason: string;
  /** The act in words, for those who hear the page. */
  name: string;
  className?: string;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      aria-disabled
      title={reason}
      aria-label={`${name}. ${reason}`}
      className={buttonClass('secondary', className)}
    >
      {children}
    </button>
  );
}
