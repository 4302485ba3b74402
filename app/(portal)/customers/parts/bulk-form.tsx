'use client';

import { type ReactNode, useActionState } from 'react';
import { customersTexts as texts } from '#app/_texts/fleet.ts';
import { buttonClass } from '#app/_ui/button.tsx';
import { Spinner } from '#app/_ui/icon.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import type { BulkState } from '../actions.ts';

/** A list with boxes to tick and one act for those that are. */
export function BulkForm({
  action,
  refused,
  children,
}: {
  action: (state: BulkState, form: FormData) => Promise<BulkState>;
  /** Why whoever looks may not; null when they may. */
  refused: string | null;
  children: ReactNode;
}) {
  const [state, submit, pending] = useActionState(action, { error: null, done: null });
  return (
    <form action={submit}>
      {children}
      <div className="flex flex-wrap items-center gap-3 px-4 py-3 text-sm max-sm:hidden sm:px-6">
        {refused === null ? (
          <button
            type="submit"
            aria-disabled={pending || undefined}
            onClick={(event) => pending && event.preventDefault()}
            className={buttonClass('secondary')}
          >
            {pending ? <Spinner /> : null}
            {texts.bulk.act}
          </button>
        ) : (
          <ReasonButton name={texts.bulk.act} reason={refused}>
            {texts.bulk.act}
          </ReasonButton>
        )}
        <p role="status" className="text-ink-2">
          {state.done}
        </p>
        {state.error ? (
          <p role="alert" className="font-medium text-fail-ink">
            {state.error}
          </p>
        ) : null}
      </div>
    </form>
  );
}
