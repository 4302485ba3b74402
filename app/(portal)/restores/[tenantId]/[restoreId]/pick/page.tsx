import type { Metadata } from 'next';
import { Suspense } from 'react';
import { requireContext } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { restoreTexts } from '#app/_texts/restores.ts';
import { Rows } from '#app/_ui/skeleton.tsx';
import { paths } from '#app/paths.ts';
import { getMailbox } from '#lib/services/mailboxes/get.ts';
import { PickCopy } from '../../../parts/pick-copy.tsx';
import { RestoreFrame } from '../parts/frame.tsx';
import { loadNamed } from '../parts/load-named.ts';

export const metadata: Metadata = { title: restoreTexts.titles.pick };

/** What was chosen, to look at again or to choose anew. */
export default async function RestorePickPage({
  params,
  searchParams,
}: {
  params: Promise<{ tenantId: string; restoreId: string }>;
  searchParams: Promise<{ at?: string }>;
}) {
  const { tenantId, restoreId } = await params;
  const { at } = await searchParams;
  const restore = await loadNamed(tenantId, restoreId);
  const ctx = await requireContext();
  const mailbox = await load(getMailbox(ctx, { tenantId, mailboxId: restore.mailboxId }));
  return (
    <RestoreFrame restore={restore} step="pick">
      <div className="max-w-172 px-4 pb-8 sm:px-6">
        <Suspense fallback={<Rows count={4} tall />}>
          <PickCopy
            ctx={ctx}
            tenantId={tenantId}
            mailbox={mailbox}
            at={at === undefined ? restore.sequence : Number(at)}
            kept={{ restoreId, selection: restore.selection }}
            here={paths.restoreStep(tenantId, restoreId, 'pick')}
            hidden={{}}
          />
        </Suspense>
      </div>
    </RestoreFrame>
  );
}
