'use client';

import { useActionState } from 'react';
import { Button } from '#app/_ui/button.tsx';
import { RadioList, type RadioOption } from '#app/_ui/radio-list.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { setPolicy } from '../actions.ts';

/** How often, and whether at all; what each choice means stands beside it. */
export function PolicyForm({
  tenantId,
  every,
  backups,
  texts,
  refused,
}: {
  tenantId: string;
  every: { options: RadioOption[]; chosen: string };
  backups: { options: RadioOption[]; chosen: string };
  texts: { every: string; backups: string; act: string };
  /** Why whoever looks may not. */
  refused: string | null;
}) {
  const [state, submit, pending] = useActionState(setPolicy, { error: null });
  return (
    <form action={submit} className="space-y-6">
      <input type="hidden" name="tenantId" value={tenantId} />
      <RadioList
        key={`every ${every.chosen}`}
        name="everyMinutes"
        label={texts.every}
        options={every.options}
        chosen={every.chosen}
      />
      <RadioList
        key={`backups ${backups.chosen}`}
        name="backups"
        label={texts.backups}
        options={backups.options}
        chosen={backups.chosen}
      />
      {state.error ? (
        <p role="alert" className="text-sm font-medium text-fail-ink">
          {state.error}
        </p>
      ) : null}
      {refused === null ? (
        <Button aria-disabled={pending || undefined}>{texts.act}</Button>
      ) : (
        <ReasonButton name={texts.act} reason={refused}>
          {texts.act}
        </ReasonButton>
      )}
    </form>
  );
}
