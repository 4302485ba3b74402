import type { Metadata } from 'next';
import Link from 'next/link';
import { requireContext } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { Act } from '#app/_ui/act.tsx';
import { Chip } from '#app/_ui/chip.tsx';
import { Live } from '#app/_ui/live.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { StepStrip } from '#app/_ui/steps.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { createWords, plural } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { getCustomer } from '#lib/services/customers/get.ts';
import { getMailbox } from '#lib/services/mailboxes/get.ts';
import { getRestore } from '#lib/services/restores/get.ts';
import { restoreItems } from '#lib/services/restores/items.ts';
import { restoreLook, restoreStamp, restoreSteps } from '../../parts/restore-state.ts';
import { cancelRestore, executeRestore } from './actions.ts';
import type { NamedRestore } from './parts/named-restore.ts';
import { PlanPage } from './parts/plan.tsx';
import { ProgressPage } from './parts/progress.tsx';
import { ResultPage } from './parts/result.tsx';

export const metadata: Metadata = { title: 'Restore' };

/** More lines than anybody reads on one page. */
const linesShown = 200;

/** What exactly will happen; then how it goes; then what did happen, beside the plan. */
export default async function RestorePage({
  params,
}: {
  params: Promise<{ tenantId: string; restoreId: string }>;
}) {
  const { tenantId, restoreId } = await params;
  const ctx = await requireContext();
  const restore = await load(loadNamed(ctx, { tenantId, restoreId }));
  const { zone, now } = await reading();
  const words = createWords(zone, now);
  const ended =
    restore.state === 'done' || restore.state === 'failed' || restore.state === 'cancelled';
  const listed = ended || restore.state === 'planned';
  const lines = listed
    ? (
        await load(
          restoreItems(ctx, { tenantId, restoreId, onlyProblems: ended, limit: linesShown }),
        )
      ).items
    : [];
  const writes = restore.plan?.write ?? 0;

  return (
    <>
      <TopBar
        crumbs={[
          { label: 'Restores', href: paths.restores() },
          { label: restore.mailboxName, href: paths.mailbox(tenantId, restore.mailboxId) },
          {
            label: restore.state === 'planned' || restore.state === 'planning' ? 'Plan' : 'Restore',
          },
        ]}
        chip={restore.initials}
        title={`Restore ${restore.mailboxName}`}
      />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-4 max-sm:pt-3 max-sm:pb-2 sm:px-6">
        <span className="max-sm:hidden">
          <Chip text={restore.initials} />
        </span>
        <h1 className="text-xl font-semibold max-sm:sr-only">Restore {restore.mailboxName}</h1>
        <p className="text-sm text-ink-2">{restore.tenantName}</p>
        <div className="ml-auto flex items-center gap-4">
          <StepStrip steps={restoreSteps} at={restoreLook(restore.state).step} />
        </div>
      </div>
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
      {restore.state === 'planning' ? (
        <div className="max-w-205 space-y-4 px-4 sm:px-6">
          <p className="text-2xl font-semibold tracking-tight">
            Making the plan. Nothing has been written yet.
          </p>
          <p className="text-ink-2">
            The copy is compared with what is in the mailbox now. This takes some seconds.
          </p>
          <Live
            from={paths.restoreProgress(tenantId, restoreId)}
            stamp={restoreStamp(restore)}
            text="live"
          />
        </div>
      ) : null}
      {restore.state === 'planned' && restore.plan ? (
        <PlanPage restore={restore} plan={restore.plan} lines={lines} words={words} />
      ) : null}
      {restore.state === 'running' || restore.state === 'verifying' ? (
        <ProgressPage restore={restore} words={words} now={now} />
      ) : null}
      {ended && restore.plan ? (
        <ResultPage restore={restore} plan={restore.plan} failed={lines} words={words} />
      ) : null}
      {restore.state === 'planned' && restore.plan ? (
        <div
          data-alone
          className="sticky bottom-0 mt-auto flex flex-wrap items-center gap-3 border-t border-line bg-canvas px-4 py-3 max-sm:bg-surface sm:px-6"
        >
          {writes > 0 ? (
            <Act
              action={executeRestore}
              fields={{ tenantId, restoreId }}
              weight="primary"
              className="max-sm:w-full"
            >
              Restore {plural(writes, 'item')} into {restore.targetMailboxName}
            </Act>
          ) : null}
          <Link
            href={paths.mailbox(tenantId, restore.mailboxId, { at: restore.sequence })}
            prefetch={false}
            className="inline-flex h-8 items-center rounded-md border border-line px-3 text-sm font-medium hover:bg-hover max-sm:h-11 max-sm:w-full max-sm:justify-center max-sm:border-0"
          >
            Change what or where
          </Link>
          <p className="ml-auto text-sm text-ink-2 max-sm:hidden">
            You can cancel at any time; what is written stays listed.
          </p>
        </div>
      ) : null}
      {restore.state === 'running' ? (
        <div className="sticky bottom-0 mt-auto flex items-center gap-3 border-t border-line bg-canvas px-4 py-3 max-sm:bottom-14 sm:px-6">
          <Act action={cancelRestore} fields={{ tenantId, restoreId }}>
            Stop after the items under way
          </Act>
          <p className="ml-auto text-sm text-ink-2 max-sm:hidden">What is written stays listed.</p>
        </div>
      ) : null}
    </>
  );
}

async function loadNamed(
  ctx: ServiceContext,
  key: { tenantId: string; restoreId: string },
): Promise<NamedRestore> {
  const { tenantId } = key;
  const restore = await getRestore(ctx, key);
  const [customer, mailbox, target] = await Promise.all([
    getCustomer(ctx, { tenantId }),
    getMailbox(ctx, { tenantId, mailboxId: restore.mailboxId }),
    getMailbox(ctx, { tenantId, mailboxId: restore.targetMailboxId }),
  ]);
  return {
    ...restore,
    tenantId,
    tenantName: customer.name,
    initials: customer.initials,
    mailboxName: mailbox.name,
    targetMailboxName: target.name,
    takenAt:
      mailbox.snapshots.find(({ sequence }) => sequence === restore.sequence)?.takenAt ?? null,
  };
}
