'use client';

import { type ReactNode, useActionState } from 'react';
import type { FormState } from '#app/_server/action.ts';

/** A form whose act leads elsewhere, or says beside its fields why it did not. */
export function ActionForm({
  action,
  className,
  children,
}: {
  action: (state: FormState, form: FormData) => Promise<FormState>;
  className?: string;
  children: ReactNode;
}) {
  const [state, submit] = useActionState(action, { error: null });
  return (
    <form
      action={submit}
      // React empties a form when its act has ended; after a refusal what was typed has to stay.
      onReset={(event) => event.preventDefault()}
      className={className}
    >
      {state.error ? (
        <p role="alert" className="text-sm font-medium text-fail-ink">
          {state.error}
        </p>
      ) : null}
      {children}
    </form>
  );
}
