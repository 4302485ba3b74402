import type { Transaction } from '#db/client.ts';
import { lastDayOf, type Period } from '#lib/billing/days.ts';
import { meterEvent } from '#lib/billing/meter-event.ts';
import { dimensions } from '#lib/billing/plan.ts';
import { quantitiesOf, type Rating } from '#lib/billing/rate.ts';
import { addMeterEvent, newestEvents } from '../billing/outbox.ts';
import type { AccountRow } from '../billing/store.ts';

/**
 * Puts into the outbox what the meters have to end at: the quantities that are billed. Mostly they are
 * there already, and nothing is added; what Stripe refused meanwhile is told again as a new revision.
 */
export async function lastWord(
  tx: Transaction,
  account: AccountRow,
  period: Period,
  rating: Rating,
  at: Date,
): Promise<void> {
  const day = lastDayOf(period);
  if (account.stripeSubscriptionId === null) return;
  if (account.firstDay === null || account.firstDay > day) return;
  const key = { mspId: account.mspId, accountId: account.id, tenantId: account.tenantId };
  const known = await newestEvents(tx, key, period);
  const quantities = quantitiesOf(rating);
  for (const dimension of dimensions) {
    if (!rating.lines.some((line) => line.dimension === dimension && line.billed)) continue;
    const last = known.get(dimension);
    const value = quantities[dimension];
    const stands = last !== undefined && last.value === value && last.state !== 'refused';
    if (stands && last.day === day) continue;
    const revision = last?.day === day ? last.revision + 1 : 0;
    await addMeterEvent(
      tx,
      key,
      meterEvent({ accountId: account.id, dimension, day, revision, value }),
      at,
    );
  }
}
