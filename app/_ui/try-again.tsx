'use client';

import { stateTexts } from '#app/_texts/frame.ts';

/** Asks for the whole page once more: the router would show what it kept. */
export function TryAgain() {
  return (
    <button
      type="button"
      onClick={() => location.reload()}
      className="quiet-link inline-flex min-h-6 items-center max-sm:min-h-11"
    >
      {stateTexts.tryAgain}
    </button>
  );
}
