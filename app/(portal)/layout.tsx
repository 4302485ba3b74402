import type { ReactNode } from 'react';
import { viewer } from '#app/_server/context.ts';
import { reading } from '#app/_server/viewer.ts';
import { frameTexts } from '#app/_texts/frame.ts';
import { Chip } from '#app/_ui/chip.tsx';
import { Icon, Logo } from '#app/_ui/icon.tsx';
import { initials } from '#app/_ui/words.ts';
import { Zone } from '#app/_ui/zone.tsx';
import { Account } from './parts/account.tsx';
import { Rail, Tabs } from './parts/nav.tsx';
import { paletteActs } from './parts/palette-acts.ts';
import { PaletteButton } from './parts/palette-button.tsx';

/** The frame. It says who is signed in and guards nothing: every page asks for itself. */
export default async function PortalLayout({ children }: { children: ReactNode }) {
  const { user, role, mspName } = await viewer();
  const name = user.displayName;
  const { zone } = await reading();
  return (
    <div
      data-frame
      className="min-h-dvh sm:grid sm:grid-cols-[3.25rem_minmax(0,1fr)] wide:grid-cols-[13rem_minmax(0,1fr)]"
    >
      <a
        href="#page"
        className="fixed top-2 left-2 z-50 -translate-y-20 rounded-md bg-accent px-3 py-2 text-sm font-medium text-on-accent focus:translate-y-0"
      >
        {frameTexts.skip}
      </a>
      <div className="sticky top-0 flex h-dvh flex-col overflow-y-auto px-2 max-sm:hidden">
        <nav aria-label={frameTexts.sections}>
          <p className="flex h-12 items-center gap-3 px-2 text-lg font-semibold max-wide:justify-center">
            <Logo className="size-5" />
            <span className="max-wide:sr-only">{frameTexts.house}</span>
          </p>
          <Rail />
        </nav>
        <footer className="mt-auto flex items-center gap-3 px-2 py-4 max-wide:justify-center max-wide:px-0">
          <Chip text={initials(mspName)} size="sm" />
          <p className="min-w-0 max-wide:sr-only">
            <span className="block truncate text-sm font-semibold">{mspName}</span>
            <span className="block truncate text-xs text-ink-2">
              {name}, {role}
            </span>
          </p>
        </footer>
      </div>
      <header className="fixed top-0 right-0 z-30 flex h-12 items-center gap-3 pr-4 max-sm:gap-0 max-sm:pr-1 sm:pr-6">
        <PaletteButton acts={await paletteActs()}>
          <Icon name="search" className="size-4 max-sm:size-5" />
        </PaletteButton>
        <Account
          name={name}
          detail={frameTexts.roleAt(role, mspName)}
          letters={initials(name)}
          icon={<Icon name="logOut" />}
        />
      </header>
      <main
        id="page"
        className="flex min-h-dvh flex-col border-line bg-surface max-sm:pb-14 max-sm:has-[[data-alone]]:pb-0 sm:border-l"
      >
        {children}
      </main>
      <nav
        aria-label={frameTexts.sections}
        data-tabs
        className="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-canvas sm:hidden"
      >
        <Tabs />
      </nav>
      <Zone known={zone} />
    </div>
  );
}
