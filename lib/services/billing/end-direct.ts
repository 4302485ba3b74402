import type { Transaction } from '#db/client.ts';
import {
  type Day,
  dayOf,
  lastDayOf,
  nextPeriod,
  type Period,
  periodOf,
  previousPeriod,
} from '#lib/billing/days.ts';
import type { SubscriptionView } from '#lib/billing/sink.ts';
import { addMs } from '#lib/core/clock.ts';
import { audit, type ServiceContext } from '../context.ts';
import { type AccountRow, listAccounts, listPeriods, lockAccount, updateAccount } from './store.ts';

/**
 * A customer that pays for itself and whose subscription ended is the MSP's again, as if somebody had
 * said so: else no invoice would have it. From the month after, and from none that is closed already.
 */
export async function endDirect(
  ctx: ServiceContext,
  tx: Transaction,
  account: AccountRow,
  subscription: SubscriptionView | null,
): Promise<void> {
  if (account.tenantId === null || account.endedPeriod !== null) return;
  if (subscription === null || subscription.state !== 'ended') return;
  const endedAt = subscription.endsAt ?? subscription.startedAt;
  const candidates = [nextPeriod(periodOf(dayOf(addMs(endedAt, -1)))), account.startedPeriod ?? ''];
  const own = (await listAccounts(tx, ctx.mspId)).find((row) => row.tenantId === null);
  for (const one of own === undefined ? [account] : [account, own]) {
    const closed = await listPeriods(tx, { mspId: ctx.mspId, accountId: one.id });
    candidates.push(...closed.map(({ period }) => nextPeriod(period)));
  }
  const until: Period = candidates.sort().at(-1)!;
  await updateAccount(tx, { mspId: ctx.mspId, accountId: account.id }, { endedPeriod: until });
  if (own !== undefined) await lookBackTo(tx, own, previousPeriod(until), account.observedThrough);
  await audit(ctx, tx, {
    tenantId: null,
    action: 'billing.stop-direct',
    entity: 'account',
    entityId: account.id,
    facts: { month: until },
  });
}

/**
 * The days since are nobody's where the MSP's account went over them before this was known. It goes over
 * them again, for whoever is missing.
 */
async function lookBackTo(
  tx: Transaction,
  own: AccountRow,
  before: Period,
  observed: Day | null,
): Promise<void> {
  const key = { mspId: own.mspId, accountId: own.id };
  const through = (await lockAccount(tx, key))?.observedThrough ?? null;
  const known = [observed ?? '', lastDayOf(before)].sort().at(-1)!;
  if (through !== null && through > known) {
    await updateAccount(tx, key, { observedThrough: known });
  }
}
