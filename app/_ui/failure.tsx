'use client';

import { buttonClass } from './button.tsx';

/** Something of ours broke. No jargon, and a reference that leads to the log line. */
export function Failure({
  reference,
  retry,
}: {
  reference: string | undefined;
  retry: () => void;
}) {
  return (
    <div role="alert" className="max-w-100 space-y-4">
      <h1 className="text-xl font-semibold">This page did not load</h1>
      <p className="text-ink-2">
        Backups are not affected. Try again; if it stays like this, tell the operator the reference.
      </p>
      <button type="button" onClick={retry} className={buttonClass('secondary')}>
        Try again
      </button>
      {reference ? <p className="font-mono text-xs text-ink-3">Reference {reference}</p> : null}
    </div>
  );
}
