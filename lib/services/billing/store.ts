import {
  and,
  asc,
  desc,
  eq,
  isNotNull,
  isNull,
  lt,
  lte,
  notExists,
  notInArray,
  or,
  type SQL,
  sql,
} from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { billingAccounts, plans, planVersions, usagePeriods } from '#db/schema/billing.ts';
import { tenants } from '#db/schema/tenants.ts';
import { usageDays } from '#db/schema/usage.ts';
import {
  type Day,
  dayStart,
  nextDay,
  nextPeriod,
  type Period,
  periodOf,
} from '#lib/billing/days.ts';
import type { PlanTerms, PlanVersion } from '#lib/billing/plan.ts';

export type AccountRow = typeof billingAccounts.$inferSelect;
export type UsagePeriodRow = typeof usagePeriods.$inferSelect;

export interface AccountKey {
  mspId: string;
  accountId: string;
}

const isAccount = ({ mspId, accountId }: AccountKey) =>
  and(eq(billingAccounts.mspId, mspId), eq(billingAccounts.id, accountId));

export async function findAccount(
  tx: Transaction,
  key: AccountKey,
): Promise<AccountRow | undefined> {
  const [row] = await tx.select().from(billingAccounts).where(isAccount(key));
  return row;
}

/** Held until the transaction ends: what an account owes is worked out by one at a time. */
export async function lockAccount(
  tx: Transaction,
  key: AccountKey,
): Promise<AccountRow | undefined> {
  const [row] = await tx.select().from(billingAccounts).where(isAccount(key)).for('update');
  return row;
}

export async function updateAccount(
  tx: Transaction,
  key: AccountKey,
  change: Partial<typeof billingAccounts.$inferInsert>,
): Promise<void> {
  await tx.update(billingAccounts).set(change).where(isAccount(key));
}

export async function addAccount(
  tx: Transaction,
  row: typeof billingAccounts.$inferInsert,
): Promise<boolean> {
  const added = await tx
    .insert(billingAccounts)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: billingAccounts.id });
  return added.length > 0;
}

/** Every account of an MSP; its own first. */
export async function listAccounts(tx: Transaction, mspId: string): Promise<AccountRow[]> {
  return await tx
    .select()
    .from(billingAccounts)
    .where(eq(billingAccounts.mspId, mspId))
    .orderBy(sql`${billingAccounts.tenantId} is not null`, asc(billingAccounts.createdAt));
}

/** Whether an account of one customer bills it in a month. Until it is subscribed, the MSP's does. */
export function billsIn(account: AccountRow, period: Period): boolean {
  return (
    account.stripeSubscriptionId !== null &&
    (account.startedPeriod ?? '') <= period &&
    (account.endedPeriod === null || account.endedPeriod > period)
  );
}

/** Who pays for a customer in a month: its own account, where it has one, or the MSP's. */
export async function accountOf(
  tx: Transaction,
  mspId: string,
  tenantId: string,
  period: Period,
): Promise<AccountRow | undefined> {
  const rows = await tx
    .select()
    .from(billingAccounts)
    .where(
      and(
        eq(billingAccounts.mspId, mspId),
        or(isNull(billingAccounts.tenantId), eq(billingAccounts.tenantId, tenantId)),
      ),
    )
    .orderBy(asc(billingAccounts.createdAt));
  return (
    rows.find((row) => row.tenantId !== null && billsIn(row, period)) ??
    rows.find((row) => row.tenantId === null)
  );
}

/** The customers that an account pays for in a month. */
export async function customersOf(
  tx: Transaction,
  account: AccountRow,
  period: Period,
): Promise<{ id: string; connectedAt: Date }[]> {
  const known = await tx
    .select({ id: tenants.id, connectedAt: tenants.connectedAt })
    .from(tenants)
    .where(await isPaidFor(tx, account, period))
    .orderBy(asc(tenants.id));
  return known.map(({ id, connectedAt }) => ({ id, connectedAt: connectedAt! }));
}

async function isPaidFor(
  tx: Transaction,
  account: AccountRow,
  period: Period,
): Promise<SQL | undefined> {
  const { mspId, tenantId } = account;
  const connected = and(eq(tenants.mspId, mspId), isNotNull(tenants.connectedAt));
  if (tenantId !== null) {
    return billsIn(account, period) ? and(connected, eq(tenants.id, tenantId)) : sql`false`;
  }
  const direct = (await listAccounts(tx, mspId))
    .filter((row) => row.tenantId !== null && billsIn(row, period))
    .map((row) => row.tenantId!);
  return and(connected, notInArray(tenants.id, direct));
}

