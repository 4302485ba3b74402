import Link from 'next/link';
import type { ReactNode } from 'react';
import { reading } from '#app/_server/viewer.ts';
import { myTexts } from '#app/_texts/my.ts';
import { Time } from '#app/_ui/time.tsx';
import { initials } from '#app/_ui/words.ts';
import { Zone } from '#app/_ui/zone.tsx';
import { paths } from '#app/paths.ts';
import { Account } from './parts/account.tsx';
import { home } from './parts/home.ts';
import { backed } from './parts/mailbox-state.ts';
import { SectionLink } from './parts/section-link.tsx';

const texts = myTexts.frame;

/** The frame for people of customers. It guards nothing: every page asks for itself. */
export default async function MyLayout({ children }: { children: ReactNode }) {
  const { viewer, own, administers } = await home();
  const { zone } = await reading();
  const { mspName, customerName, user } = viewer;
  return (
    <div className="flex min-h-dvh flex-col text-lg">
      <a
        href="#page"
        className="fixed top-2 left-2 z-50 -translate-y-20 rounded-md bg-accent px-3 py-2 font-medium text-on-accent focus:translate-y-0"
      >
        {texts.skip}
      </a>
      <header className="border-b border-line bg-surface">
        <div className="flex h-14 items-center gap-3 px-4 sm:px-6">
          <Link
            href={paths.my()}
            prefetch={false}
            className="flex min-w-0 items-center gap-2.5 font-semibold"
          >
            <span
              aria-hidden
              className="flex size-7 shrink-0 items-center justify-center rounded-lg bg-ink text-surface"
            >
              {initials(mspName)[0]}
            </span>
            <span className="truncate sm:hidden">
              {administers ? texts.mailOf(customerName) : texts.yourMail}
            </span>
            <span className="truncate max-sm:hidden">{mspName}</span>
          </Link>
          <span className="text-base text-ink-2 max-sm:hidden">
            {texts.forCustomer(customerName)}
          </span>
          {own ? (
            <Copied at={own.lastGoodAt} good={backed(own.health).kind === 'ok'} />
          ) : (
            <span className="ml-auto" />
          )}
          <Account
            name={user.displayName}
            letters={initials(user.displayName)}
            detail={administers ? texts.administratorOf(customerName) : texts.ownerAt(customerName)}
          />
        </div>
        {administers ? (
          <nav
            aria-label={texts.sections}
            className="-mb-px flex gap-x-4 overflow-x-auto px-4 text-base sm:justify-center sm:gap-x-8"
          >
            <SectionLink href={paths.my()} also={['/my/search/', '/my/mail/']}>
              {texts.find}
            </SectionLink>
            <SectionLink href={paths.myMailboxes()} also={['/my/admin/mailboxes/']}>
              {texts.mailboxes}
            </SectionLink>
            <SectionLink href={paths.myLeavers()}>{texts.leavers}</SectionLink>
            <SectionLink href={paths.myRestores()} also={['/my/restores/']}>
              {texts.restores}
            </SectionLink>
            <SectionLink href={paths.myAudit()}>{texts.looked}</SectionLink>
          </nav>
        ) : null}
      </header>
      <main id="page" className="flex flex-1 flex-col">
        {children}
      </main>
      <Zone known={zone} />
    </div>
  );
}

/** How fresh the copy of one's own mailbox is; only one that is as it should be is green. */
function Copied({ at, good }: { at: Date | null; good: boolean }) {
  return (
    <span className="ml-auto flex items-center gap-2 text-sm whitespace-nowrap text-ink-2">
      {at === null ? (
        texts.notCopied
      ) : (
        <>
          <span
            aria-hidden
            className={`size-1.5 rounded-full ${good ? 'bg-ok-mark' : 'bg-off-mark'}`}
          />
          <span>
            {texts.copied('')}
            <Time at={at} as="ago" />
          </span>
        </>
      )}
    </span>
  );
}
