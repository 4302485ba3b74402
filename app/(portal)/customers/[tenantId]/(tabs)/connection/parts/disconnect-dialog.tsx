'use client';

import { useActionState, useRef } from 'react';
import { Button } from '#app/_ui/button.tsx';
import { Dialog } from '#app/_ui/dialog.tsx';
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
      <Dialog ref={dialog} titleId="disconnect-title">
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
      </Dialog>
    </>
  );
}
