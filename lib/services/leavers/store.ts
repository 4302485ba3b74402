import { and, count, desc, eq, isNull, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { itemRetries, items, mailboxes, snapshots } from '#db/schema/mailboxes.ts';
import { policies } from '#db/schema/policies.ts';
import { tenants } from '#db/schema/tenants.ts';

/** Sealed mailboxes, the newest first, with the policy they were copied by. */
export async function sealedMailboxes(
  tx: Transaction,
  mspId: string,
  only: { tenantId: string | null; mailboxId: string | null; limit: number },
) {
  const policy = tx
    .select({ everyMinutes: policies.everyMinutes })
    .from(policies)
    .where(and(eq(policies.mspId, tenants.mspId), eq(policies.tenantId, tenants.id)))
    .orderBy(policies.createdAt, policies.id)
    .limit(1)
    .as('policy');
  return await tx
    .select({
      mailbox: mailboxes,
      customer: tenants.name,
      everyMinutes: policy.everyMinutes,
      total: sql<number>`(count(*) over ())::int`,
    })
    .from(mailboxes)
    .innerJoin(tenants, and(eq(tenants.mspId, mailboxes.mspId), eq(tenants.id, mailboxes.tenantId)))
    .leftJoinLateral(policy, sql`true`)
    .where(
      and(
        eq(mailboxes.mspId, mspId),
        sql`${mailboxes.state} = 'sealed'`,
        only.tenantId === null ? undefined : eq(mailboxes.tenantId, only.tenantId),
        only.mailboxId === null ? undefined : eq(mailboxes.id, only.mailboxId),
      ),
    )
    .orderBy(desc(mailboxes.sealedAt), desc(mailboxes.id))
    .limit(only.limit);
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
