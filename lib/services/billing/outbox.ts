import { and, asc, desc, eq, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { meterEvents } from '#db/schema/billing.ts';
import type { Period } from '#lib/billing/days.ts';
import type { MeterEvent } from '#lib/billing/meter-event.ts';
import type { Dimension } from '#lib/billing/plan.ts';
import type { AccountKey } from './store.ts';

/** What Stripe's meters are told is written here, in the transaction of what it was worked out of. */

export type MeterEventRow = typeof meterEvents.$inferSelect;

const ofAccount = ({ mspId, accountId }: AccountKey) =>
  and(eq(meterEvents.mspId, mspId), eq(meterEvents.accountId, accountId));

/** The newest event of each dimension in a month. */
export async function newestEvents(
  tx: Transaction,
  key: AccountKey,
  period: Period,
): Promise<Map<Dimension, MeterEventRow>> {
  const rows = await tx
    .selectDistinctOn([meterEvents.dimension])
    .from(meterEvents)
    .where(and(ofAccount(key), eq(meterEvents.period, period)))
    .orderBy(asc(meterEvents.dimension), desc(meterEvents.at));
  return new Map(rows.map((row) => [row.dimension as Dimension, row]));
}

/** Adds a value; the meter counts the newest, so older ones of the month need not be sent any more. */
export async function addMeterEvent(
  tx: Transaction,
  key: AccountKey & { tenantId: string | null },
  event: MeterEvent,
  at: Date,
): Promise<void> {
  await tx
    .update(meterEvents)
    .set({ state: 'superseded', settledAt: at })
    .where(
      and(
        ofAccount(key),
        eq(meterEvents.period, event.period),
        eq(meterEvents.dimension, event.dimension),
        eq(meterEvents.state, 'waiting'),
        sql`${meterEvents.at} < ${event.timestamp.toISOString()}::timestamptz`,
      ),
    );
  await tx.insert(meterEvents).values({
    mspId: key.mspId,
    accountId: key.accountId,
    tenantId: key.tenantId,
    identifier: event.identifier,
    period: event.period,
    day: event.day,
    dimension: event.dimension,
    revision: event.revision,
    value: event.value,
    at: event.timestamp,
    createdAt: at,
  });
}

/** Oldest first. */
export async function waitingEvents(tx: Transaction, key: AccountKey): Promise<MeterEventRow[]> {
  return await tx
    .select()
    .from(meterEvents)
    .where(and(ofAccount(key), eq(meterEvents.state, 'waiting')))
    .orderBy(asc(meterEvents.at), asc(meterEvents.dimension));
}

export async function settleMeterEvent(
  tx: Transaction,
  key: AccountKey,
  identifier: string,
  change: Partial<Pick<MeterEventRow, 'state' | 'code' | 'attempts' | 'sentAt' | 'settledAt'>>,
): Promise<void> {
  await tx
    .update(meterEvents)
    .set(change)
    .where(and(ofAccount(key), eq(meterEvents.identifier, identifier)));
}
