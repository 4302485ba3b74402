import type { z } from 'zod';
import type { ItemKind } from '#db/enums.ts';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { notFound, parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { leaverInput } from './input.ts';
import { countKinds, countRetries, newestSnapshot, sealedMailboxes } from './store.ts';
import { type LeaverRow, viewLeaver } from './view.ts';

export interface LeaverView extends LeaverRow {
  kinds: { kind: ItemKind; count: number }[];
  /** Items that no copy could be made of. */
  withoutCopy: number;
  /** The last copy: its number, and what the vault calls it. */
  snapshot: { sequence: number; id: string; takenAt: Date } | null;
}

/** What is kept of somebody who left. */
export async function getLeaver(
  ctx: ServiceContext,
  input: z.input<typeof leaverInput>,
): Promise<LeaverView> {
  requirePermission(ctx, 'mailboxes.read');
  const { tenantId, mailboxId } = parse(leaverInput, input);
  requireReach(ctx, { tenantId, mailboxId });
  const key = { mspId: ctx.mspId, tenantId, mailboxId };
  return await withScope(ctx.db, key, async (tx) => {
    const [row] = await sealedMailboxes(tx, ctx.mspId, { tenantId, mailboxId, limit: 1 });
    if (row === undefined) throw notFound();
    const snapshot = await newestSnapshot(tx, key);
    return {
      ...viewLeaver(row),
      kinds: await countKinds(tx, key),
      withoutCopy: await countRetries(tx, key),
      snapshot:
        snapshot === undefined
          ? null
          : {
              sequence: snapshot.sequence,
              id: snapshot.vaultSnapshotId,
              takenAt: snapshot.takenAt,
            },
    };
  });
}
