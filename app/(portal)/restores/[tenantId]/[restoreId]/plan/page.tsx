import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { whyNot } from '#app/_server/context.ts';
import { restorePlanTexts, restoreRunTexts, restoreTexts } from '#app/_texts/restores.ts';
import { Act } from '#app/_ui/act.tsx';
import { ButtonLink } from '#app/_ui/button.tsx';
import { Live } from '#app/_ui/live.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { TimeIn } from '#app/_ui/time.tsx';
import { plural } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { planParts } from '#lib/services/restores/rules.ts';
import { theCustomer } from '../../../../customers/[tenantId]/parts/customer.ts';
import { oneOf, positionIn, type Query } from '../../../../parts/query.ts';
import { restoreStamp } from '../../../parts/restore-state.ts';
import { whyNoRestore } from '../../../parts/why-no-restore.ts';
import { executeRestore } from '../actions.ts';
import { RestoreFrame } from '../parts/frame.tsx';
import { loadNamed } from '../parts/load-named.ts';
import { PlanPage } from '../parts/plan.tsx';

const texts = restorePlanTexts;

export const metadata: Metadata = { title: restoreTexts.titles.plan };

/** What exactly will happen. Nothing has been written yet. */
export default async function RestorePlanPage({
  params,
  searchParams,
}: {
  params: Promise<{ tenantId: string; restoreId: string }>;
  searchParams: Promise<Query>;
}) {
  const { tenantId, restoreId } = await params;
  const query = await searchParams;
  const restore = await loadNamed(tenantId, restoreId, 'folders');
  if (restore.state === 'draft') redirect(paths.restoreStep(tenantId, restoreId, 'where'));
  const unseen = await whyNot('content.read');
  const refused = await whyNoRestore(await theCustomer(tenantId));
  const writes = restore.plan?.write ?? 0;
  const act = texts.act(plural(writes, 'item'), restore.targetMailboxName);
  const change = paths.restoreStep(tenantId, restoreId, 'where');

  return (
    <RestoreFrame restore={restore} step="plan">
      {restore.refusal && restore.startedAt === null ? (
        <div className="px-4 pb-4 sm:px-6 wide:pr-98">
          <Notice tone="fail" title={texts.none} alert>
            {restore.refusal}
          </Notice>
        </div>
      ) : null}
      {restore.state === 'planning' ? (
        <div className="max-w-205 space-y-4 px-4 sm:px-6">
          <p className="text-2xl font-semibold tracking-tight">{texts.making}</p>
          <p className="text-ink-2">{texts.makingNote}</p>
          <Live
            from={paths.restoreProgress(tenantId, restoreId)}
            stamp={restoreStamp(restore)}
            text={restoreRunTexts.live}
          />
        </div>
      ) : null}
      {restore.startedAt !== null || restore.state === 'cancelled' ? (
        <div className="px-4 pb-4 sm:px-6 wide:pr-98">
          <Notice title={restore.startedAt === null ? texts.dropped : texts.carried}>
            {restore.startedAt === null ? (
              texts.droppedNote
            ) : (
              <TimeIn say={texts.carriedOut} at={restore.startedAt} />
            )}
          </Notice>
        </div>
      ) : null}
      {restore.plan ? (
        <PlanPage
          restore={restore}
          plan={restore.plan}
          unseen={unseen}
          list={{ show: oneOf(query, 'show', planParts), after: positionIn(query, 'after') }}
        />
      ) : null}
      {restore.state !== 'planning' && restore.startedAt === null ? (
        <div
          data-alone
          className="sticky bottom-0 mt-auto flex flex-wrap items-center gap-3 border-t border-line bg-canvas px-4 py-3 max-sm:bg-surface sm:px-6"
        >
          {restore.state !== 'planned' || writes === 0 ? null : refused === null ? (
            <Act
              action={executeRestore}
              fields={{ tenantId, restoreId }}
              weight="primary"
              className="max-sm:w-full"
            >
              {act}
            </Act>
          ) : (
            <ReasonButton name={act} reason={refused} className="max-sm:w-full">
              {act}
            </ReasonButton>
          )}
          {refused === null ? (
            <ButtonLink href={change} className="max-sm:w-full max-sm:border-0">
              {texts.change}
            </ButtonLink>
          ) : (
            <p className="text-sm text-ink-2">{refused}</p>
          )}
          {restore.state === 'planned' && refused === null ? (
            <p className="ml-auto text-sm text-ink-2 max-sm:hidden">{texts.cancelNote}</p>
          ) : null}
        </div>
      ) : null}
    </RestoreFrame>
  );
}
