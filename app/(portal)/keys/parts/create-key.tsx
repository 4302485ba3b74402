'use client';

import { useActionState, useRef, useState } from 'react';
import { keysTexts } from '#app/_texts/keys.ts';
import { Button, buttonClass } from '#app/_ui/button.tsx';
import { Icon } from '#app/_ui/icon.tsx';
import { type CreateState, createKey } from '../actions.ts';
import { KeyForm } from './key-form.tsx';
import { MadeKey } from './made-key.tsx';

export interface CustomerChoice {
  id: string;
  name: string;
}

/** What whoever makes a key may choose from. */
export interface KeyChoices {
  customers: CustomerChoice[];
  mayReachAll: boolean;
  /** Scopes that they may not give. */
  withheld: readonly string[];
}

/** The dialog in which a key is made and, once, shown. Opened again it is a fresh one. */
export function CreateKey(choices: KeyChoices) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [turn, setTurn] = useState(0);
  return (
    <>
      <Button
        type="button"
        weight="primary"
        onClick={() => {
          setTurn(turn + 1);
          dialog.current?.showModal();
        }}
      >
        <Icon name="plus" />
        {keysTexts.create}
      </Button>
      <dialog
        ref={dialog}
        aria-labelledby="create-key-title"
        className="m-auto w-full max-w-140 rounded-xl border border-line bg-surface p-6 text-ink shadow-dialog backdrop:bg-black/40 max-sm:mb-0 max-sm:max-w-full max-sm:rounded-b-none max-sm:p-4"
      >
        {turn > 0 ? <Inside key={turn} {...choices} close={() => dialog.current?.close()} /> : null}
      </dialog>
    </>
  );
}

function Inside({ close, ...choices }: KeyChoices & { close: () => void }) {
  const [state, submit, pending] = useActionState(createKey, {
    error: null,
    made: null,
  } satisfies CreateState as CreateState);
  return (
    <>
      <div className="flex items-start gap-3">
        <h2 id="create-key-title" className="min-w-0 flex-1 text-xl font-semibold">
          {state.made ? keysTexts.made.title : keysTexts.form.title}
        </h2>
        <button
          type="button"
          aria-label={keysTexts.form.close}
          onClick={close}
          className={buttonClass('plain', 'px-2')}
        >
          <Icon name="x" />
        </button>
      </div>
      {state.made ? (
        <MadeKey made={state.made} close={close} />
      ) : (
        <KeyForm {...choices} submit={submit} pending={pending} error={state.error} />
      )}
    </>
  );
}
