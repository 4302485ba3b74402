'use client';

import { useState } from 'react';
import { frameTexts } from '#app/_texts/frame.ts';
import { Chip } from '#app/_ui/chip.tsx';
import { Icon } from '#app/_ui/icon.tsx';
import { paths } from '#app/paths.ts';

/** Who is signed in, and the way out. */
export function Account({
  name,
  detail,
  letters,
}: {
  name: string;
  detail: string;
  letters: string;
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
    <div className="fixed top-0 right-0 z-30 flex h-12 items-center pr-4 sm:pr-6">
      <button type="button" popoverTarget="account" aria-label={frameTexts.account(name)}>
        <Chip text={letters} size="round" />
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
        <button
          type="button"
          onClick={signOut}
          className="flex h-9 w-full items-center gap-2.5 rounded-md px-3 text-left text-sm hover:bg-hover max-sm:h-11"
        >
          <Icon name="logOut" />
          {frameTexts.signOut}
        </button>
        {failed ? (
          <p role="alert" className="px-3 pb-2 text-sm text-fail-ink">
            {frameTexts.stillSignedIn}
          </p>
        ) : null}
      </div>
    </div>
  );
}
