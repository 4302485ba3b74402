import type { Metadata } from 'next';
import Link from 'next/link';
import { requireContext } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { customerTexts as texts } from '#app/_texts/customer.ts';
import { Section } from '#app/_ui/section.tsx';
import { Status } from '#app/_ui/status.tsx';
import { Time } from '#app/_ui/time.tsx';
import { createWords, plural } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { formatCount } from '#lib/core/bytes.ts';
import { listRestores } from '#lib/services/restores/list.ts';
import { restoreLook } from '../../../../restores/parts/restore-state.ts';

export const metadata: Metadata = { title: texts.titles.restores };

export default async function CustomerRestoresPage({
  params,
}: {
  params: Promise<{ tenantId: string }>;
}) {
  const { tenantId } = await params;
  const restores = await load(listRestores(await requireContext(), { tenantId, limit: 100 }));
  const { zone, now } = await reading();
  const _words = createWords(zone, now);
  return (
    <div className="px-4 py-4 sm:px-6">
      <Section title={texts.tabs.restores} note={texts.newestFirst}>
        {restores.length === 0 ? (
          <p className="text-sm text-ink-2">{texts.noRestores}</p>
        ) : (
          <ul className="text-sm">
            {restores.map((restore) => {
              const look = restoreLook(restore.state);
              return (
                <li key={restore.id} className="border-b border-line">
                  <Link
                    href={paths.restore(tenantId, restore.id)}
                    prefetch={false}
                    className="flex min-h-row flex-wrap items-center gap-x-3 py-1 hover:bg-canvas"
                  >
                    <Status kind={look.kind}>{look.word}</Status>
                    <span className="min-w-0 flex-1 text-right">
                      {restore.state === 'done'
                        ? texts.back(formatCount(restore.counts.verified))
                        : restore.plan
                          ? plural(restore.counts.total, 'item')
                          : ''}
                    </span>
                    <span className="w-36 text-right text-xs text-ink-3 max-sm:w-auto">
                      <Time at={restore.createdAt} as="short" inside />
                    </span>
                  </Link>
                </li>
              );
            })}
          </ul>
        )}
      </Section>
    </div>
  );
}
