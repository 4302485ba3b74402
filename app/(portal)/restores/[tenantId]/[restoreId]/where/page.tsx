import type { Metadata } from 'next';
import { Suspense } from 'react';
import { requireContext, whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { restoreTexts } from '#app/_texts/restores.ts';
import { Notice } from '#app/_ui/notice.tsx';
import { Section } from '#app/_ui/section.tsx';
import { Loading, Rows } from '#app/_ui/skeleton.tsx';
import { Time } from '#app/_ui/time.tsx';
import { createWords } from '#app/_ui/words.ts';
import { listMailboxes } from '#lib/services/mailboxes/list.ts';
import { chosenWords } from '../../../parts/chosen.ts';
import { WhereForm } from '../../../parts/where-form.tsx';
import { RestoreFrame } from '../parts/frame.tsx';
import { loadNamed } from '../parts/load-named.ts';
import type { NamedRestore } from '../parts/named-restore.ts';

export const metadata: Metadata = { title: restoreTexts.titles.where };

/** Where does it go? Answered once; the plan can be left for this page and made anew. */
export default async function WherePage({
  params,
}: {
  params: Promise<{ tenantId: string; restoreId: string }>;
}) {
  const { tenantId, restoreId } = await params;
  const restore = await loadNamed(tenantId, restoreId);
  const refused = await whyNot('restores.run');
  return (
    <RestoreFrame restore={restore} step="where">
      <div className="grid grid-cols-1 content-start gap-x-10 gap-y-6 px-4 pb-8 sm:px-6 wide:grid-cols-[minmax(0,40rem)_20.5rem]">
        {refused === null ? (
          <Suspense
            fallback={
              <Loading what={restoreTexts.where.mailboxes}>
                <Rows count={5} tall />
              </Loading>
            }
          >
            <Destinations restore={restore} />
          </Suspense>
        ) : (
          <Notice title={restoreTexts.notForRole}>{refused}</Notice>
        )}
        <aside>
          <Section title={restoreTexts.chosen.title}>
            <dl className="facts">
              <dt>{restoreTexts.chosen.from}</dt>
              <dd>
                <strong className="font-semibold">
                  {restore.mailboxName}, {restore.tenantName}
                </strong>
              </dd>
              <dt>{restoreTexts.chosen.copyOf}</dt>
              <dd>
                {restore.takenAt ? <Time at={restore.takenAt} /> : restoreTexts.chosen.copyGone}
              </dd>
              <dt>{restoreTexts.chosen.what}</dt>
              <dd>{chosenWords(restore.selection)}</dd>
            </dl>
          </Section>
        </aside>
      </div>
    </RestoreFrame>
  );
}

/** The ways it can go, with the other mailboxes of the customer to choose from. */
async function Destinations({ restore }: { restore: NamedRestore }) {
  const { tenantId, id } = restore;
  const mailboxes = await load(listMailboxes(await requireContext(), { tenantId }));
  const { zone, now } = await reading();
  const words = createWords(zone, now);
  const others = mailboxes.filter(
    (one) => one.id !== restore.mailboxId && one.state !== 'sealed' && one.state !== 'erased',
  );
  return (
    <WhereForm
      restore={{
        ...{ tenantId, id },
        fresh: restore.state === 'draft',
        destination: restore.destination,
        collisions: restore.collisions,
      }}
      sealed={restore.mailboxState === 'sealed'}
      folderName={restoreTexts.where.restored(words.day(restore.takenAt ?? now))}
      others={others.map(({ id: value, name, address }) => ({
        value,
        label: name,
        hint: address,
      }))}
    />
  );
}
