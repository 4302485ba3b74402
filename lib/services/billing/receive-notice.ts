import type { BillingSink } from '#lib/billing/sink.ts';
import { type AppError, isAppError } from '#lib/core/errors.ts';
import type { PublicContext } from '../context.ts';
import { withDoor } from '../transaction.ts';
import { accountBehind, addNotice, countRefusal, findNotice } from './notices-store.ts';
import { requireSink } from './require-sink.ts';

/**
 * Takes what comes in Stripe's name: checks who sent it, keeps it once, and leaves the rest to a
 * story of its own. Coming twice, or late, or before another, changes nothing.
 * @throws AppError `forbidden`, `expired`, `input.invalid`: it was not taken, and is counted
 */
export async function receiveNotice(
  ctx: PublicContext,
  input: { body: string; signature: string | null },
  sink: BillingSink | null,
): Promise<{ noticeId: string; fresh: boolean }> {
  const stripe = requireSink(sink);
  const now = ctx.clock.now();
  let notice: ReturnType<BillingSink['parseNotice']>;
  try {
    notice = stripe.parseNotice({ ...input, now });
  } catch (err) {
    if (isAppError(err)) {
      await noteRefusal(ctx, causeOf(err), input.body, now);
    }
    throw err;
  }
  const { noticeId } = notice;
  const fresh = await withDoor(ctx.db, noticeId, async (tx) => {
    const added = await addNotice(tx, {
      id: noticeId,
      type: notice.type,
      customerId: notice.customerId,
      objectId: objectOf(notice),
      createdAt: notice.createdAt,
      receivedAt: now,
    });
    return added || (await findNotice(tx, noticeId))?.state === 'waiting';
  });
  // Asked for again where the first time may not have come through: its id is the notice's own.
  if (fresh && notice.about !== 'nothing') await ctx.deps.jobs.startStripeEvent({ noticeId });
  return { noticeId, fresh };
}

/** Anybody may post anything here: what was refused is written once a second at most. */
const noteAtMostMs = 1000;
let notedAt = Number.NEGATIVE_INFINITY;

/**
 * Counts a refusal. Whom it concerns is only what the message says, unsigned as it is: the MSP whose
 * customer at Stripe it names, which nobody else knows. What names nobody's is shown to nobody.
 */
async function noteRefusal(
  ctx: PublicContext,
  cause: string,
  body: string,
  at: Date,
): Promise<void> {
  if (Math.abs(at.getTime() - notedAt) < noteAtMostMs) return;
  notedAt = at.getTime();
  const name = /"(cus_[A-Za-z0-9_-]{1,80})"/.exec(body)?.[1] ?? null;
  const account =
    name === null ? undefined : (await withDoor(ctx.db, name, (tx) => accountBehind(tx, name)))[0];
  await withDoor(ctx.db, '', (tx) => countRefusal(tx, cause, at, account?.mspId));
}

function causeOf(err: AppError): string {
  if (err.code === 'forbidden') return 'wrong signature';
  if (err.code === 'expired') return 'too old';
  if (err.code === 'config.invalid') return 'no secret set';
  return 'not readable';
}

function objectOf(notice: ReturnType<BillingSink['parseNotice']>): string | null {
  switch (notice.about) {
    case 'invoice':
      return notice.invoiceId;
    case 'subscription':
      return notice.subscriptionId;
    case 'checkout':
      return notice.sessionId;
    case 'clock':
      return notice.clockId;
    default:
      return null;
  }
}