/** Whether every customer that an account pays for on a day is observed for it. */
export async function isDayWhole(tx: Transaction, account: AccountRow, day: Day): Promise<boolean> {
  const missing = await tx
    .select({ id: tenants.id })
    .from(tenants)
    .where(
      and(
        await isPaidFor(tx, account, periodOf(day)),
        account.testClockId === null ? lt(tenants.connectedAt, dayStart(nextDay(day))) : undefined,
        notExists(
          tx
            .select({ one: sql`1` })
            .from(usageDays)
            .where(
              and(
                eq(usageDays.mspId, account.mspId),
                eq(usageDays.tenantId, tenants.id),
                eq(usageDays.day, day),
              ),
            ),
        ),
      ),
    )
    .limit(1);
  return missing.length === 0;
}

/** Of those, the ones that were customers by the end of a day; with a test clock, all of them. */
export function presentOn(
  account: AccountRow,
  customers: readonly { id: string; connectedAt: Date }[],
  day: Day,
): string[] {
  const end = dayStart(nextDay(day));
  return customers
    .filter(({ connectedAt }) => account.testClockId !== null || connectedAt < end)
    .map(({ id }) => id);
}

/** The plan that an account is on: its own, one agreed with the MSP, or the operator's standard one. */
export async function planOf(
  tx: Transaction,
  account: Pick<AccountRow, 'mspId' | 'planId'>,
): Promise<{ id: string; name: string } | undefined> {
  const [row] = await tx
    .select({ id: plans.id, name: plans.name })
    .from(plans)
    .where(
      account.planId === null
        ? and(eq(plans.kind, 'wholesale'), or(isNull(plans.mspId), eq(plans.mspId, account.mspId)))
        : eq(plans.id, account.planId),
    )
    .orderBy(sql`${plans.mspId} is null`, asc(plans.createdAt), asc(plans.id))
    .limit(1);
  return row;
}

/** The version of a plan that holds in a month: the newest of those that had begun by then. */
export async function planVersionFor(
  tx: Transaction,
  planId: string,
  period: Period,
): Promise<PlanVersion | undefined> {
  const [row] = await tx
    .select()
    .from(planVersions)
    .where(and(eq(planVersions.planId, planId), lte(planVersions.fromPeriod, period)))
    .orderBy(desc(planVersions.fromPeriod), desc(planVersions.version))
    .limit(1);
  return row && toVersion(row);
}

export async function planVersion(
  tx: Transaction,
  planId: string,
  version: number,
): Promise<PlanVersion | undefined> {
  const [row] = await tx
    .select()
    .from(planVersions)
    .where(and(eq(planVersions.planId, planId), eq(planVersions.version, version)));
  return row && toVersion(row);
}

function toVersion(row: typeof planVersions.$inferSelect): PlanVersion {
  return {
    planId: row.planId,
    version: row.version,
    from: row.fromPeriod,
    terms: row.terms as PlanTerms,
  };
}

export async function findPeriod(
  tx: Transaction,
  { mspId, accountId }: AccountKey,
  period: Period,
): Promise<UsagePeriodRow | undefined> {
  const [row] = await tx
    .select()
    .from(usagePeriods)
    .where(
      and(
        eq(usagePeriods.mspId, mspId),
        eq(usagePeriods.accountId, accountId),
        eq(usagePeriods.period, period),
      ),
    );
  return row;
}

/** Oldest first. */
export async function listPeriods(
  tx: Transaction,
  { mspId, accountId }: AccountKey,
): Promise<UsagePeriodRow[]> {
  return await tx
    .select()
    .from(usagePeriods)
    .where(and(eq(usagePeriods.mspId, mspId), eq(usagePeriods.accountId, accountId)))
    .orderBy(asc(usagePeriods.period));
}

/** The first month after a closed one whose invoice can still carry something. */
export async function nextOpenPeriod(
  tx: Transaction,
  key: AccountKey,
  closed: Period,
): Promise<Period> {
  const taken = new Set((await listPeriods(tx, key)).map(({ period }) => period));
  let period = nextPeriod(closed);
  while (taken.has(period)) period = nextPeriod(period);
  return period;
}

/** Names of the customers of an MSP within reach. */
export async function customerNames(tx: Transaction, mspId: string): Promise<Map<string, string>> {
  const rows = await tx
    .select({ id: tenants.id, name: tenants.name })
    .from(tenants)
    .where(eq(tenants.mspId, mspId));
  return new Map(rows.map(({ id, name }) => [id, name]));
}
