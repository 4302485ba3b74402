'use client';

import { useActionState } from 'react';
import { connectTexts } from '#app/_texts/connect.ts';
import { Button } from '#app/_ui/button.tsx';
import { Field } from '#app/_ui/field.tsx';
import { addCustomer } from '../actions.ts';

const texts = connectTexts.add;

export function AddForm() {
  const [state, submit, pending] = useActionState(addCustomer, { error: null });
  return (
    <form action={submit} className="space-y-6">
      <Field
        name="name"
        label={texts.name}
        hint={texts.nameHint}
        error={state.error}
        autoComplete="organization"
        maxLength={120}
        required
      />
      <div className="text-sm">
        <p className="font-medium">{texts.policy}</p>
        <p className="text-ink-2">{texts.policyNote}</p>
      </div>
      <Button weight="primary" aria-disabled={pending || undefined}>
        {texts.act}
      </Button>
    </form>
  );
}
