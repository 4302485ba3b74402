import type { ReactNode } from 'react';
import { reading } from '#app/_server/viewer.ts';
import { connectTexts } from '#app/_texts/connect.ts';
import { frameTexts } from '#app/_texts/frame.ts';
import { Logo } from '#app/_ui/icon.tsx';
import { Zone } from '#app/_ui/zone.tsx';

/** The public page of an MSP: their name above, one card. On a phone the page is the card. */
export async function ConnectFrame({
  mspName,
  children,
}: {
  mspName: string | null;
  children: ReactNode;
}) {
  const { zone } = await reading();
  return (
    <div className="flex min-h-dvh flex-col max-sm:bg-surface">
      <header className="flex h-14 items-center justify-center gap-3 text-lg font-semibold max-sm:border-b max-sm:border-line sm:mt-1">
        <span
          aria-hidden
          className="flex size-7 items-center justify-center rounded-lg bg-ink text-base text-surface"
        >
          {mspName ? mspName.slice(0, 1).toUpperCase() : <Logo className="size-4" />}
        </span>
        {mspName ?? frameTexts.house}
      </header>
      <main
        id="page"
        className="flex w-full flex-1 flex-col bg-surface px-5 py-6 sm:mx-auto sm:mt-6 sm:max-w-160 sm:flex-none sm:rounded-xl sm:border sm:border-line sm:px-10 sm:py-9"
      >
        {children}
      </main>
      <footer className="py-6 text-center text-xs text-ink-3 sm:mt-auto">
        {mspName ? connectTexts.uses(mspName) : frameTexts.house}
      </footer>
      <Zone known={zone} />
    </div>
  );
}
