import type { Metadata } from 'next';
import { load } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { myTexts } from '#app/_texts/my.ts';
import { Live } from '#app/_ui/live.tsx';
import { paths } from '#app/paths.ts';
import { getRestore } from '#lib/services/restores/get.ts';
import { restoreItems } from '#lib/services/restores/items.ts';
import { isPlanFresh } from '#lib/services/restores/rules.ts';
import { restoreStamp } from '../../../(portal)/restores/parts/restore-state.ts';
import { home } from '../../parts/home.ts';
import { DonePage } from './parts/done.tsx';
import { EndedPage } from './parts/ended.tsx';
import { type MyRestore, pathsOf } from './parts/my-restore.ts';
import { PlanPage } from './parts/plan.tsx';
import { Planning, Working } from './parts/under-way.tsx';
import { WherePage } from './parts/where.tsx';

export const metadata: Metadata = { title: myTexts.restore.title };

const linesShown = 20;
const writtenShown = 200;

/** From the choice to "2 messages are back in Inbox": one address, whatever it is at. */
export default async function MyRestorePage({
  params,
}: {
  params: Promise<{ restoreId: string }>;
}) {
  const { restoreId } = await params;
  const found = await home();
  const { ctx, viewer, mailboxes } = found;
  const { tenantId } = viewer;
  const view = await load(getRestore(ctx, { tenantId, restoreId }));
  const source = mailboxes.find(({ id }) => id === view.mailboxId);
  const target = mailboxes.find(({ id }) => id === view.targetMailboxId);
  const hasLines = view.plan !== null || view.state === 'done';
  // What is done is told by what was written: that is what somebody would take back.
  const onlyWritten = view.state === 'done' && view.counts.written > 0;
  const limit = onlyWritten ? writtenShown : linesShown;
  const lines = hasLines
    ? (await load(restoreItems(ctx, { tenantId, restoreId, onlyWritten, limit }))).items
    : [];
  const problems =
    view.state === 'done' && view.counts.failed > 0
      ? (await load(restoreItems(ctx, { tenantId, restoreId, onlyProblems: true, limit: 50 })))
          .items
      : [];
  const restore: MyRestore = {
    ...view,
    sourceName: source?.name ?? '',
    sourceGone: source?.state === 'sealed',
    targetName: target?.name ?? '',
    elsewhere: view.targetMailboxId !== view.mailboxId,
    // "Message" is said only where every line is known to be one.
    one:
      view.selection.kind === 'items' &&
      lines.length > 0 &&
      (onlyWritten ? view.counts.written : view.counts.total) <= lines.length &&
      lines.every(({ kind }) => kind === 'message')
        ? 'message'
        : 'item',
    paths: pathsOf(view),
    lines,
    problems,
  };
  const live = (
    <Live
      from={paths.restoreProgress(tenantId, restoreId)}
      stamp={restoreStamp(view)}
      text={myTexts.restore.live}
    />
  );
  const { now } = await reading();

  switch (view.state) {
    case 'draft':
      return <WherePage restore={restore} mailboxes={mailboxes} />;
    case 'planning':
      return <Planning restore={restore}>{live}</Planning>;
    case 'planned':
      return <PlanPage restore={restore} fresh={isPlanFresh(view.plannedAt, now)} />;
    case 'running':
    case 'verifying':
      return <Working restore={restore}>{live}</Working>;
    case 'done':
      return <DonePage restore={restore} />;
    default:
      return <EndedPage restore={restore} />;
  }
}
