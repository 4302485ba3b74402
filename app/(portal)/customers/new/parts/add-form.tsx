'use client';

import { useActionState } from 'react';
import { Button } from '#app/_ui/button.tsx';
import { Field } from '#app/_ui/field.tsx';
import { addCustomer } from '../actions.ts';

export function AddForm() {
  const [state, submit, pending] = useActionState(addCustomer, { error: null });
  return (
    <form action={submit} className="space-y-6">
      <Field
        name="name"
        label="Name of the customer"
        hint="As your colleagues know it. The administrator sees it too."
        error={state.error}
        autoComplete="organization"
        maxLength={120}
        required
      />
      <Button weight="primary" aria-disabled={pending || undefined}>
        Make the link
      </Button>
    </form>
  );
}
