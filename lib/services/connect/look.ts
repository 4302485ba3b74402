import type { z } from 'zod';
import type { Transaction } from '#db/client.ts';
import { recordAudit } from '#lib/audit/record.ts';
import type { PublicContext } from '../context.ts';
import { memberName } from '../members/store.ts';
import { withScope } from '../transaction.ts';
import { refused } from './consent.ts';
import { lookInput } from './input.ts';
import { findDoor, hashSecret, type LinkScope, loadLink, markOpened } from './store.ts';
import { type ConnectView, viewLink } from './view.ts';

/**
 * What the customer's administrator sees of a link; whoever holds the token may look.
 * @throws AppError `consent.refused` with `data.refusal` = `damaged` for a token that is not ours
 */
export async function lookAtLink(
  ctx: PublicContext,
  input: z.input<typeof lookInput>,
): Promise<ConnectView> {
  const checked = lookInput.safeParse(input);
  if (!checked.success) throw refused('damaged');
  const { token, subject } = checked.data;
  const scope = await findDoor(ctx.db, hashSecret(token));
  if (scope === undefined) throw refused('damaged');
  return await withScope(ctx.db, scope, async (tx) => {
    const loaded = await loadLink(tx, scope);
    if (loaded === undefined || loaded.link.tokenHash !== hashSecret(token))
      throw refused('damaged');
    const now = ctx.clock.now();
    if (loaded.link.openedAt === null && loaded.link.expiresAt > now) {
      await noteOpened(tx, scope, now);
    }
    const requestedBy = await memberName(tx, scope.mspId, loaded.link.createdBy);
    return viewLink(loaded, requestedBy, { side: 'customer', subject, now });
  });
}

/** Once, by whoever is first: the MSP sees that the link has arrived. */
async function noteOpened(tx: Transaction, scope: LinkScope, at: Date): Promise<void> {
  if (!(await markOpened(tx, scope, at))) return;
  await recordAudit(tx, {
    mspId: scope.mspId,
    tenantId: scope.tenantId,
    at,
    actorKind: 'system',
    actor: 'connect-link',
    action: 'connect.open',
    entity: 'connect-link',
    entityId: scope.linkId,
  });
}
