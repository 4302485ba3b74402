import { and, desc, eq, sql } from 'drizzle-orm';
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
