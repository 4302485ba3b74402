import { and, desc, eq } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { billingClosings } from '#db/schema/billing.ts';
import type { Period } from '#lib/billing/days.ts';
import { AppError } from '#lib/core/errors.ts';
import { type AccountKey, type AccountRow, findAccount } from '../billing/store.ts';
import type { ServiceContext } from '../context.ts';

/** A month of an account that is being closed, as every step takes it. */
export interface CloseInput {
  accountId: string;
  period: Period;
}

/** Closings are the MSP's as a whole, whichever customer the account is of. */
export const closingScope = (ctx: ServiceContext) => ({ mspId: ctx.mspId, tenantId: null });

export async function loadAccount(
  tx: Transaction,
  ctx: ServiceContext,
  accountId: string,
): Promise<AccountRow> {
  const account = await findAccount(tx, { mspId: ctx.mspId, accountId });
  if (account === undefined) throw new AppError('not-found', 'There is no such account.');
  return account;
}

export type ClosingRow = typeof billingClosings.$inferSelect;

export async function findClosing(
  tx: Transaction,
  { mspId, accountId }: AccountKey,
  period: Period,
): Promise<ClosingRow | undefined> {
  const [row] = await tx
    .select()
    .from(billingClosings)
    .where(
      and(
        eq(billingClosings.mspId, mspId),
        eq(billingClosings.accountId, accountId),
        eq(billingClosings.period, period),
      ),
    );
  return row;
}

/** Newest first. */
export async function listClosings(
  tx: Transaction,
  mspId: string,
  accountId?: string,
): Promise<ClosingRow[]> {
  return await tx
    .select()
    .from(billingClosings)
    .where(
      and(
        eq(billingClosings.mspId, mspId),
        accountId === undefined ? undefined : eq(billingClosings.accountId, accountId),
      ),
    )
    .orderBy(desc(billingClosings.period));
}

async function saveClosing(
  tx: Transaction,
  row: typeof billingClosings.$inferInsert,
): Promise<void> {
  const { mspId: _, accountId: __, period: ___, tenantId: ____, startedAt: _____, ...change } = row;
  await tx
    .insert(billingClosings)
    .values(row)
    .onConflictDoUpdate({
      target: [billingClosings.mspId, billingClosings.accountId, billingClosings.period],
      set: change,
    });
}

/** Writes down how far a closing is. One that is held stays so until it is final. */
export async function noteStep(
  tx: Transaction,
  ctx: ServiceContext,
  account: AccountRow,
  period: Period,
  change: Partial<ClosingRow> & { step: string },
): Promise<void> {
  const now = ctx.clock.now();
  const known = await findClosing(tx, { mspId: ctx.mspId, accountId: account.id }, period);
  await saveClosing(tx, {
    mspId: ctx.mspId,
    accountId: account.id,
    tenantId: account.tenantId,
    period,
    startedAt: now,
    state: known?.state === 'held' ? 'held' : 'closing',
    ...change,
    changedAt: now,
  });
}

/** All that the portal may write of a closing. */
export async function noteWrittenOff(
  tx: Transaction,
  { mspId, accountId }: AccountKey,
  period: Period,
  { reason, at }: { reason: string; at: Date },
): Promise<void> {
  await tx
    .update(billingClosings)
    .set({
      step: 'written-off',
      state: 'finalised',
      reason,
      heldSince: null,
      finalisedAt: at,
      changedAt: at,
    })
    .where(
      and(
        eq(billingClosings.mspId, mspId),
        eq(billingClosings.accountId, accountId),
        eq(billingClosings.period, period),
      ),
    );
}
