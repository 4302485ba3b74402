import { and, eq } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { mailboxes } from '#db/schema/mailboxes.ts';
import { dayOf, nextPeriod, type Period, periodOf } from '#lib/billing/days.ts';
import { firstBillableDay } from '#lib/billing/meter-event.ts';
import type { BillingSink, InvoiceView, SubscriptionView } from '#lib/billing/sink.ts';
import { addMs } from '#lib/core/clock.ts';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { accountNow } from './account-clock.ts';
import { standingOf } from './dunning.ts';
import { endDirect } from './end-direct.ts';
import { clocksDifferMs, saveInvoice } from './invoices-store.ts';
import { type AccountRow, customersOf, findAccount, lockAccount, updateAccount } from './store.ts';
import { told } from './told.ts';

/** Invoices are asked for so far back: what a lost notice would have told. */
const invoicesBackMs = 100 * 24 * 3_600_000;

export interface Synced {
  subscribed: boolean;
  /** Months with a draft that waits to be closed. */
  drafts: Period[];
}

/**
 * Reads at Stripe how an account stands, and keeps it: the clock it lives on, its subscription, its
 * invoices, whether a payment is missing. Whatever a notice says, this is what is done, so it does not
 * matter which of them arrive, in what order, or how often.
 */
export async function syncAccount(
  ctx: ServiceContext,
  input: { accountId: string },
  sink: BillingSink,
): Promise<Synced> {
  requirePermission(ctx, 'billing.manage');
  const key = { mspId: ctx.mspId, accountId: input.accountId };
  const scope = { mspId: ctx.mspId, tenantId: null };
  const account = await withScope(ctx.db, scope, (tx) => findAccount(tx, key));
  if (account === undefined || account.stripeCustomerId === null) {
    return { subscribed: false, drafts: [] };
  }
  const customerId = account.stripeCustomerId;
  const readAt = ctx.clock.now();
  const read = await told(ctx, account, async () => {
    const clock = account.testClockId === null ? null : await sink.readClock(account.testClockId);
    const now = clock?.now ?? readAt;
    return {
      clockAt: clock?.now ?? null,
      ...(await endExtras(sink, account, await sink.listSubscriptions(customerId))),
      invoices: await invoicesToKeep(sink, customerId, now),
    };
  });
  const subscription = chosenSubscription(read.subscriptions, account);
  const resumed = await withScope(ctx.db, scope, async (tx) => {
    for (const subscription of read.ended) {
      await audit(ctx, tx, {
        tenantId: null,
        action: 'billing.unsubscribe',
        entity: 'account',
        entityId: account.id,
        facts: { subscription },
      });
    }
    const locked = await lockAccount(tx, key);
    if (locked === undefined || isStale(readAt, locked.syncedAt, ctx.clock.now())) return false;
    const now = read.clockAt ?? readAt;
    const standing = standingOf(locked, { subscription, invoices: read.invoices }, now);
    await updateAccount(tx, key, {
      ...standing,
      ...subscriptionFields(locked, subscription),
      clockAt: read.clockAt,
      trouble: null,
      troubleSince: null,
      syncedAt: readAt,
    });
    await endDirect(ctx, tx, locked, subscription);
    if (subscription !== null && locked.stripeSubscriptionId === null) {
      await tell(ctx, tx, locked, 'billing.subscribe');
    }
    for (const invoice of read.invoices) {
      if (!isOpening(invoice)) await saveInvoice(tx, invoiceRow(locked, invoice, readAt));
    }
    const paused = standing.newProtectionPausedAt !== null;
    const before = locked.newProtectionPausedAt !== null;
    if (paused !== before) await tell(ctx, tx, locked, paused ? 'billing.pause' : 'billing.resume');
    return before && !paused;
  });
  if (resumed) await protectWaiting(ctx, account);
  return {
    subscribed: subscription !== null && subscription.state !== 'ended',
    drafts: read.invoices
      .filter((invoice) => invoice.state === 'draft' && !isOpening(invoice))
      .flatMap(({ period }) => (period === null ? [] : [period])),
  };
}

/** The newer ones, and however old they are, those that nobody paid: they are owed until somebody does. */
async function invoicesToKeep(
  sink: BillingSink,
  customerId: string,
  now: Date,
): Promise<InvoiceView[]> {
  const found = new Map<string, InvoiceView>();
  for (const of of [
    { since: addMs(now, -invoicesBackMs) },
    { state: 'open' as const },
    { state: 'uncollectible' as const },
  ]) {
    // What is read last is newest.
    for (const one of await sink.listInvoices({ customerId, ...of })) found.set(one.invoiceId, one);
  }
  return [...found.values()];
}

/** Somebody read it later already. On a clock that was ahead nobody did, however late it says. */
function isStale(readAt: Date, known: Date | null, now: Date): boolean {
  return known !== null && known > readAt && known <= addMs(now, clocksDifferMs);
}

/** The empty invoice that Stripe makes when somebody subscribes: it bills nothing, and no month. */
export function isOpening({ reason }: InvoiceView): boolean {
  return reason === 'subscription_create';
}

