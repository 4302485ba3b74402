import { createElement } from 'react';
import { type IconName, iconShapes } from './icon-shapes.ts';

/** A picture beside a word. Without `label` it is left out of what is read aloud. */
export function Icon({
  name,
  label,
  className = 'size-4',
}: {
  name: IconName;
  label?: string;
  className?: string;
}) {
  return (
    <svg
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      className={`shrink-0 ${className}`}
      role={label ? 'img' : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
    >
      {iconShapes[name].map(([tag, attributes]) =>
        createElement(tag, { key: `${tag} ${Object.values(attributes).join(' ')}`, ...attributes }),
      )}
    </svg>
  );
}

/** Turning three-quarter ring: something is under way. */
export function Spinner({ className = 'size-3.5' }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      aria-hidden
      className={`spin shrink-0 ${className}`}
    >
      <path d="M8 2a6 6 0 1 0 6 6" />
    </svg>
  );
}

/** Half-filled ring: there, with gaps that are named. */
export function HalfRing({ className = 'size-3.5' }: { className?: string }) {
  return (
    <svg viewBox="0 0 16 16" aria-hidden className={`shrink-0 ${className}`}>
      <circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" strokeWidth="1.75" />
      <path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor" />
    </svg>
  );
}

/** The mark of Microsoft's sign-in, one colour. */
export function MicrosoftMark({ className = 'size-4' }: { className?: string }) {
  return (
    <svg viewBox="0 0 16 16" fill="currentColor" aria-hidden className={`shrink-0 ${className}`}>
      <path d="M0 0h7.5v7.5H0zM8.5 0H16v7.5H8.5zM0 8.5h7.5V16H0zM8.5 8.5H16V16H8.5z" />
    </svg>
  );
}

/** Two kelp stipes whose feet share one grip on a stone. */
export function Logo({ className = 'size-5' }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 32 32"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden
      className={`shrink-0 ${className}`}
    >
      <path d="M10.5 3v10c0 6.5-2 9-6 12.5M21.5 3v10c0 6.5 2 9 6 12.5M10.5 8.5h11M10.5 13c0 6 5.5 7 5.5 13.5M21.5 13c0 6-5.5 7-5.5 13.5" />
      <path d="M3 29.5c8-1.5 18-1.5 26 0" opacity=".4" />
    </svg>
  );
}
