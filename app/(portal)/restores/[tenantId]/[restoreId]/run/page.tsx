import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { whyNot } from '#app/_server/context.ts';
import { reading } from '#app/_server/viewer.ts';
import { restoreRunTexts, restoreTexts } from '#app/_texts/restores.ts';
import { Act } from '#app/_ui/act.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { paths } from '#app/paths.ts';
import { cancelRestore } from '../actions.ts';
import { RestoreFrame } from '../parts/frame.tsx';
import { loadNamed } from '../parts/load-named.ts';
import { ProgressPage } from '../parts/progress.tsx';

export const metadata: Metadata = { title: restoreTexts.titles.run };

/** While it writes and reads back; once it has ended, this is the page of what did happen. */
export default async function RestoreRunPage({
  params,
}: {
  params: Promise<{ tenantId: string; restoreId: string }>;
}) {
  const { tenantId, restoreId } = await params;
  const restore = await loadNamed(tenantId, restoreId);
  if (restore.state !== 'running' && restore.state !== 'verifying') {
    redirect(paths.restore(tenantId, restoreId));
  }
  const refused = await whyNot('restores.run');
  const { now } = await reading();
  const { stop, stays } = restoreRunTexts;
  return (
    <RestoreFrame restore={restore} step="run">
      <ProgressPage restore={restore} now={now} />
      {restore.state === 'running' ? (
        <div className="sticky bottom-0 mt-auto flex items-center gap-3 border-t border-line bg-canvas px-4 py-3 max-sm:bottom-14 sm:px-6">
          {refused === null ? (
            <Act action={cancelRestore} fields={{ tenantId, restoreId }}>
              {stop}
            </Act>
          ) : (
            <ReasonButton name={stop} reason={refused}>
              {stop}
            </ReasonButton>
          )}
          <p className="ml-auto text-sm text-ink-2 max-sm:hidden">{stays}</p>
        </div>
      ) : null}
    </RestoreFrame>
  );
}
