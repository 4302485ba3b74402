'use client';

import { type ReactNode, startTransition, useActionState } from 'react';
import type { ActState } from '#app/_ui/act.tsx';
import { Button } from '#app/_ui/button.tsx';
import { Spinner } from '#app/_ui/icon.tsx';

/** A form whose fields the server draws. What was typed stays while something is wrong with it. */
export function KeptForm({
  action,
  fields,
  label,
  weight = 'primary',
  inline = false,
  children,
}: {
  action: (state: ActState, form: FormData) => Promise<ActState>;
  fields: Record<string, string>;
  label: string;
  weight?: 'primary' | 'secondary';
  /** The button beside the one field. */
  inline?: boolean;
  children: ReactNode;
}) {
  const [state, submit, pending] = useActionState(action, { error: null });
  return (
    <form
      action={submit}
      onSubmit={(event) => {
        // React empties a form after its action; called by hand it leaves it as it is.
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        if (!pending) startTransition(() => submit(form));
      }}
      className={inline ? 'flex flex-wrap items-center gap-2' : 'space-y-5'}
    >
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {children}
      <Button weight={weight} aria-disabled={pending || undefined}>
        {pending ? <Spinner /> : null}
        {label}
      </Button>
      {state.error ? (
        <p role="alert" className="basis-full text-sm font-medium text-fail-ink">
          {state.error}
        </p>
      ) : null}
    </form>
  );
}
