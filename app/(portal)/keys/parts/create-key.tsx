'use client';

import { useActionState, useRef, useState } from 'react';
import { keysTexts } from '#app/_texts/keys.ts';
import { Button } from '#app/_ui/button.tsx';
import { Dialog, DialogHead } from '#app/_ui/dialog.tsx';
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
      <Dialog ref={dialog} titleId="create-key-title">
        {turn > 0 ? <Inside key={turn} {...choices} close={() => dialog.current?.close()} /> : null}
      </Dialog>
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
      <DialogHead
        titleId="create-key-title"
        title={state.made ? keysTexts.made.title : keysTexts.form.title}
        closeLabel={keysTexts.form.close}
        close={close}
      />
      {state.made ? (
        <MadeKey made={state.made} close={close} />
      ) : (
        <KeyForm {...choices} submit={submit} pending={pending} error={state.error} />
      )}
    </>
  );
}
