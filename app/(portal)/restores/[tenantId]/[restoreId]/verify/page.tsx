import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { whyNot } from '#app/_server/context.ts';
import { restoreResultTexts, restoreTexts } from '#app/_texts/restores.ts';
import { Notice } from '#app/_ui/notice.tsx';
import { paths } from '#app/paths.ts';
import { positionIn, type Query } from '../../../../parts/query.ts';
import { RestoreFrame } from '../parts/frame.tsx';
import { loadNamed } from '../parts/load-named.ts';
import { ResultPage } from '../parts/result.tsx';

export const metadata: Metadata = { title: restoreTexts.titles.verify };

/** What did happen, beside what was planned. */
export default async function RestoreVerifyPage({
  params,
  searchParams,
}: {
  params: Promise<{ tenantId: string; restoreId: string }>;
  searchParams: Promise<Query>;
}) {
  const { tenantId, restoreId } = await params;
  const restore = await loadNamed(tenantId, restoreId);
  const ended =
    restore.state === 'done' || restore.state === 'failed' || restore.state === 'cancelled';
  if (!ended || restore.startedAt === null || restore.plan === null) {
    redirect(paths.restore(tenantId, restoreId));
  }
  const unseen = await whyNot('content.read');
  const query = await searchParams;
  return (
    <RestoreFrame restore={restore} step="verify">
      {restore.refusal ? (
        <div className="max-w-205 px-4 pb-4 sm:px-6">
          <Notice
            tone="fail"
            title={
              restore.state === 'cancelled'
                ? restoreResultTexts.cancelled
                : restoreResultTexts.stopped
            }
            alert
          >
            {restore.refusal}
          </Notice>
        </div>
      ) : null}
      <ResultPage
        restore={restore}
        plan={restore.plan}
        unseen={unseen}
        after={positionIn(query, 'after')}
        failedAfter={positionIn(query, 'failed')}
      />
    </RestoreFrame>
  );
}
