import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import {
  billingClosings,
  billingCredits,
  billingInvoices,
  billingRefunds,
} from '#db/schema/billing.ts';
import { usageDays, usageMailboxDays } from '#db/schema/usage.ts';
import { dayAt, dayOf, type Period, periodOf, previousPeriod } from '#lib/billing/days.ts';
import { addMs } from '#lib/core/clock.ts';
import { newId } from '#lib/core/ids.ts';
import { ensureAccount } from '#lib/services/billing/ensure-account.ts';
import type { ServiceContext } from '#lib/services/context.ts';

/** A few days in the ledger and an invoice, written from outside, for pages that show such. */
export async function furnishUsage(
  ownerUrl: string,
  ctx: ServiceContext,
  of: { tenantId: string; mailboxId: string },
): Promise<{ period: Period; subject: string; invoiceId: string }> {
  const { mspId } = ctx;
  const { tenantId, mailboxId } = of;
  const now = ctx.clock.now();
  const period = periodOf(dayOf(now));
  const { id: accountId } = await ensureAccount(ctx);
  const owner = postgres(ownerUrl, { max: 1, onnotice: () => {} });
  const db = drizzle(owner, { casing: 'snake_case' });
  const subject = newId();
  const invoiceId = `in_${newId().slice(-12)}`;
  const row = { mspId, tenantId, version: 1, observedAt: now };
  try {
    for (const [index, state] of (['protected', 'protected', 'sealed'] as const).entries()) {
      const day = dayAt(period, index);
      await db.insert(usageMailboxDays).values([
        { ...row, day, subject, mailboxId, state },
        { ...row, day, subject: `${subject}-room`, mailboxId, state: 'free', reason: 'room' },
      ]);
      await db.insert(usageDays).values({
        ...row,
        day,
        protected: state === 'protected' ? 1 : 0,
        sealed: state === 'sealed' ? 1 : 0,
        free: 1,
        reasons: { room: 1 },
        physicalBytes: 1_500_000_000 + index * 40_000_000,
        logicalBytes: 4_000_000_000,
        inputHash: new Uint8Array(32),
      });
    }
    await db.insert(billingInvoices).values({
      mspId,
      accountId,
      id: invoiceId,
      period,
      number: 'HF-0001',
      status: 'open',
      currency: 'usd',
      total: '2.50',
      amountDue: '2.50',
      lines: [
        {
          lineId: 'il_1',
          dimension: 'protected-mailboxes',
          itemKey: null,
          description: 'Protected mailboxes',
          quantity: 1,
          amount: '2.50',
          priceId: null,
        },
      ],
      issuedAt: now,
      dueAt: addMs(now, 86_400_000),
      syncedAt: now,
    });
    // A month that nothing bills waits for somebody to write it off.
    await db.insert(billingClosings).values({
      ...{ mspId, accountId, period: previousPeriod(period), state: 'held', step: 'left-out' },
      reason: 'The subscription ended, so no invoice bills all of this month.',
      ...{ startedAt: now, heldSince: now, changedAt: now },
    });
    const credit = { mspId, accountId, currency: 'usd', createdAt: now, createdBy: 'test' };
    const refused = newId();
    await db.insert(billingCredits).values([
      {
        ...credit,
        id: newId(),
        way: 'next-invoice',
        amount: '0.75',
        reason: 'Two nights without a copy',
        bookedPeriod: period,
      },
      { ...credit, id: newId(), way: 'refund', amount: '0.25', reason: 'Goodwill', invoiceId },
      { ...credit, id: refused, way: 'refund', amount: '2.00', reason: 'Billed twice', invoiceId },
    ]);
    await db.insert(billingRefunds).values({
      ...{ mspId, accountId, creditId: refused, at: now, outcome: 'refused' },
      reason: 'Stripe refused: This charge has been disputed.',
    });
  } finally {
    await owner.end({ timeout: 5 });
  }
  return { period, subject, invoiceId };
}
