'use client';

import { type ReactNode, useState } from 'react';
import { paths } from '#app/paths.ts';

const looks = {
  /** Staff at work: small beside everything else. */
  console: {
    button: 'size-8 max-sm:size-11',
    menu: 'top-12 w-60',
    detail: 'text-sm text-ink-3',
    line: 'h-9 gap-2.5 text-sm max-sm:h-11',
    failed: 'text-sm',
  },
  /** People of customers, drawn for the phone. */
  column: {
    button: '-mr-2 size-11 shrink-0',
    menu: 'top-14 w-72 max-w-[calc(100vw-2rem)] text-lg',
    detail: 'text-base text-ink-2',
    line: 'h-11 gap-3',
    failed: 'text-base',
  },
} as const;

/** One line of the menu: a link or the way out. */
export function accountLine(look: keyof typeof looks): string {
  return `flex w-full items-center rounded-md px-3 text-left hover:bg-hover ${looks[look].line}`;
}

/** Who is signed in, what is theirs, and the way out. */
export function AccountMenu({
  look,
  name,
  detail,
  face,
  texts,
  icon,
  children,
}: {
  look: keyof typeof looks;
  name: string;
  detail: string;
  /** Stands for them on the button. */
  face: ReactNode;
  texts: { account(name: string): string; signOut: string; stillSignedIn: string };
  /** Beside the way out. */
  icon: ReactNode;
  /** What stands above the way out. */
  children: ReactNode;
}) {
  const [failed, setFailed] = useState(false);
  const size = looks[look];

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
        className={`flex items-center justify-center rounded-full ${size.button}`}
      >
        {face}
        <span className="sr-only">{texts.account(name)}</span>
      </button>
      <div
        id="account"
        popover="auto"
        className={`fixed right-4 left-auto m-0 rounded-lg border border-line bg-surface p-1 text-ink shadow-menu ${size.menu}`}
      >
        <p className="px-3 py-2">
          <span className="block font-semibold">{name}</span>
          <span className={`block ${size.detail}`}>{detail}</span>
        </p>
        {children}
        <button type="button" onClick={signOut} className={accountLine(look)}>
          {icon}
          {texts.signOut}
        </button>
        {failed ? (
          <p role="alert" className={`px-3 pb-2 text-fail-ink ${size.failed}`}>
            {texts.stillSignedIn}
          </p>
        ) : null}
      </div>
    </>
  );
}
