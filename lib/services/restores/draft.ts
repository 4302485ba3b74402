import type { z } from 'zod';
import { newId } from '#lib/core/ids.ts';
import {
  actorName,
  audit,
  requirePermission,
  requireReach,
  type ServiceContext,
} from '../context.ts';
import { parse } from '../input.ts';
import { loadSnapshot } from '../mailboxes/store.ts';
import { withScope } from '../transaction.ts';
import { requireAllowance } from './allowance.ts';
import { draftRestoreInput } from './input.ts';
import { addRestore } from './store.ts';

/**
 * Keeps what somebody chose to restore, before they say where it goes: hundreds of items fit in no
 * address, and nobody has to choose twice. `restores/plan-draft` goes on from here.
 */
export async function draftRestore(
  ctx: ServiceContext,
  input: z.input<typeof draftRestoreInput>,
): Promise<{ restoreId: string }> {
  requirePermission(ctx, 'restores.run');
  const { tenantId, mailboxId, sequence, selection } = parse(draftRestoreInput, input);
  requireReach(ctx, { tenantId, mailboxId });
  const scope = { mspId: ctx.mspId, tenantId };
  const restoreId = newId();
  await withScope(ctx.db, scope, async (tx) => {
    await loadSnapshot(tx, ctx.mspId, tenantId, mailboxId, sequence);
    await requireAllowance(ctx, tx, { plans: 0, restores: 1 });
    await addRestore(tx, {
      ...scope,
      id: restoreId,
      mailboxId,
      targetMailboxId: mailboxId,
      sequence,
      selection,
      destination: { kind: 'original' },
      collisions: 'skip',
      state: 'draft',
      requestedBy: actorName(ctx.actor),
      createdAt: ctx.clock.now(),
    });
    await audit(ctx, tx, {
      tenantId,
      action: 'restore.draft',
      entity: 'restore',
      entityId: restoreId,
      facts: { mailboxId, sequence, selection: selection.kind },
    });
  });
  return { restoreId };
}
