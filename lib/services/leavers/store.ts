import { and, count, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
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

/**
 * By customer how often its mailboxes were copied. Read for itself, as names are below: behind row-level
 * security the planner takes half of all mailboxes for sealed ones, and would look for them customer by
 * customer.
 */
async function intervalsOf(tx: Transaction, mspId: string, { tenantId }: SealedFilter) {
  const rows = await tx
    .selectDistinctOn([policies.tenantId], {
      tenantId: policies.tenantId,
      everyMinutes: policies.everyMinutes,
    })
    .from(policies)
    .where(
      and(
        eq(policies.mspId, mspId),
        tenantId === null ? undefined : eq(policies.tenantId, tenantId),
      ),
    )
    .orderBy(policies.tenantId, policies.createdAt, policies.id);
  return new Map(rows.map((row) => [row.tenantId, row.everyMinutes]));
}

async function namesOf(tx: Transaction, mspId: string, tenantIds: readonly string[]) {
  if (tenantIds.length === 0) return new Map<string, string>();
  const rows = await tx
    .select({ id: tenants.id, name: tenants.name })
    .from(tenants)
    .where(and(eq(tenants.mspId, mspId), inArray(tenants.id, [...new Set(tenantIds)])));
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** Sealed mailboxes, the newest first, with how often they were copied. */
export async function sealedMailboxes(
  tx: Transaction,
  mspId: string,
  { after, limit, ...only }: SealedFilter & { after?: AgePosition | undefined; limit: number },
) {
  const rows = await tx
    .select()
    .from(mailboxes)
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
  const intervals = await intervalsOf(tx, mspId, only);
  const names = await namesOf(
    tx,
    mspId,
    rows.map((mailbox) => mailbox.tenantId),
  );
  return rows.map((mailbox) => ({
    mailbox,
    customer: names.get(mailbox.tenantId) ?? '',
    everyMinutes: intervals.get(mailbox.tenantId) ?? null,
  }));
}

/** Of every sealed mailbox what its state is worked out of, and nothing else. */
export async function factsOfSealed(tx: Transaction, mspId: string, only: SealedFilter) {
  const rows = await tx
    .select({
      tenantId: mailboxes.tenantId,
      sealedAt: mailboxes.sealedAt,
      discoveredAt: mailboxes.discoveredAt,
      lastGoodAt: mailboxes.lastGoodAt,
      lastOutcome: mailboxes.lastOutcome,
    })
    .from(mailboxes)
    .where(isSealed(mspId, only));
  const intervals = await intervalsOf(tx, mspId, only);
  return rows.map((mailbox) => ({
    mailbox,
    everyMinutes: intervals.get(mailbox.tenantId) ?? null,
  }));
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
