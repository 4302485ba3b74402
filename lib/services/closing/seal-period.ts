import type { Transaction } from '#db/client.ts';
import { usagePeriods } from '#db/schema/billing.ts';
import { periodHash } from '#lib/billing/chain.ts';
import { lastDayOf, nextPeriod, type Period } from '#lib/billing/days.ts';
import { quantitiesOf, type Rating } from '#lib/billing/rate.ts';
import { AppError } from '#lib/core/errors.ts';
import {
  type AccountRow,
  findPeriod,
  listPeriods,
  lockAccount,
  planOf,
  planVersionFor,
  type UsagePeriodRow,
} from '../billing/store.ts';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { readMonth } from '../usage/month.ts';
import { hashOfDays } from '../usage/store.ts';
import { lastWord } from './last-word.ts';
import { firstMonth } from './months-to-close.ts';
import { type CloseInput, closingScope, noteStep } from './store.ts';

/**
 * Step 4: writes the closed month with its hash, and what its meters still have to be told. From here on
 * what is learned of the month goes into the next. One transaction: killed in it, the month is open as
 * before; taken again, it finds the month closed and never calculates it a second time.
 */
export async function sealPeriod(ctx: ServiceContext, input: CloseInput): Promise<void> {
  requirePermission(ctx, 'billing.manage');
  const { accountId, period } = input;
  const key = { mspId: ctx.mspId, accountId };
  await withScope(ctx.db, closingScope(ctx), async (tx) => {
    const account = await lockAccount(tx, key);
    if (account === undefined) throw new AppError('not-found', 'There is no such account.');
    const last = lastDayOf(period);
    if (account.observedThrough === null || account.observedThrough < last) {
      throw new AppError('conflict', `The ledger does not reach ${last} yet.`, {
        retryable: true,
        retryAfterMs: 60_000,
      });
    }
    const at = ctx.clock.now();
    const sealed = await findPeriod(tx, key, period);
    if (sealed !== undefined) {
      // A value that Stripe refused in between is told again.
      await lastWord(tx, account, period, sealed.quantities as Rating, at);
      return;
    }
    const month = await readMonth(tx, account, period);
    if (month.rating === null || month.version === null) {
      throw new AppError(
        'conflict',
        'No plan holds for this month, so it cannot be closed. The operator adds one with npm run plans.',
        { retryable: true, retryAfterMs: 3_600_000 },
      );
    }
    const before = await linkBefore(tx, account, period);
    const seal = {
      prev: before === undefined ? null : hex(before.hash),
      accountId,
      period,
      planId: month.version.planId,
      planVersion: month.version.version,
      inputHash: hashOfDays(month.days),
      quantities: quantitiesOf(month.rating),
      amount: month.rating.total,
    };
    await tx.insert(usagePeriods).values({
      ...key,
      tenantId: account.tenantId,
      period,
      planId: seal.planId,
      planVersion: seal.planVersion,
      quantities: month.rating,
      amount: seal.amount,
      inputHash: Buffer.from(seal.inputHash, 'hex'),
      previousHash: before === undefined ? new Uint8Array() : before.hash,
      hash: Buffer.from(periodHash(seal), 'hex'),
      closedAt: closedAt(at, month.days),
    });
    await lastWord(tx, account, period, month.rating, at);
    await noteStep(tx, ctx, account, period, { step: 'sealed' });
    await audit(ctx, tx, {
      tenantId: null,
      action: 'billing.close',
      entity: 'account',
      entityId: accountId,
      facts: { period, amount: seal.amount, hash: periodHash(seal) },
    });
  });
}

/**
 * The closed month that this one hangs on. Months are closed side by side, and are sealed in their
 * order all the same: one that came late would have no place in the chain.
 */
async function linkBefore(
  tx: Transaction,
  account: AccountRow,
  period: Period,
): Promise<UsagePeriodRow | undefined> {
  const key = { mspId: account.mspId, accountId: account.id };
  const sealed = await listPeriods(tx, key);
  const later = sealed.find((row) => row.period > period);
  if (later !== undefined) {
    throw new AppError(
      'conflict',
      `${later.period} is closed already, so ${period} has no place before it. Nothing was changed.`,
    );
  }
  const plan = await planOf(tx, account);
  const known = new Set(sealed.map((row) => row.period));
  const first = firstMonth(account) ?? period;
  for (let month = first; plan && month < period; month = nextPeriod(month)) {
    if (known.has(month)) continue;
    // A month from before there was a plan can never be closed, and no other waits for it.
    if ((await planVersionFor(tx, plan.id, month)) === undefined) continue;
    throw new AppError('conflict', `${month} is closed before ${period}, and is not closed yet.`, {
      retryable: true,
      retryAfterMs: 60_000,
    });
  }
  return sealed.at(-1);
}

/** After all that it is made of, also where another worker wrote that by a clock that is ahead. */
function closedAt(now: Date, days: readonly { observedAt: Date }[]): Date {
  const latest = days.reduce((time, { observedAt }) => Math.max(time, observedAt.getTime()), 0);
  return new Date(Math.max(now.getTime(), latest));
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
