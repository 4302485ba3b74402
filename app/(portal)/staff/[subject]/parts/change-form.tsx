'use client';

import { type ReactNode, useActionState } from 'react';
import type { FormState } from '#app/_server/action.ts';
import { Button } from '#app/_ui/button.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';

/** Some fields about a member with the act that saves them. */
export function ChangeForm({
  action,
  subject,
  label,
  saved,
  refused,
  children,
}: {
  action: (state: FormState, form: FormData) => Promise<FormState>;
  subject: string;
  label: string;
  saved: string;
  /** Why whoever looks may not. */
  refused: string | null;
  children: ReactNode;
}) {
  const [state, submit, pending] = useActionState(
    async (before: FormState & { done: boolean }, form: FormData) => {
      const after = await action(before, form);
      return { ...after, done: after.error === null };
    },
    { error: null, done: false },
  );
  return (
    <form action={submit} className="space-y-3">
      <input type="hidden" name="subject" value={subject} />
      {children}
      <div className="flex flex-wrap items-center gap-3">
        {refused === null ? (
          <Button aria-disabled={pending || undefined}>{label}</Button>
        ) : (
          <ReasonButton name={label} reason={refused}>
            {label}
          </ReasonButton>
        )}
        <p role="status" className="text-sm text-ink-2">
          {state.done && !pending ? saved : ''}
        </p>
      </div>
      {state.error ? (
        <p role="alert" className="text-sm font-medium text-fail-ink">
          {state.error}
        </p>
      ) : null}
    </form>
  );
}
