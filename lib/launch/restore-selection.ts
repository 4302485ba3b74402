import { sleep } from '#lib/core/concurrency.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { type FolderNode, listFolders } from '#lib/services/folders/list.ts';
import { listItems } from '#lib/services/items/list.ts';
import { getMailbox } from '#lib/services/mailboxes/get.ts';
import { listMailboxes } from '#lib/services/mailboxes/list.ts';
import { executeRestore } from '#lib/services/restores/execute.ts';
import { getRestore } from '#lib/services/restores/get.ts';
import { restoreItems } from '#lib/services/restores/items.ts';
import { planRestore } from '#lib/services/restores/plan.ts';
import type { RestoreView } from '#lib/services/restores/view.ts';
import { LaunchError } from './failure.ts';
import type { Loss } from './loss.ts';

export interface Restored {
  written: number;
  verified: number;
  bytes: number;
}

type Place = { tenantId: string; mailboxId: string; sequence: number };
type Selection = Parameters<typeof planRestore>[1]['selection'];

const beatMs = 200;

/**
 * Puts back what was lost, from the snapshot before the newest one: the messages as a selection, the
 * folder as a whole, both to where they were.
 */
export async function restoreSelection(
  ctx: ServiceContext,
  tenantId: string,
  loss: Loss,
): Promise<Restored> {
  const total: Restored = { written: 0, verified: 0, bytes: 0 };
  const add = async (place: Place, selection: Selection) => {
    const done = await restore(ctx, place, selection);
    total.written += done.counts.written;
    total.verified += done.counts.verified;
    total.bytes += done.plan?.bytes ?? 0;
  };
  const [first] = loss.messages;
  if (first) {
    const place = await placeOf(ctx, tenantId, first.mailbox);
    const wanted = new Set(loss.messages.map(({ id }) => id));
    await add(place, { kind: 'items', itemIds: await itemIdsOf(ctx, place, wanted) });
  }
  if (loss.folder) {
    const place = await placeOf(ctx, tenantId, loss.folder.mailbox);
    const folder = folderAt(await listFolders(ctx, place), loss.folder.path);
    await add(place, { kind: 'folder', folderId: folder.id });
  }
  return total;
}

/** The mailbox, and its snapshot before the newest. */
async function placeOf(ctx: ServiceContext, tenantId: string, name: string): Promise<Place> {
  const mailbox = (await listMailboxes(ctx, { tenantId })).find((it) => it.name === name);
  if (!mailbox) throw new LaunchError('failed', `Holdfast has no mailbox ${name}.`);
  const { snapshots } = await getMailbox(ctx, { tenantId, mailboxId: mailbox.id });
  const before = snapshots[1];
  if (!before) throw new LaunchError('failed', `${name} has no snapshot from before the loss.`);
  return { tenantId, mailboxId: mailbox.id, sequence: before.sequence };
}

/** Our ids of the items that Microsoft knew under these. */
async function itemIdsOf(
  ctx: ServiceContext,
  place: Place,
  wanted: ReadonlySet<string>,
): Promise<string[]> {
  const found: string[] = [];
  for (const folder of await listFolders(ctx, place)) {
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof listItems>> = await listItems(ctx, {
        ...place,
        folderId: folder.id,
        after,
        limit: 200,
      });
      for (const item of page.items) if (wanted.has(item.key)) found.push(item.id);
      after = page.next;
    } while (after !== null);
  }
  if (found.length !== wanted.size) {
    throw new LaunchError(
      'failed',
      `Of ${wanted.size} deleted messages the snapshot lists ${found.length}.`,
    );
  }
  return found;
}

function folderAt(tree: FolderNode[], path: string): FolderNode {
  const byId = new Map(tree.map((node) => [node.id, node]));
  const pathOf = (node: FolderNode): string => {
    const above = node.parentId === null ? undefined : byId.get(node.parentId);
    return above ? `${pathOf(above)}/${node.name}` : node.name;
  };
  const found = tree.find((node) => pathOf(node) === path || pathOf(node).endsWith(`/${path}`));
  if (!found) throw new LaunchError('failed', `The snapshot has no folder ${path}.`);
  return found;
}

/** Plan, execute, read the result. Anything that is not verified at the end is a failure. */
async function restore(
  ctx: ServiceContext,
  place: Place,
  selection: Selection,
): Promise<RestoreView> {
  const { tenantId } = place;
  const { restoreId } = await planRestore(ctx, {
    ...place,
    selection,
    destination: { kind: 'original' },
    collisions: 'skip',
  });
  const planned = await until(ctx, tenantId, restoreId, ['planning']);
  if (planned.state !== 'planned') {
    throw new LaunchError('failed', `The restore was not planned: ${planned.refusal}`);
  }
  await executeRestore(ctx, { tenantId, restoreId });
  const done = await until(ctx, tenantId, restoreId, ['planned', 'running', 'verifying']);
  if (done.state !== 'done' || done.counts.failed > 0 || done.counts.open > 0) {
    const { items } = await restoreItems(ctx, { tenantId, restoreId, onlyProblems: true });
    const why = items
      .slice(0, 5)
      .map((item) => `"${item.subject}": ${item.reason} ${item.detail ?? ''}`);
    throw new LaunchError(
      'failed',
      `The restore ended ${done.state}, ${done.counts.failed} item(s) failed. ${done.refusal ?? ''} ${why.join('; ')}`,
    );
  }
  return done;
}

async function until(
  ctx: ServiceContext,
  tenantId: string,
  restoreId: string,
  passing: ReadonlyArray<RestoreView['state']>,
): Promise<RestoreView> {
  for (;;) {
    const restore = await getRestore(ctx, { tenantId, restoreId });
    if (!passing.includes(restore.state)) return restore;
    await sleep(beatMs);
  }
}
