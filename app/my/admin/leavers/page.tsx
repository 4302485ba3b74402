import type { Metadata } from 'next';
import Link from 'next/link';
import { myTexts } from '#app/_texts/my.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { Time } from '#app/_ui/time.tsx';
import { paths } from '#app/paths.ts';
import { formatBytes } from '#lib/core/bytes.ts';
import { chooseWhat } from '../../actions.ts';
import { administratorHome } from '../../parts/administrator-home.ts';
import { BigAct } from '../../parts/big-act.tsx';
import { Column, pageTitle, quietAct } from '../../parts/column.tsx';
import { Nothing } from '../../parts/nothing.tsx';

const texts = myTexts.leavers;

export const metadata: Metadata = { title: texts.title };

/** Who has left, and what is kept of them. */
export default async function MyLeaversPage() {
  const { mailboxes } = await administratorHome();
  const leavers = mailboxes
    .filter(({ state }) => state === 'sealed')
    .sort((a, b) => (b.sealedAt?.getTime() ?? 0) - (a.sealedAt?.getTime() ?? 0));
  return (
    <Column className="space-y-4">
      <div>
        <h1 className={pageTitle}>{texts.title}</h1>
        <p className="text-ink-2">{texts.note}</p>
      </div>
      {leavers.length === 0 ? (
        <Nothing icon="leaver" title={texts.empty}>
          {texts.emptyNote}
        </Nothing>
      ) : (
        <ul className="space-y-4">
          {leavers.map((mailbox) => (
            <li
              key={mailbox.id}
              className="space-y-3 rounded-xl border border-line bg-surface px-4 py-4"
            >
              <div className="flex items-start gap-3">
                <Icon name="archive" className="mt-1 size-5 text-seal-mark" />
                <div className="min-w-0">
                  <h2 className="font-semibold break-words">{mailbox.name}</h2>
                  <p className="text-base text-ink-2">
                    {mailbox.sealedAt ? (
                      <>
                        {texts.left}
                        <Time at={mailbox.sealedAt} />
                        {' · '}
                      </>
                    ) : null}
                    {mailbox.lastGoodAt ? (
                      <>
                        {texts.last}
                        <Time at={mailbox.lastGoodAt} />
                      </>
                    ) : (
                      myTexts.mailboxes.lastNone
                    )}
                  </p>
                  <p className="text-base text-ink-2">
                    {myTexts.count.items(mailbox.items)}, {formatBytes(mailbox.bytes)}
                  </p>
                </div>
              </div>
              <div className="flex flex-wrap gap-3">
                {mailbox.lastGoodAt ? (
                  <BigAct
                    action={chooseWhat}
                    fields={{ mailboxId: mailbox.id, what: 'mailbox', sequence: 'latest' }}
                    label={texts.giveOf(mailbox.name)}
                  >
                    {texts.give}
                  </BigAct>
                ) : null}
                <Link href={paths.myMailbox(mailbox.id)} prefetch={false} className={quietAct}>
                  {texts.look}
                </Link>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Column>
  );
}
