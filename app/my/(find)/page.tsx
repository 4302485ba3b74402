import type { Metadata } from 'next';
import Link from 'next/link';
import { load } from '#app/_server/failures.ts';
import { myTexts } from '#app/_texts/my.ts';
import { Time } from '#app/_ui/time.tsx';
import { paths } from '#app/paths.ts';
import { getMailbox } from '#lib/services/mailboxes/get.ts';
import { listRestores } from '#lib/services/restores/list.ts';
import { Column, pageTitle } from '../parts/column.tsx';
import { findFolders } from '../parts/find-folders.ts';
import { FindForm } from '../parts/find-form.tsx';
import { home } from '../parts/home.ts';
import { findPlace } from '../parts/place.ts';
import { RestoreRows } from '../parts/restore-rows.tsx';

const texts = myTexts.find;

export const metadata: Metadata = { title: texts.title };

const shown = 3;

/** Where is my message? */
export default async function FindPage() {
  const found = await home();
  const { ctx, viewer, own, administers } = found;
  const { tenantId } = viewer;
  const [copies, folders, earlier] = await Promise.all([
    own === null ? null : load(getMailbox(ctx, { tenantId, mailboxId: own.id })),
    own === null ? null : findFolders(ctx, { tenantId, mailboxId: own.id }),
    load(listRestores(ctx, { tenantId, limit: shown })),
  ]);
  const first = copies?.snapshots.at(-1)?.takenAt ?? null;
  return (
    <Column className="space-y-6">
      <div className="space-y-4">
        <h1 className={pageTitle}>{texts.title}</h1>
        <FindForm place={findPlace(found)} folders={folders} />
        <p className="text-base text-ink-2">
          {administers ? (
            texts.sinceAll
          ) : first === null ? (
            texts.none
          ) : (
            <>
              {texts.since.before}
              <Time at={first} as="day" />
              {texts.since.after}
            </>
          )}
        </p>
      </div>
      {earlier.length > 0 ? (
        <section>
          <div className="mb-2 flex items-baseline">
            <h2 className="font-semibold">{texts.earlier}</h2>
            <Link
              href={paths.myRestores()}
              prefetch={false}
              className="quiet-link -my-2 ml-auto py-2 text-base"
            >
              {texts.all}
            </Link>
          </div>
          <RestoreRows home={found} restores={earlier} />
        </section>
      ) : null}
    </Column>
  );
}
