'use client';

import { useActionState, useRef } from 'react';
import { Button } from '#app/_ui/button.tsx';
import { Field } from '#app/_ui/field.tsx';
import { Spinner } from '#app/_ui/icon.tsx';
import { disconnect } from '../actions.ts';

/** The act, and in a dialog behind it what it does, in numbers, before it is done. */
export function DisconnectDialog({
  tenantId,
  texts,
}: {
  tenantId: string;
  texts: {
    act: string;
    /** The act once more, with the customer's name. */
    title: string;
    effects: readonly string[];
    reason: string;
    reasonHint: string;
    keep: string;
  };
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [state, submit, pending] = useActionState(disconnect, { error: null });
  return (
    <>
      <Button type="button" onClick={() => dialog.current?.showModal()}>
        {texts.act}
      </Button>
      <dialog
        ref={dialog}
        aria-labelledby="disconnect-title"
        className="m-auto w-full max-w-140 rounded-xl border border-line bg-surface p-6 text-ink shadow-dialog backdrop:bg-black/40 max-sm:mb-0 max-sm:max-w-full max-sm:rounded-b-none max-sm:p-4"
      >
        <form action={submit} className="space-y-4">
          <h2 id="disconnect-title" className="text-xl font-semibold wrap-anywhere">
            {texts.title}
          </h2>
          <ul className="list-disc space-y-2 pl-4 text-sm text-ink-2 marker:text-ink-3">
            {texts.effects.map((effect) => (
              <li key={effect}>{effect}</li>
            ))}
          </ul>
          <input type="hidden" name="tenantId" value={tenantId} />
          <Field
            name="reason"
            label={texts.reason}
            hint={texts.reasonHint}
            maxLength={300}
            autoComplete="off"
            error={state.error}
          />
          <div className="flex flex-wrap gap-2">
            <Button type="button" weight="primary" onClick={() => dialog.current?.close()}>
              {texts.keep}
            </Button>
            <Button aria-disabled={pending || undefined}>
              {pending ? <Spinner /> : null}
              {texts.act}
            </Button>
          </div>
        </form>
      </dialog>
    </>
  );
}
