'use client';

import Link from 'next/link';
import { myTexts } from '#app/_texts/my.ts';
import { AccountMenu, accountLine } from '#app/_ui/account-menu.tsx';
import { Icon } from '#app/_ui/icon.tsx';
import { ThemeChoice } from '#app/_ui/theme-choice.tsx';
import { paths } from '#app/paths.ts';

const texts = myTexts.frame;
const line = accountLine('column');

/** Who of the customer is signed in, and what is theirs. */
export function Account({
  name,
  detail,
  letters,
}: {
  name: string;
  detail: string;
  letters: string;
}) {
  // The next page is drawn beneath it, and the menu would stay in front.
  const close = () => document.getElementById('account')?.hidePopover();
  return (
    <AccountMenu
      look="column"
      name={name}
      detail={detail}
      face={
        <span
          aria-hidden
          className="flex size-8 items-center justify-center rounded-full bg-off-tint text-sm font-semibold"
        >
          {letters}
        </span>
      }
      texts={texts}
      icon={<Icon name="logOut" className="size-5" />}
    >
      <ThemeChoice />
      <Link href={paths.myRestores()} prefetch={false} onClick={close} className={line}>
        <Icon name="restore" className="size-5" />
        {texts.restoresLong}
      </Link>
      <Link href={paths.mySessions()} prefetch={false} onClick={close} className={line}>
        <Icon name="devices" className="size-5" />
        {texts.sessions}
      </Link>
    </AccountMenu>
  );
}