/** The one that runs, or the last that did. Of several, always the same one. */
export function chosenSubscription(
  subscriptions: readonly SubscriptionView[],
  account: AccountRow,
): SubscriptionView | null {
  const own = subscriptions.filter((one) => isOf(account, one));
  return runningSubscriptions(subscriptions, account)[0] ?? own[0] ?? null;
}

/** Those that bill an account, or are about to; the one it goes by first. */
export function runningSubscriptions(
  subscriptions: readonly SubscriptionView[],
  account: AccountRow,
): SubscriptionView[] {
  const rank = (one: SubscriptionView) =>
    (one.state === 'incomplete' ? 4 : 0) +
    (one.accountId === null ? 2 : 0) +
    (one.subscriptionId === account.stripeSubscriptionId ? 0 : 1);
  return subscriptions
    .filter((one) => isOf(account, one) && one.state !== 'ended')
    .sort(
      (a, b) =>
        rank(a) - rank(b) ||
        a.startedAt.getTime() - b.startedAt.getTime() ||
        (a.subscriptionId < b.subscriptionId ? -1 : 1),
    );
}

const isOf = (account: AccountRow, { accountId }: SubscriptionView) =>
  accountId === null || accountId === account.id;

/**
 * Two pages of Stripe's, both gone through, make two subscriptions that count the same mailboxes. All
 * but one end, and bill nothing. One that somebody made by hand is left to them.
 */
async function endExtras(
  sink: BillingSink,
  account: AccountRow,
  subscriptions: readonly SubscriptionView[],
): Promise<{ subscriptions: SubscriptionView[]; ended: string[] }> {
  const extras = runningSubscriptions(subscriptions, account)
    .slice(1)
    .filter(({ accountId }) => accountId === account.id);
  const after = [...subscriptions];
  for (const { subscriptionId } of extras) {
    const ended = await sink.cancelSubscription({ subscriptionId, when: 'now', uninvoiced: true });
    after.splice(
      after.findIndex((one) => one.subscriptionId === subscriptionId),
      1,
      ended,
    );
  }
  return { subscriptions: after, ended: extras.map(({ subscriptionId }) => subscriptionId) };
}

export function subscriptionFields(
  account: AccountRow,
  subscription: SubscriptionView | null,
): Partial<AccountRow> {
  if (subscription === null) return {};
  const items = Object.fromEntries(
    Object.entries(subscription.items).map(([dimension, item]) => [dimension, item.itemId]),
  );
  const first = firstBillableDay(subscription.startedAt);
  if (account.tenantId !== null && account.stripeSubscriptionId === null) {
    // The month that runs is whole on the MSP's invoice.
    const month = first.endsWith('-01') ? periodOf(first) : nextPeriod(periodOf(first));
    const startedPeriod = [account.startedPeriod ?? month, month].sort().at(-1)!;
    return {
      stripeSubscriptionId: subscription.subscriptionId,
      subscriptionItems: items,
      startedPeriod,
      firstDay: `${startedPeriod}-01`,
    };
  }
  return {
    stripeSubscriptionId: subscription.subscriptionId,
    subscriptionItems: items,
    firstDay: account.firstDay ?? first,
    startedPeriod: account.startedPeriod ?? periodOf(dayOf(subscription.startedAt)),
  };
}

/** An invoice without metered lines, as one by hand, belongs to the month it was made in. */
export function invoiceRow(account: AccountRow, invoice: InvoiceView, syncedAt: Date) {
  return {
    mspId: account.mspId,
    accountId: account.id,
    tenantId: account.tenantId,
    id: invoice.invoiceId,
    period: invoice.period ?? periodOf(dayOf(invoice.createdAt)),
    number: invoice.number,
    status: invoice.state,
    currency: invoice.currency,
    total: invoice.total,
    amountDue: invoice.amountDue,
    lines: invoice.lines,
    hostedUrl: invoice.hostedUrl,
    pdfUrl: invoice.pdfUrl,
    issuedAt: invoice.createdAt,
    finalisedAt: invoice.finalisedAt,
    paidAt: invoice.state === 'paid' ? (invoice.finalisedAt ?? invoice.createdAt) : null,
    dueAt: invoice.dueAt,
    syncedAt,
  };
}

async function tell(
  ctx: ServiceContext,
  tx: Transaction,
  account: AccountRow,
  action: 'billing.subscribe' | 'billing.pause' | 'billing.resume',
): Promise<void> {
  await audit(ctx, tx, {
    tenantId: null,
    action,
    entity: 'account',
    entityId: account.id,
  });
}

/** With the payment, what waited for it is protected at once; the next run makes its first copies. */
async function protectWaiting(ctx: ServiceContext, account: AccountRow): Promise<void> {
  const period = periodOf(dayOf(accountNow(account, ctx.clock)));
  const customers = await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, (tx) =>
    customersOf(tx, account, period),
  );
  for (const { id: tenantId } of customers) {
    await withScope(ctx.db, { mspId: ctx.mspId, tenantId }, async (tx) => {
      await tx
        .update(mailboxes)
        .set({ state: 'protected', waitsFor: null })
        .where(
          and(
            eq(mailboxes.mspId, ctx.mspId),
            eq(mailboxes.tenantId, tenantId),
            eq(mailboxes.state, 'discovered'),
            eq(mailboxes.waitsFor, 'payment'),
          ),
        );
    });
  }
}
