import { and, desc, eq, lt } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { members } from '#db/schema/msps.ts';

export async function listAuditRows(
  tx: Transaction,
  mspId: string,
  filter: { tenantId?: string | undefined; before?: Date | undefined; limit: number },
) {
  return await tx
    .select({
      seq: auditEvents.seq,
      tenantId: auditEvents.tenantId,
      at: auditEvents.at,
      action: auditEvents.action,
      actorKind: auditEvents.actorKind,
      actor: auditEvents.actor,
      actorLabel: members.name,
      entity: auditEvents.entity,
      entityId: auditEvents.entityId,
      facts: auditEvents.facts,
    })
    .from(auditEvents)
    .leftJoin(
      members,
      and(eq(members.mspId, auditEvents.mspId), eq(members.subject, auditEvents.actor)),
    )
    .where(
      and(
        eq(auditEvents.mspId, mspId),
        filter.tenantId === undefined ? undefined : eq(auditEvents.tenantId, filter.tenantId),
        filter.before === undefined ? undefined : lt(auditEvents.at, filter.before),
      ),
    )
    .orderBy(desc(auditEvents.at), desc(auditEvents.seq))
    .limit(filter.limit);
}

/** A whole chain from its start, for checking it. */
export async function loadChain(tx: Transaction, mspId: string, chainId: string) {
  return await tx
    .select()
    .from(auditEvents)
    .where(and(eq(auditEvents.mspId, mspId), eq(auditEvents.chainId, chainId)))
    .orderBy(auditEvents.seq);
}
