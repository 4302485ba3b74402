'use client';

import type { ReactNode } from 'react';
import { frameTexts } from '#app/_texts/frame.ts';
import { AccountMenu } from '#app/_ui/account-menu.tsx';
import { Chip } from '#app/_ui/chip.tsx';
import { ThemeChoice } from '#app/_ui/theme-choice.tsx';

/** Who of the staff is signed in. */
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
  return (
    <AccountMenu
      look="console"
      name={name}
      detail={detail}
      face={<Chip text={letters} size="round" />}
      texts={frameTexts}
      icon={icon}
    >
      <ThemeChoice />
    </AccountMenu>
  );
}
