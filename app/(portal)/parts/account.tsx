'use client';

import { type ReactNode, useState } from 'react';
import { frameTexts } from '#app/_texts/frame.ts';
import { Chip } from '#app/_ui/chip.tsx';
import { ThemeChoice } from '#app/_ui/theme-choice.tsx';
import { paths } from '#app/paths.ts';

/** Who is signed in, and the way out. */
export function Account({
  name,
  detail,
  letters,
  icon,
}: {
  name: string;
  detail: string;
  letters: string;
  /** Beside the way out, drawn by the server. */
  icon: ReactNode;
}) {
  const [failed, setFailed] = useState(false);

  const signOut = async () => {
    try {
      const { csrfToken } = await (await fetch(paths.auth('csrf'))).json();
      await fetch(paths.auth('signout'), {
        method: 'POST',
        body: new URLSearchParams({ csrfToken, json: 'true' }),
      });
      location.assign(paths.signIn('signed-out'));
    } catch {
      setFailed(true);
    }
  };

  return (
    <>
      <button
        type="button"
        popoverTarget="account"
        className="flex size-8 items-center justify-center rounded-full max-sm:size-11"
      >
        <Chip text={letters} size="round" />
        <span className="sr-only">{frameTexts.account(name)}</span>
      </button>
      <div
        id="account"
        popover="auto"
        className="fixed top-12 right-4 left-auto m-0 w-60 rounded-lg border border-line bg-surface p-1 text-ink shadow-menu"
      >
        <p className="px-3 py-2">
          <span className="block font-semibold">{name}</span>
          <span className="block text-sm text-ink-3">{detail}</span>
        </p>
        <ThemeChoice />
        <button
          type="button"
          onClick={signOut}
          className="flex h-9 w-full items-center gap-2.5 rounded-md px-3 text-left text-sm hover:bg-hover max-sm:h-11"
        >
          {icon}
          {frameTexts.signOut}
        </button>
        {failed ? (
          <p role="alert" className="px-3 pb-2 text-sm text-fail-ink">
            {frameTexts.stillSignedIn}
          </p>
        ) : null}
      </div>
    </>
  );
}
