import { and, count, desc, eq, isNull, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { itemRetries, items, mailboxes, snapshots } from '#db/schema/mailboxes.ts';
import { policies } from '#db/schema/policies.ts';
import { tenants } from '#db/schema/tenants.ts';
import type { AgePosition } from '../input.ts';

/** Those sealed before that was written down went when they were found. */
const sealedAt = sql`coalesce(${mailboxes.sealedAt}, ${mailboxes.discoveredAt})`;

export interface SealedFilter {
  tenantId: string | null;
  mailboxId: string | null;
}

function isSealed(mspId: string, only: SealedFilter) {
  return and(
    eq(mailboxes.mspId, mspId),
    sql`${mailboxes.state} = 'sealed'`,
    only.tenantId === null ? undefined : eq(mailboxes.tenantId, only.tenantId),
    only.mailboxId === null ? undefined : eq(mailboxes.id, only.mailboxId),
  );
}

/** The policy that mailboxes of a customer were copied by. */
function policyOf(tx: Transaction) {
  return tx
    .select({ everyMinutes: policies.everyMinutes })
    .from(policies)
    .where(and(eq(policies.mspId, tenants.mspId), eq(policies.tenantId, tenants.id)))
    .orderBy(policies.createdAt, policies.id)
    .limit(1)
    .as('policy');
}

/** Sealed mailboxes, the newest first, with the policy they were copied by. */
export async function sealedMailboxes(
  tx: Transaction,
  mspId: string,
  { after, limit, ...only }: SealedFilter & { after?: AgePosition | undefined; limit: number },
) {
  const policy = policyOf(tx);
  return await tx
    .select({ mailbox: mailboxes, customer: tenants.name, everyMinutes: policy.everyMinutes })
    .from(mailboxes)
    .innerJoin(tenants, and(eq(tenants.mspId, mailboxes.mspId), eq(tenants.id, mailboxes.tenantId)))
    .leftJoinLateral(policy, sql`true`)
    .where(
      and(
        isSealed(mspId, only),
        after === undefined
          ? undefined
          : sql`(${sealedAt}, ${mailboxes.id}) < (${after.at.toISOString()}::timestamptz, ${after.id}::uuid)`,
      ),
    )
    .orderBy(desc(sealedAt), desc(mailboxes.id))
    .limit(limit);
}

/** Of every sealed mailbox what its state is worked out of, and nothing else. */
export async function factsOfSealed(tx: Transaction, mspId: string, only: SealedFilter) {
  const policy = policyOf(tx);
  return await tx
    .select({
      mailbox: {
        sealedAt: mailboxes.sealedAt,
        discoveredAt: mailboxes.discoveredAt,
        lastGoodAt: mailboxes.lastGoodAt,
        lastOutcome: mailboxes.lastOutcome,
      },
      everyMinutes: policy.everyMinutes,
    })
    .from(mailboxes)
    .innerJoin(tenants, and(eq(tenants.mspId, mailboxes.mspId), eq(tenants.id, mailboxes.tenantId)))
    .leftJoinLateral(policy, sql`true`)
    .where(isSealed(mspId, only));
}

interface MailboxKey {
  mspId: string;
  tenantId: string;
  mailboxId: string;
}

/** What is kept of a mailbox, by kind, as of its last copy. */
export async function countKinds(tx: Transaction, key: MailboxKey) {
  return await tx
    .select({ kind: items.kind, count: count() })
    .from(items)
    .where(
      and(
        eq(items.mspId, key.mspId),
        eq(items.tenantId, key.tenantId),
        eq(items.mailboxId, key.mailboxId),
        isNull(items.toSeq),
      ),
    )
    .groupBy(items.kind)
    .orderBy(desc(count()));
}

/** Items that Microsoft had and no copy could be made of. */
export async function countRetries(tx: Transaction, key: MailboxKey): Promise<number> {
  const [row] = await tx
    .select({ count: count() })
    .from(itemRetries)
    .where(
      and(
        eq(itemRetries.mspId, key.mspId),
        eq(itemRetries.tenantId, key.tenantId),
        eq(itemRetries.mailboxId, key.mailboxId),
      ),
    );
  return row?.count ?? 0;
}

export async function newestSnapshot(tx: Transaction, key: MailboxKey) {
  const [row] = await tx
    .select()
    .from(snapshots)
    .where(
      and(
        eq(snapshots.mspId, key.mspId),
        eq(snapshots.tenantId, key.tenantId),
        eq(snapshots.mailboxId, key.mailboxId),
      ),
    )
    .orderBy(desc(snapshots.sequence))
    .limit(1);
  return row;
}
