import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { requireContext, whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { Notice } from '#app/_ui/notice.tsx';
import { createWords } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { restoreItems } from '#lib/services/restores/items.ts';
import { RestoreFrame } from '../parts/frame.tsx';
import { loadNamed } from '../parts/load-named.ts';
import { ResultPage } from '../parts/result.tsx';

export const metadata: Metadata = { title: 'Restore: verify' };

/** More lines than anybody reads on one page. */
const linesShown = 200;

/** What did happen, beside what was planned. */
export default async function RestoreVerifyPage({
  params,
}: {
  params: Promise<{ tenantId: string; restoreId: string }>;
}) {
  const { tenantId, restoreId } = await params;
  const restore = await loadNamed(tenantId, restoreId);
  const ended =
    restore.state === 'done' || restore.state === 'failed' || restore.state === 'cancelled';
  if (!ended || restore.startedAt === null || restore.plan === null) {
    redirect(paths.restore(tenantId, restoreId));
  }
  const ctx = await requireContext();
  const unseen = await whyNot('content.read');
  const failed =
    unseen === null && restore.counts.failed > 0
      ? (
          await load(
            restoreItems(ctx, { tenantId, restoreId, onlyProblems: true, limit: linesShown }),
          )
        ).items
      : [];
  const { zone, now } = await reading();
  return (
    <RestoreFrame restore={restore} step="verify">
      {restore.refusal ? (
        <div className="max-w-205 px-4 pb-4 sm:px-6">
          <Notice
            tone="fail"
            title={restore.state === 'cancelled' ? 'Cancelled' : 'This restore stopped'}
            alert
          >
            {restore.refusal}
          </Notice>
        </div>
      ) : null}
      <ResultPage
        restore={restore}
        plan={restore.plan}
        failed={failed}
        unseen={unseen}
        words={createWords(zone, now)}
      />
    </RestoreFrame>
  );
}
