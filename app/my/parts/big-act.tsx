'use client';

import { type ReactNode, useActionState } from 'react';
import type { ActState } from '#app/_ui/act.tsx';
import { Spinner } from '#app/_ui/icon.tsx';
import { bigAct, quietAct } from './column.tsx';

/** One act for the thumb. What went wrong stays beside it. */
export function BigAct({
  action,
  fields,
  quiet = false,
  label,
  className = '',
  children,
}: {
  action: (state: ActState, form: FormData) => Promise<ActState>;
  fields: Record<string, string>;
  quiet?: boolean;
  /** Where the button shows a picture alone. */
  label?: string;
  className?: string;
  children: ReactNode;
}) {
  const [state, submit, pending] = useActionState(action, { error: null });
  return (
    <form action={submit} className="contents">
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <button
        type="submit"
        aria-label={label}
        aria-disabled={pending || undefined}
        onClick={(event) => pending && event.preventDefault()}
        className={`${quiet ? quietAct : bigAct} ${className}`}
      >
        {pending ? <Spinner className="size-4" /> : null}
        {pending && label ? null : children}
      </button>
      {state.error ? (
        <p role="alert" className="basis-full text-base font-medium text-fail-ink">
          {state.error}
        </p>
      ) : null}
    </form>
  );
}
