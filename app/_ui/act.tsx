'use client';

import { type ReactNode, useActionState } from 'react';
import { buttonClass, type Weight } from './button.tsx';
import { Spinner } from './icon.tsx';

/** What an act answers with when it did not lead elsewhere. */
export interface ActState {
  /** A sentence for the person: what happened, what is safe, what to do. */
  error: string | null;
}

/** One act as a form with one button. What went wrong stays beside it. */
export function Act({
  action,
  fields,
  weight,
  size,
  className,
  children,
}: {
  action: (state: ActState, form: FormData) => Promise<ActState>;
  fields: Record<string, string>;
  weight?: Weight;
  size?: 'usual' | 'large';
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
        aria-disabled={pending || undefined}
        onClick={(event) => pending && event.preventDefault()}
        className={buttonClass(weight, className, size)}
      >
        {pending ? <Spinner /> : null}
        {children}
      </button>
      {state.error ? (
        <p role="alert" className="basis-full text-sm font-medium text-fail-ink">
          {state.error}
        </p>
      ) : null}
    </form>
  );
}
