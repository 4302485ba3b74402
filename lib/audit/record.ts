import { and, desc, eq, gt, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import type { ActorKind } from '#db/enums.ts';
import { type AuditFacts, auditEvents } from '#db/schema/audit.ts';
import type { AuditAction } from './actions.ts';
import { chainStart, eventHash } from './chain.ts';

export interface AuditEntry {
  mspId: string;
  /** Null for what the MSP does as a whole; the transaction then has no tenant either. */
  tenantId: string | null;
  at: Date;
  actorKind: ActorKind;
  actor: string;
  action: AuditAction;
  entity: string;
  entityId: string | null;
  /** Ids, counts and names that staff see anyway; never mail content, tokens or keys. */
  facts?: AuditFacts;
}

/**
 * Adds an entry in the transaction of the act itself: both happen or none. Writers of one chain
 * wait for each other until they commit, so call it last.
 */
export async function recordAudit(tx: Transaction, entry: AuditEntry): Promise<void> {
  const chainId = entry.tenantId ?? entry.mspId;
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${chainId}, 1))`);
  const [last] = await tx
    .select({ seq: auditEvents.seq, hash: auditEvents.hash })
    .from(auditEvents)
    .where(and(eq(auditEvents.mspId, entry.mspId), eq(auditEvents.chainId, chainId)))
    .orderBy(desc(auditEvents.seq))
    .limit(1);
  const event = { ...entry, chainId, seq: (last?.seq ?? 0) + 1, facts: entry.facts ?? {} };
  const previousHash = last?.hash ?? chainStart;
  await tx
    .insert(auditEvents)
    .values({ ...event, previousHash, hash: eventHash(event, previousHash) });
}

/** Is there an entry that says the same of the same actor, and is younger than that? */
export async function isRecordedSince(
  tx: Transaction,
  entry: AuditEntry,
  since: Date,
): Promise<boolean> {
  const [found] = await tx
    .select({ seq: auditEvents.seq })
    .from(auditEvents)
    .where(
      and(
        eq(auditEvents.mspId, entry.mspId),
        gt(auditEvents.at, since),
        eq(auditEvents.chainId, entry.tenantId ?? entry.mspId),
        eq(auditEvents.actor, entry.actor),
        eq(auditEvents.action, entry.action),
        sql`${auditEvents.entityId} is not distinct from ${entry.entityId}`,
        eq(auditEvents.facts, entry.facts ?? {}),
      ),
    )
    .limit(1);
  return found !== undefined;
}
