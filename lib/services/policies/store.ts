import { and, asc, eq } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { policies } from '#db/schema/policies.ts';

export type PolicyRow = typeof policies.$inferSelect;

interface Scope {
  mspId: string;
  tenantId: string;
}

const policyOf = (tx: Transaction, { mspId, tenantId }: Scope) =>
  tx
    .select()
    .from(policies)
    .where(and(eq(policies.mspId, mspId), eq(policies.tenantId, tenantId)))
    .orderBy(asc(policies.createdAt), asc(policies.id))
    .limit(1);

/** The policy of a customer; there is one as soon as it is connected. */
export async function findPolicy(
  tx: Transaction,
  mspId: string,
  tenantId: string,
): Promise<PolicyRow | undefined> {
  const [row] = await policyOf(tx, { mspId, tenantId });
  return row;
}

/** The same, held until the transaction ends. */
export async function lockPolicy(tx: Transaction, scope: Scope): Promise<PolicyRow | undefined> {
  const [row] = await policyOf(tx, scope).for('update');
  return row;
}

export async function savePolicy(
  tx: Transaction,
  scope: Scope,
  policyId: string,
  change: { everyMinutes: number; paused: boolean },
): Promise<void> {
  await tx
    .update(policies)
    .set(change)
    .where(
      and(
        eq(policies.mspId, scope.mspId),
        eq(policies.tenantId, scope.tenantId),
        eq(policies.id, policyId),
      ),
    );
}

export async function addPolicy(
  tx: Transaction,
  row: typeof policies.$inferInsert,
): Promise<PolicyRow> {
  const [added] = await tx.insert(policies).values(row).returning();
  return added!;
}
