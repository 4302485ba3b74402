'use client';

import { useState } from 'react';
import { partTexts } from '#app/_texts/frame.ts';
import { paths } from '#app/paths.ts';
import { buttonClass } from './button.tsx';
import { MicrosoftMark, Spinner } from './icon.tsx';

/**
 * Starts the sign-in. The cookie against forged requests is set first, then the address at
 * Microsoft is asked for, so that no form of ours has to be redirected to another host.
 */
export function SignInButton({
  then,
  label,
  quiet = false,
}: {
  then: string;
  label: string;
  /** As a link in a sentence. */
  quiet?: boolean;
}) {
  const [state, setState] = useState<'idle' | 'going' | 'failed'>('idle');

  const start = async () => {
    if (state === 'going') return;
    setState('going');
    try {
      const { csrfToken } = await (await fetch(paths.auth('csrf'))).json();
      const answer = await fetch(paths.auth('signin/entra'), {
        method: 'POST',
        body: new URLSearchParams({ csrfToken, callbackUrl: then, json: 'true' }),
      });
      const { url } = (await answer.json()) as { url?: string };
      if (!answer.ok || url === undefined) throw new Error(String(answer.status));
      location.assign(url);
    } catch {
      setState('failed');
    }
  };

  return (
    <>
      <button
        type="button"
        onClick={start}
        className={
          quiet
            ? 'font-medium text-accent hover:underline'
            : buttonClass('primary', 'w-full', 'large')
        }
      >
        {quiet ? null : state === 'going' ? <Spinner className="size-4" /> : <MicrosoftMark />}
        {label}
      </button>
      {state === 'failed' ? (
        <p role="alert" className="mt-3 text-sm font-medium text-fail-ink">
          {partTexts.noSignIn}
        </p>
      ) : null}
    </>
  );
}
