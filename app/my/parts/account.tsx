'use client';

import Link from 'next/link';
import { useState } from 'react';
import { myTexts } from '#app/_texts/my.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { ThemeChoice } from '#app/_ui/theme-choice.tsx';
import { paths } from '#app/paths.ts';

const texts = myTexts.frame;
const line = 'flex h-11 w-full items-center gap-3 rounded-md px-3 text-left hover:bg-hover';

/** Who is signed in, what is theirs, and the way out. */
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

  // The next page is drawn beneath it, and the menu would stay in front.
  const close = () => document.getElementById('account')?.hidePopover();

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
        className="-mr-2 flex size-11 shrink-0 items-center justify-center rounded-full"
      >
        <span
          aria-hidden
          className="flex size-8 items-center justify-center rounded-full bg-off-tint text-sm font-semibold"
        >
          {letters}
        </span>
        <span className="sr-only">{texts.account(name)}</span>
      </button>
      <div
        id="account"
        popover="auto"
        className="fixed top-14 right-4 left-auto m-0 w-72 max-w-[calc(100vw-2rem)] rounded-lg border border-line bg-surface p-1 text-lg text-ink shadow-menu"
      >
        <p className="px-3 py-2">
          <span className="block font-semibold">{name}</span>
          <span className="block text-base text-ink-2">{detail}</span>
        </p>
        <ThemeChoice />
        <Link href={paths.myRestores()} prefetch={false} onClick={close} className={line}>
          <Icon name="restore" className="size-5" />
          {texts.restoresLong}
        </Link>
        <Link href={paths.mySessions()} prefetch={false} onClick={close} className={line}>
          <Icon name="devices" className="size-5" />
          {texts.sessions}
        </Link>
        <button type="button" onClick={signOut} className={line}>
          <Icon name="logOut" className="size-5" />
          {texts.signOut}
        </button>
        {failed ? (
          <p role="alert" className="px-3 pb-2 text-base text-fail-ink">
            {texts.stillSignedIn}
          </p>
        ) : null}
      </div>
    </>
  );
}
