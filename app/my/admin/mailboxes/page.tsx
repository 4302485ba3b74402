import type { Metadata } from 'next';
import Link from 'next/link';
import { myTexts } from '#app/_texts/my.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { Status } from '#app/_ui/status.tsx';
import { Time } from '#app/_ui/time.tsx';
import { paths } from '#app/paths.ts';
import { formatBytes } from '#lib/core/bytes.ts';
import { administratorHome } from '../../parts/administrator-home.ts';
import { Column, pageTitle, rows } from '../../parts/column.tsx';
import { backed } from '../../parts/mailbox-state.ts';
import { Nothing } from '../../parts/nothing.tsx';

const texts = myTexts.mailboxes;

export const metadata: Metadata = { title: texts.title };

/** How well is each mailbox backed up? Worst first. */
export default async function MyMailboxesPage() {
  const { mailboxes } = await administratorHome();
  const listed = mailboxes
    .map((mailbox) => ({ mailbox, how: backed(mailbox.health) }))
    .sort((a, b) => a.how.rank - b.how.rank);
  const living = listed.filter(({ mailbox }) => mailbox.state !== 'sealed');
  const fresh = living.filter(({ how }) => how.kind === 'ok' || how.kind === 'gaps').length;
  return (
    <Column className="space-y-4">
      <div>
        <h1 className={pageTitle}>{texts.title}</h1>
        {living.length > 0 ? (
          <p className="text-ink-2">{texts.good(fresh, living.length)}</p>
        ) : null}
      </div>
      {listed.length === 0 ? (
        <Nothing icon="mail" title={texts.empty}>
          {texts.emptyNote}
        </Nothing>
      ) : (
        <ul className={rows}>
          {listed.map(({ mailbox, how }) => (
            <li key={mailbox.id}>
              <Link
                href={paths.myMailbox(mailbox.id)}
                prefetch={false}
                className="flex items-center gap-3 px-4 py-3 -outline-offset-2 hover:bg-hover"
              >
                <span className="min-w-0 flex-1">
                  <span className="flex flex-wrap items-baseline gap-x-3">
                    <span className="font-medium break-words">{mailbox.name}</span>
                    <span className="text-base">
                      <Status kind={how.kind}>{how.word}</Status>
                    </span>
                  </span>
                  <span className="block text-base text-ink-2">
                    {mailbox.lastGoodAt ? (
                      <>
                        {texts.lastGood}
                        <Time at={mailbox.lastGoodAt} as="ago" inside />
                        {' · '}
                        {texts.items(mailbox.items)}, {formatBytes(mailbox.bytes)}
                      </>
                    ) : (
                      texts.lastNone
                    )}
                  </span>
                </span>
                <Icon name="chevronRight" className="size-4 text-ink-3" />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Column>
  );
}
