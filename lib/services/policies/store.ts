import { and, asc, eq } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { policies } from '#db/schema/policies.ts';

export type PolicyRow = typeof policies.$inferSelect;

/** The policy of a customer; there is one as soon as it is connected. */
export async function findPolicy(
  tx: Transaction,
  mspId: string,
  tenantId: string,
): Promise<PolicyRow | undefined> {
  const [row] = await tx
    .select()
    .from(policies)
    .where(and(eq(policies.mspId, mspId), eq(policies.tenantId, tenantId)))
    .orderBy(asc(policies.createdAt), asc(policies.id))
    .limit(1);
  return row;
}

export async function addPolicy(
  tx: Transaction,
  row: typeof policies.$inferInsert,
): Promise<PolicyRow> {
  const [added] = await tx.insert(policies).values(row).returning();
  return added!;
}
