import { and, asc, desc, eq, ilike, inArray, ne } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { mailboxes } from '#db/schema/mailboxes.ts';
import { runs } from '#db/schema/runs.ts';
import { tenants } from '#db/schema/tenants.ts';

export interface PaletteQuery {
  mspId: string;
  words: string;
  tenantId: string | undefined;
  limit: number;
}

/** `%` and `_` of what somebody typed are letters. */
function holding(words: string): string {
  return `%${words.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}

export function findCustomers(tx: Transaction, { mspId, words, limit }: PaletteQuery) {
  return tx
    .select({ tenantId: tenants.id, name: tenants.name, state: tenants.state })
    .from(tenants)
    .where(and(eq(tenants.mspId, mspId), ilike(tenants.name, holding(words))))
    .orderBy(asc(tenants.name), asc(tenants.id))
    .limit(limit);
}

export function findMailboxes(tx: Transaction, { mspId, words, tenantId, limit }: PaletteQuery) {
  // Of a hundred thousand mailboxes each is compared once: an address is meant where an @ is typed.
  const named = ilike(
    words.includes('@') ? mailboxes.address : mailboxes.displayName,
    holding(words),
  );
  return tx
    .select({
      tenantId: mailboxes.tenantId,
      mailboxId: mailboxes.id,
      name: mailboxes.displayName,
      kind: mailboxes.kind,
      state: mailboxes.state,
      customer: tenants.name,
    })
    .from(mailboxes)
    .innerJoin(tenants, and(eq(tenants.mspId, mailboxes.mspId), eq(tenants.id, mailboxes.tenantId)))
    .where(
      and(
        eq(mailboxes.mspId, mspId),
        ne(mailboxes.state, 'erased'),
        tenantId === undefined ? undefined : eq(mailboxes.tenantId, tenantId),
        named,
      ),
    )
    .limit(limit);
}

/** The newest of these customers. */
export async function findRuns(
  tx: Transaction,
  { mspId, limit }: PaletteQuery,
  tenantIds: readonly string[],
) {
  if (tenantIds.length === 0) return [];
  return await tx
    .select({
      tenantId: runs.tenantId,
      runId: runs.id,
      customer: tenants.name,
      state: runs.state,
      at: runs.createdAt,
    })
    .from(runs)
    .innerJoin(tenants, and(eq(tenants.mspId, runs.mspId), eq(tenants.id, runs.tenantId)))
    .where(and(eq(runs.mspId, mspId), inArray(runs.tenantId, [...tenantIds])))
    .orderBy(desc(runs.createdAt))
    .limit(limit);
}
