import type { Day } from '#lib/billing/days.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { observeDay } from './observe-day.ts';
import { daysWithLateCopies } from './store.ts';

/** Of so many customers it is found out in one question. */
const customersAtOnce = 25;

/**
 * Takes into the ledger what was told late of some customers' days: good copies that were written down
 * after the day was observed. Writes nothing where there are none, and never looks at a day that is not
 * in the ledger yet. What was stored on a day is sampled once and stays.
 */
export async function lookAgain(
  ctx: ServiceContext,
  input: { tenantIds: readonly string[]; days: readonly Day[] },
  signal?: AbortSignal,
): Promise<{ tenantId: string; day: Day }[]> {
  requirePermission(ctx, 'backups.run');
  const { tenantIds, days } = input;
  const [first, last] = [days[0], days.at(-1)];
  const changed: { tenantId: string; day: Day }[] = [];
  if (first === undefined || last === undefined) return changed;
  for (let from = 0; from < tenantIds.length; from += customersAtOnce) {
    const some = tenantIds.slice(from, from + customersAtOnce);
    const late = await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, (tx) =>
      daysWithLateCopies(tx, { mspId: ctx.mspId, tenantIds: some }, first, last),
    );
    for (const { tenantId, day } of late) {
      signal?.throwIfAborted();
      const { added } = await observeDay(ctx, { tenantId, day, copiesOnly: true });
      if (added > 0) changed.push({ tenantId, day });
    }
  }
  return changed;
}
