'use client';

import { useActionState } from 'react';
import { accessTexts as texts } from '#app/_texts/people.ts';
import { Button } from '#app/_ui/button.tsx';
import { RadioList, type RadioOption } from '#app/_ui/radio-list.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import type { SelfServiceMode } from '#db/enums.ts';
import { setSelfService } from '../actions.ts';

export function ModeForm({
  tenantId,
  mode,
  options,
  refused,
}: {
  tenantId: string;
  mode: SelfServiceMode;
  options: RadioOption[];
  /** Why whoever looks may not. */
  refused: string | null;
}) {
  const [state, submit, pending] = useActionState(setSelfService, { error: null });
  return (
    <form action={submit} className="space-y-3">
      <input type="hidden" name="tenantId" value={tenantId} />
      <RadioList
        key={mode}
        name="mode"
        label={texts.mode}
        note={texts.modeNote}
        options={options}
        chosen={mode}
      />
      {state.error ? (
        <p role="alert" className="text-sm font-medium text-fail-ink">
          {state.error}
        </p>
      ) : null}
      {refused === null ? (
        <Button aria-disabled={pending || undefined}>{texts.setMode}</Button>
      ) : (
        <ReasonButton name={texts.setMode} reason={refused}>
          {texts.setMode}
        </ReasonButton>
      )}
    </form>
  );
}
