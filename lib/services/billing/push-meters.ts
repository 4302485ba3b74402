import { pushWindow } from '#lib/billing/meter-event.ts';
import type { Dimension } from '#lib/billing/plan.ts';
import { type BillingSink, meterErrorCodes } from '#lib/billing/sink.ts';
import { AppError, isAppError } from '#lib/core/errors.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { accountNow } from './account-clock.ts';
import { type MeterEventRow, settleMeterEvent, waitingEvents } from './outbox.ts';
import { type AccountRow, findAccount } from './store.ts';
import { told } from './told.ts';

export interface Pushed {
  accepted: number;
  refused: number;
}

/**
 * Sends what waits in the outbox, oldest first and one at a time. A value whose answer got lost is
 * sent again under the same identifier and counts once. What Stripe will never take is settled with its
 * code; while Stripe is away, or refuses our key, everything waits.
 * @throws AppError of whatever passes, for whoever comes again later
 */
export async function pushMeters(
  ctx: ServiceContext,
  input: { accountId: string },
  sink: BillingSink,
): Promise<Pushed> {
  requirePermission(ctx, 'billing.manage');
  const key = { mspId: ctx.mspId, accountId: input.accountId };
  const scope = { mspId: ctx.mspId, tenantId: null };
  const account = await withScope(ctx.db, scope, (tx) => findAccount(tx, key));
  const pushed: Pushed = { accepted: 0, refused: 0 };
  if (account?.stripeCustomerId == null) return pushed;
  const waiting = await withScope(ctx.db, scope, (tx) => waitingEvents(tx, key));
  for (const row of waiting) {
    const code = await sendOne(ctx, account, row, sink);
    const at = ctx.clock.now();
    await withScope(ctx.db, scope, (tx) =>
      settleMeterEvent(tx, key, row.identifier, {
        state: code === null ? 'accepted' : 'refused',
        code,
        attempts: row.attempts + 1,
        sentAt: at,
        settledAt: at,
      }),
    );
    if (code === null) pushed.accepted++;
    else pushed.refused++;
  }
  return pushed;
}

/** Null once it is there, or the code of a refusal that waiting does not change. */
async function sendOne(
  ctx: ServiceContext,
  account: AccountRow,
  row: MeterEventRow,
  sink: BillingSink,
): Promise<string | null> {
  const window = pushWindow(row.at, accountNow(account, ctx.clock));
  if (window === 'too-old') return 'timestamp_too_far_in_past';
  if (window === 'too-early') {
    throw new AppError('conflict', 'This day is not over yet by Stripe’s clock.', {
      retryable: true,
      retryAfterMs: 60_000,
    });
  }
  try {
    await told(ctx, account, () =>
      sink.pushMeterEvent({
        customerId: account.stripeCustomerId!,
        event: {
          dimension: row.dimension as Dimension,
          period: row.period,
          day: row.day,
          revision: row.revision,
          identifier: row.identifier,
          timestamp: row.at,
          value: row.value,
        },
      }),
    );
    return null;
  } catch (err) {
    const code = isAppError(err) ? finalCode(err) : null;
    if (code === null) throw err;
    return code;
  }
}

/** A key that is refused, or a Stripe that is away, refuses no value: those wait. */
function finalCode(err: AppError): string | null {
  if (err.retryable || err.code === 'credential.invalid' || err.code === 'config.invalid') {
    return null;
  }
  const code = typeof err.data.stripeCode === 'string' ? err.data.stripeCode : '';
  if (code === 'timestamp_in_future') return null;
  if (code === 'resource_missing') return 'meter_event_customer_not_found';
  return (meterErrorCodes as readonly string[]).includes(code) ? code : code || 'unknown';
}
