'use client';

import { stateTexts } from '#app/_texts/frame.ts';
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
      <h1 className="text-xl font-semibold">{stateTexts.pageFailed}</h1>
      <p className="text-ink-2">{stateTexts.pageFailedSafe}</p>
      <button type="button" onClick={retry} className={buttonClass('secondary')}>
        {stateTexts.tryAgain}
      </button>
      {reference ? (
        <p className="font-mono text-xs text-ink-3">{stateTexts.reference(reference)}</p>
      ) : null}
    </div>
  );
}
