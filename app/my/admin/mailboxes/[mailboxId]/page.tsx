import type { Metadata } from 'next';
import Link from 'next/link';
import { load } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { myTexts } from '#app/_texts/my.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { Status } from '#app/_ui/status.tsx';
import { Time } from '#app/_ui/time.tsx';
import { createWords } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { formatBytes } from '#lib/core/bytes.ts';
import { listFolders } from '#lib/services/folders/list.ts';
import { getMailbox } from '#lib/services/mailboxes/get.ts';
import { listRestores } from '#lib/services/restores/list.ts';
import { administratorHome } from '../../../parts/administrator-home.ts';
import { Column, pageTitle } from '../../../parts/column.tsx';
import { findFolders } from '../../../parts/find-folders.ts';
import { FindForm } from '../../../parts/find-form.tsx';
import { folderLines } from '../../../parts/folder-lines.ts';
import { backed } from '../../../parts/mailbox-state.ts';
import { RestoreRows } from '../../../parts/restore-rows.tsx';
import { WhatForm } from './parts/what-form.tsx';

const texts = myTexts.mailboxes;

export const metadata: Metadata = { title: texts.one };

/** One mailbox of the organisation: how it is backed up, a message in it, or all of it. */
export default async function MyMailboxPage({
  params,
}: {
  params: Promise<{ mailboxId: string }>;
}) {
  const { mailboxId } = await params;
  const found = await administratorHome();
  const { ctx, viewer } = found;
  const { tenantId } = viewer;
  const mailbox = await load(getMailbox(ctx, { tenantId, mailboxId }));
  const { zone, now } = await reading();
  const words = createWords(zone, now);
  const how = backed(mailbox.health);
  const [latest] = mailbox.snapshots;
  const first = mailbox.snapshots.at(-1);
  const gone = mailbox.state === 'sealed';
  const [folders, searched, earlier] = await Promise.all([
    latest === undefined
      ? []
      : load(listFolders(ctx, { tenantId, mailboxId, sequence: latest.sequence })),
    findFolders(ctx, { tenantId, mailboxId }),
    load(listRestores(ctx, { tenantId, mailboxId, limit: 3 })),
  ]);
  return (
    <Column className="space-y-7">
      <div className="space-y-3">
        <div>
          <p className="text-base">
            <Status kind={how.kind}>{how.word}</Status>
          </p>
          <h1 className={`${pageTitle} break-words`}>{mailbox.name}</h1>
          <p className="text-base break-all text-ink-2">{mailbox.address}</p>
        </div>
        {gone ? <p className="text-base text-ink-2">{texts.leftNote(mailbox.name)}</p> : null}
        <dl className="grid grid-cols-[8.5rem_1fr] gap-y-1.5 text-base [&_dt]:text-ink-2">
          <dt>{texts.facts.copied}</dt>
          <dd>{mailbox.lastGoodAt ? <Time at={mailbox.lastGoodAt} /> : texts.lastNone}</dd>
          {first ? (
            <>
              <dt>{texts.facts.first}</dt>
              <dd>
                <Time at={first.takenAt} />
              </dd>
            </>
          ) : null}
          {mailbox.sealedAt ? (
            <>
              <dt>{texts.facts.left}</dt>
              <dd>
                <Time at={mailbox.sealedAt} />
              </dd>
            </>
          ) : null}
          <dt>{texts.facts.holds}</dt>
          <dd>
            {texts.items(mailbox.items)}, {formatBytes(mailbox.bytes)}
          </dd>
        </dl>
        <Link
          href={paths.myAudit({ mailbox: mailboxId })}
          prefetch={false}
          className="quiet-link flex min-h-11 items-center gap-2 text-base"
        >
          <Icon name="eye" className="size-4" />
          {texts.looked}
        </Link>
      </div>
      {latest === undefined ? null : (
        <>
          <section className="space-y-3">
            <h2 className="font-semibold">{texts.find(mailbox.name)}</h2>
            <FindForm place={{ fixed: mailboxId }} folders={searched} />
          </section>
          <section className="space-y-3">
            <h2 className="font-semibold">{gone ? texts.giveLeaver : texts.give}</h2>
            <WhatForm
              mailboxId={mailboxId}
              whole={texts.whole(texts.items(latest.items))}
              folders={folderLines(folders).map(({ id, path, itemCount }) => ({
                id,
                label: `${path} (${texts.items(itemCount)})`,
              }))}
              copies={mailbox.snapshots.map((copy, index) => ({
                sequence: copy.sequence,
                label:
                  index === 0
                    ? texts.copyLatest(words.moment(copy.takenAt))
                    : words.moment(copy.takenAt),
              }))}
            />
          </section>
        </>
      )}
      {earlier.length > 0 ? (
        <section>
          <h2 className="mb-2 font-semibold">{myTexts.find.earlier}</h2>
          <RestoreRows home={found} restores={earlier} />
        </section>
      ) : null}
    </Column>
  );
}
