'use client';

import { useActionState, useId } from 'react';
import { keysTexts } from '#app/_texts/keys.ts';
import { Button, buttonClass } from '#app/_ui/button.tsx';
import { revokeKey } from '../actions.ts';

/** What ending a key means, before it is done; the button that keeps it comes first. */
export function RevokeKey({ keyId, name }: { keyId: string; name: string }) {
  const [state, submit, pending] = useActionState(revokeKey, { error: null });
  const id = useId();
  return (
    <>
      <button
        type="button"
        popoverTarget={id}
        aria-label={keysTexts.revokeNamed(name)}
        className={buttonClass('plain')}
      >
        {keysTexts.revoke}
      </button>
      <div
        id={id}
        popover="auto"
        role="dialog"
        aria-labelledby={`${id}-title`}
        className="m-auto w-full max-w-110 rounded-xl border border-line bg-surface p-6 text-left text-ink shadow-dialog backdrop:bg-black/40 max-sm:mb-0 max-sm:max-w-full max-sm:rounded-b-none max-sm:p-4"
      >
        <form action={submit}>
          <input type="hidden" name="keyId" value={keyId} />
          <h2 id={`${id}-title`} className="text-lg font-semibold break-words">
            {keysTexts.revokeTitle(name)}
          </h2>
          <p className="mt-1 text-sm whitespace-normal text-ink-2">{keysTexts.revokeEffect}</p>
          {state.error ? (
            <p role="alert" className="mt-3 text-sm font-medium text-fail-ink">
              {state.error}
            </p>
          ) : null}
          <div className="mt-5 flex flex-wrap gap-3">
            <button
              type="button"
              popoverTarget={id}
              popoverTargetAction="hide"
              className={buttonClass()}
            >
              {keysTexts.keep}
            </button>
            <Button
              weight="primary"
              aria-disabled={pending || undefined}
              className="bg-fail-mark! hover:bg-fail-ink!"
            >
              {keysTexts.revokeAct}
            </Button>
          </div>
        </form>
      </div>
    </>
  );
}
