import type { Metadata } from 'next';
import Link from 'next/link';
import { load } from '#app/_server/failures.ts';
import { myTexts } from '#app/_texts/my.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { Time } from '#app/_ui/time.tsx';
import { paths } from '#app/paths.ts';
import { formatBytes } from '#lib/core/bytes.ts';
import { listExports } from '#lib/services/exports/list.ts';
import { listRestores } from '#lib/services/restores/list.ts';
import { Column, pageTitle, rows } from '../../parts/column.tsx';
import { home } from '../../parts/home.ts';
import { Nothing } from '../../parts/nothing.tsx';
import { RestoreRows } from '../../parts/restore-rows.tsx';

const texts = myTexts.restore;

export const metadata: Metadata = { title: texts.list };

const shown = 100;

/** What was put back and downloaded, newest first. */
export default async function MyRestoresPage() {
  const found = await home();
  const { ctx, viewer } = found;
  const { tenantId } = viewer;
  const [restores, files] = await Promise.all([
    load(listRestores(ctx, { tenantId, limit: shown })),
    load(listExports(ctx, { tenantId, limit: 20 })),
  ]);
  const kept = files.filter(({ state }) => state !== 'expired');
  return (
    <Column className="space-y-6">
      <div>
        <h1 className={pageTitle}>{texts.list}</h1>
        {restores.length > 0 ? <p className="text-base text-ink-2">{texts.listNote}</p> : null}
      </div>
      {restores.length === 0 ? (
        <Nothing icon="restore" title={texts.empty}>
          {texts.emptyNote}
        </Nothing>
      ) : (
        <RestoreRows home={found} restores={restores} />
      )}
      {kept.length > 0 ? (
        <section>
          <h2 className="mb-2 font-semibold">{myTexts.download.list}</h2>
          <ul className={rows}>
            {kept.map((file) => (
              <li key={file.id}>
                <Link
                  href={paths.myDownload(file.id)}
                  prefetch={false}
                  className="flex items-center gap-3 px-4 py-3 -outline-offset-2 hover:bg-hover"
                >
                  <Icon name="download" className="size-4 text-ink-3" />
                  <span className="min-w-0 flex-1">
                    <span className="block font-medium">
                      {myTexts.download.row(file.items, formatBytes(file.bytes))}
                    </span>
                    <span className="block text-base text-ink-2">
                      <Time at={file.createdAt} as="short" inside />
                    </span>
                  </span>
                  <Icon name="chevronRight" className="size-4 text-ink-3" />
                </Link>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </Column>
  );
}
