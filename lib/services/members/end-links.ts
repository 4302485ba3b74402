import type { Transaction } from '#db/client.ts';
import { endLinks, openLinksBy } from '../connect/store.ts';
import { audit, type ServiceContext } from '../context.ts';
import { withinCustomer } from '../transaction.ts';

/**
 * Ends the open links to administrators of customers that a member, or a key of theirs, handed out: who
 * may no longer connect a customer has nobody approve in the MSP's name either. Each is in its
 * customer's log. Part of the verbs that take rights away.
 * @param keeps customers that they may go on connecting
 * @returns how many
 */
export async function endConnectLinksOf(
  ctx: ServiceContext,
  tx: Transaction,
  member: { subject: string; name: string },
  keeps: readonly string[] = [],
): Promise<number> {
  const now = ctx.clock.now();
  const open = await openLinksBy(tx, { mspId: ctx.mspId, subject: member.subject }, now);
  const ended = open.filter(({ tenantId }) => !keeps.includes(tenantId));
  for (const { tenantId, id } of ended) {
    await withinCustomer(tx, tenantId, async () => {
      await endLinks(tx, { mspId: ctx.mspId, tenantId }, now, [id]);
      await audit(ctx, tx, {
        tenantId,
        action: 'connect-link.withdraw',
        entity: 'customer',
        entityId: tenantId,
        facts: { of: member.name },
      });
    });
  }
  return ended.length;
}
