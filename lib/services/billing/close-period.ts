import type { Transaction } from '#db/client.ts';
import { usagePeriods } from '#db/schema/billing.ts';
import { periodHash } from '#lib/billing/chain.ts';
import { dayOf, nextPeriod, type Period, periodBounds, periodOf } from '#lib/billing/days.ts';
import { meterEvent } from '#lib/billing/meter-event.ts';
import { parseAmount, sumAmounts } from '#lib/billing/money.ts';
import { dimensions } from '#lib/billing/plan.ts';
import { quantitiesOf, type Rating } from '#lib/billing/rate.ts';
import { reconcile } from '#lib/billing/reconcile.ts';
import type { BillingSink, InvoiceView } from '#lib/billing/sink.ts';
import { addMs } from '#lib/core/clock.ts';
import { AppError } from '#lib/core/errors.ts';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { readMonth } from '../usage/month.ts';
import { hashOfDays } from '../usage/store.ts';
import { accountNow } from './account-clock.ts';
import { adjustmentsBooked } from './adjust.ts';
import { itemKeys } from './get-invoice.ts';
import { billedElsewhere, invoicesOfMonth } from './invoice-of-month.ts';
import {
  type ClosingRow,
  findClosing,
  findInvoice,
  saveClosing,
  saveInvoice,
} from './invoices-store.ts';
import { addMeterEvent, newestEvents } from './outbox.ts';
import { keepReconciliation, quantitiesOn } from './reconcile-account.ts';
import {
  type AccountRow,
  findAccount,
  findPeriod,
  listPeriods,
  lockAccount,
  planOf,
  planVersion,
  planVersionFor,
  type UsagePeriodRow,
} from './store.ts';
import { invoiceRow } from './sync-account.ts';
import { told } from './told.ts';
import { linesOf } from './view.ts';

/**
 * Closing a month, step by step. Each step finds what it did before and does it once, so the story
 * that calls them can be killed anywhere and begin again.
 */

export interface CloseInput {
  accountId: string;
  period: Period;
}

const scopeOf = (ctx: ServiceContext) => ({ mspId: ctx.mspId, tenantId: null });

async function load(tx: Transaction, ctx: ServiceContext, accountId: string): Promise<AccountRow> {
  const account = await findAccount(tx, { mspId: ctx.mspId, accountId });
  if (account === undefined) throw new AppError('not-found', 'There is no such account.');
  return account;
}

async function step(
  tx: Transaction,
  ctx: ServiceContext,
  account: AccountRow,
  period: Period,
  change: Partial<ClosingRow> & { step: string },
): Promise<void> {
  const now = ctx.clock.now();
  const known = await findClosing(tx, { mspId: ctx.mspId, accountId: account.id }, period);
  await saveClosing(tx, {
    mspId: ctx.mspId,
    accountId: account.id,
    tenantId: account.tenantId,
    period,
    startedAt: now,
    state: known?.state === 'held' ? 'held' : 'closing',
    ...change,
    changedAt: now,
  });
}

/** The last day of a month. */
export function lastDayOf(period: Period): string {
  return dayOf(addMs(periodBounds(period).end, -1));
}

/**
 * @returns false where the month is not over yet by the account's clock, or is final already
 */
export async function beginClose(ctx: ServiceContext, input: CloseInput): Promise<boolean> {
  requirePermission(ctx, 'billing.manage');
  const { accountId, period } = input;
  return await withScope(ctx.db, scopeOf(ctx), async (tx) => {
    const account = await load(tx, ctx, accountId);
    if (accountNow(account, ctx.clock) < periodBounds(period).end) return false;
    const known = await findClosing(tx, { mspId: ctx.mspId, accountId }, period);
    if (known?.state === 'finalised') return false;
    if (known === undefined) await step(tx, ctx, account, period, { step: 'begun' });
    return true;
  });
}

/**
 * A month that is invoiced is closed with Stripe or not at all: a worker that starts without its key
 * would otherwise call it final, and nobody would ever be asked for it.
 */
export function sinkToClose<Sink extends BillingSink>(sink: Sink | null): Sink {
  if (sink !== null) return sink;
  throw new AppError(
    'config.invalid',
    'This worker has no key for Stripe, so the invoice of this month waits. Nothing is lost. Whoever runs Holdfast sets STRIPE_SECRET_KEY and starts the worker again.',
    { retryable: true, retryAfterMs: 60_000 },
  );
}

export type HeldInvoice = 'held' | 'final-already' | 'none';

/** Keeps the month's draft from going out by itself. `none`: nothing is invoiced for this month. */
export async function holdInvoice(
  ctx: ServiceContext,
  input: CloseInput,
  sink: BillingSink | null,
): Promise<HeldInvoice> {
  requirePermission(ctx, 'billing.manage');
  const { accountId, period } = input;
  const account = await withScope(ctx.db, scopeOf(ctx), (tx) => load(tx, ctx, accountId));
  if (account.stripeCustomerId === null || account.stripeSubscriptionId === null) return 'none';
  if (account.startedPeriod === null || account.startedPeriod > period) return 'none';
  const { own: invoice, others } = await told(ctx, account, async () => {
    const stripe = sinkToClose(sink);
    const found = await invoicesOfMonth(stripe, account, period);
    const { own } = found;
    return own?.state === 'draft' && own.advances
      ? { ...found, own: await stripe.holdDraft(own.invoiceId) }
      : found;
  });
  if (invoice === null) return 'none';
  if (invoice === undefined) {
    throw new AppError('conflict', 'Stripe has not made the invoice of this month yet.', {
      retryable: true,
      retryAfterMs: 60_000,
    });
  }
  await withScope(ctx.db, scopeOf(ctx), async (tx) => {
    for (const one of [invoice, ...others]) {
      await saveInvoice(tx, invoiceRow(account, one, ctx.clock.now()));
    }
    await step(tx, ctx, account, period, {
      step: invoice.state === 'draft' ? 'draft-held' : 'final-already',
      invoiceId: invoice.invoiceId,
    });
  });
  return invoice.state === 'draft' ? 'held' : 'final-already';
}

/**
 * Writes the closed month with its hash, and what its meters still have to be told. From here on
 * what is learned of it goes into the next.
 */
export async function sealPeriod(ctx: ServiceContext, input: CloseInput): Promise<void> {
  requirePermission(ctx, 'billing.manage');
  const { accountId, period } = input;
  const key = { mspId: ctx.mspId, accountId };
  await withScope(ctx.db, scopeOf(ctx), async (tx) => {
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
      closedAt: at,
    });
    await lastWord(tx, account, period, month.rating, at);
    await step(tx, ctx, account, period, { step: 'sealed' });
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

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** The meters have to end at what is billed; mostly they are there already. */
async function lastWord(
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

/** What a month comes to with what it carries for the ones before it, and what was added for that. */
async function owed(tx: Transaction, ctx: ServiceContext, account: AccountRow, period: Period) {
  const key = { mspId: ctx.mspId, accountId: account.id };
  const closed = await findPeriod(tx, key, period);
  if (closed === undefined) throw new AppError('conflict', 'This month is not closed yet.');
  const rating = closed.quantities as Rating;
  const { currency } = rating;
  const version = await planVersion(tx, closed.planId, closed.planVersion);
  const booked = await adjustmentsBooked(tx, key, period);
  const adjustments = sumAmounts(
    booked.filter((row) => row.currency === currency).map(({ amount }) => amount),
    currency,
  );
  const carried = await carriedInto(tx, key, period, currency);
  const closing = await findClosing(tx, key, period);
  const elsewhere = await billedElsewhere(tx, key, period, {
    currency,
    invoiceId: closing?.invoiceId ?? null,
  });
  return {
    closed,
    rating,
    currency,
    billed: dimensions.filter((dimension) => version?.terms.prices[dimension] !== undefined),
    minimum: rating.minimum?.amount ?? sumAmounts([], currency),
    adjustments,
    months: [...new Set(booked.map((row) => row.period))].sort(),
    carried,
    elsewhere,
    total: sumAmounts([closed.amount, adjustments, carried, elsewhere], currency),
  };
}

/**
 * What the invoice of the month before lacked, or had too much: it was final before it could be
 * held, as after Holdfast was away for hours on the first of a month. That invoice may itself have
 * had to carry something, and so on: nothing is left behind on the way.
 */
async function carriedInto(
  tx: Transaction,
  key: { mspId: string; accountId: string },
  period: Period,
  currency: string,
): Promise<string> {
  const nothing = sumAmounts([], currency);
  const before = (await listPeriods(tx, key)).filter((row) => row.period < period).at(-1);
  const closing = before && (await findClosing(tx, key, before.period));
  if (before === undefined || closing === undefined) return nothing;
  // A month without an invoice hands on what it could not carry.
  if (closing.invoiceId === null) return await carriedInto(tx, key, before.period, currency);
  const invoice = await findInvoice(tx, key.mspId, closing.invoiceId);
  if (closing.state !== 'finalised' && invoice !== undefined && invoice.status !== 'draft') {
    throw new AppError('conflict', `What the invoice of ${before.period} lacks is not known yet.`, {
      retryable: true,
      retryAfterMs: 60_000,
    });
  }
  if (closing.step !== 'carried') return nothing;
  if (invoice === undefined || invoice.status === 'void' || invoice.currency !== currency) {
    return nothing;
  }
  const booked = await adjustmentsBooked(tx, key, before.period);
  const expected = sumAmounts(
    [
      before.amount,
      ...booked.filter((row) => row.currency === currency).map(({ amount }) => amount),
      await carriedInto(tx, key, before.period, currency),
      await billedElsewhere(tx, key, before.period, { currency, invoiceId: closing.invoiceId }),
    ],
    currency,
  );
  const billed = sumAmounts(
    linesOf(invoice).map(({ amount }) => amount),
    currency,
  );
  return sumAmounts([expected, negative(billed)], currency);
}

function negative(amount: string): string {
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`;
}

const isNothing = (amount: string, currency: string) => parseAmount(amount, currency) === 0n;

export type CloseVerdict = 'agree' | 'waiting' | 'differ';

/** Ledger, meters and draft side by side. Quantities first; money once the other lines are added. */
export async function compareClose(
  ctx: ServiceContext,
  input: CloseInput & { money: boolean },
  sink: BillingSink,
): Promise<CloseVerdict> {
  requirePermission(ctx, 'billing.manage');
  const { accountId, period } = input;
  const { account, closing, due, version, events } = await withScope(
    ctx.db,
    scopeOf(ctx),
    async (tx) => {
      const found = await load(tx, ctx, accountId);
      const due = await owed(tx, ctx, found, period);
      return {
        account: found,
        closing: await findClosing(tx, { mspId: ctx.mspId, accountId }, period),
        due,
        version: await planVersion(tx, due.closed.planId, due.closed.planVersion),
        events: await newestEvents(tx, { mspId: ctx.mspId, accountId }, period),
      };
    },
  );
  if (closing?.invoiceId == null || version === undefined) return 'agree';
  const { meter, invoice } = await told(ctx, account, async () => {
    const catalogue = await sink.ensureCatalogue({ ...version, name: 'Holdfast' });
    return {
      meter: await sink.readSummaries({
        customerId: account.stripeCustomerId!,
        catalogue,
        period,
      }),
      invoice: await sink.readInvoice(closing.invoiceId!),
    };
  });
  const refused = [...events.values()].some(({ state }) => state === 'refused');
  const result = reconcile({
    ledger: quantitiesOf(due.rating),
    meter,
    invoice: quantitiesOn(invoice),
    billed: due.billed,
    // What was sent shows within minutes; as long as it does not, it is waited for.
    underWay: refused
      ? []
      : [...events].filter(([, event]) => isFresh(event, ctx)).map(([dimension]) => dimension),
    ...(input.money
      ? { money: { currency: due.currency, ledger: due.total, invoice: subtotal(invoice) } }
      : {}),
  });
  await withScope(ctx.db, scopeOf(ctx), (tx) =>
    saveInvoice(tx, invoiceRow(account, invoice, ctx.clock.now())),
  );
  await keepReconciliation(ctx, account, period, 'close', result);
  if (result.verdict === 'differ') await hold(ctx, account, period, result.sentence);
  return result.verdict;
}

const settlesMs = 60 * 60_000;

function isFresh(event: { state: string; sentAt: Date | null }, ctx: ServiceContext): boolean {
  if (event.state === 'waiting') return true;
  return ctx.clock.now().getTime() - (event.sentAt?.getTime() ?? 0) < settlesMs;
}

function subtotal(invoice: InvoiceView): string {
  return sumAmounts(
    invoice.lines.map(({ amount }) => amount),
    invoice.currency,
  );
}

async function hold(
  ctx: ServiceContext,
  account: AccountRow,
  period: Period,
  reason: string,
): Promise<void> {
  await withScope(ctx.db, scopeOf(ctx), async (tx) => {
    const known = await findClosing(tx, { mspId: ctx.mspId, accountId: account.id }, period);
    if (known?.state !== 'held') {
      await audit(ctx, tx, {
        tenantId: null,
        action: 'billing.hold',
        entity: 'account',
        entityId: account.id,
        facts: { period, reason },
      });
    }
    await step(tx, ctx, account, period, {
      step: 'held',
      state: 'held',
      reason,
      heldSince: known?.heldSince ?? ctx.clock.now(),
    });
  });
}

/** Gives up for today: the story comes again tomorrow, or when somebody asks for it. */
export async function holdClose(
  ctx: ServiceContext,
  input: CloseInput & { reason: string },
): Promise<void> {
  requirePermission(ctx, 'billing.manage');
  const account = await withScope(ctx.db, scopeOf(ctx), (tx) => load(tx, ctx, input.accountId));
  await hold(ctx, account, input.period, input.reason);
}

/** The lines that no meter makes: the top-up to the minimum, and what earlier months lacked. */
export async function addCloseItems(
  ctx: ServiceContext,
  input: CloseInput,
  sink: BillingSink,
): Promise<void> {
  requirePermission(ctx, 'billing.manage');
  const { accountId, period } = input;
  const { account, closing, due } = await withScope(ctx.db, scopeOf(ctx), async (tx) => {
    const found = await load(tx, ctx, accountId);
    return {
      account: found,
      closing: await findClosing(tx, { mspId: ctx.mspId, accountId }, period),
      due: await owed(tx, ctx, found, period),
    };
  });
  const invoiceId = closing?.invoiceId;
  if (invoiceId == null) return;
  const items = [
    {
      key: itemKeys.minimum(accountId, period),
      amount: due.minimum,
      description: `Up to the minimum of ${due.rating.minimum?.of ?? ''} ${due.currency.toUpperCase()}`,
    },
    {
      key: itemKeys.adjustments(accountId, period),
      amount: due.adjustments,
      description: `Corrections of ${due.months.join(', ')}`,
    },
    {
      key: itemKeys.carried(accountId, period),
      amount: due.carried,
      description: 'What the invoice before lacked or had too much',
    },
    {
      key: itemKeys.elsewhere(accountId, period),
      amount: due.elsewhere,
      description: 'Invoiced already, with another subscription of this month',
    },
  ].filter(({ amount }) => !isNothing(amount, due.currency));
  for (const item of items) {
    await told(ctx, account, () =>
      sink.addItem({
        ...item,
        customerId: account.stripeCustomerId!,
        invoiceId,
        currency: due.currency,
        metadata: { account_id: accountId, period },
      }),
    );
  }
  await withScope(ctx.db, scopeOf(ctx), (tx) =>
    step(tx, ctx, account, period, { step: 'items-added' }),
  );
}

/**
 * Everything agrees: the invoice goes out, with the hash of the month that it was made of.
 * @param input.early Stripe made it final before it could be held: what it lacks goes on the next
 */
export async function finaliseClose(
  ctx: ServiceContext,
  input: CloseInput & { early: boolean },
  sink: BillingSink | null,
): Promise<void> {
  requirePermission(ctx, 'billing.manage');
  const { accountId, period, early } = input;
  const key = { mspId: ctx.mspId, accountId };
  const { account, closing, closed } = await withScope(ctx.db, scopeOf(ctx), async (tx) => ({
    account: await load(tx, ctx, accountId),
    closing: await findClosing(tx, key, period),
    closed: await findPeriod(tx, key, period),
  }));
  if (closing?.state === 'finalised' || closed === undefined) return;
  const invoiceId = closing?.invoiceId ?? null;
  if (invoiceId === null && (await isLeftOut(ctx, account, period))) {
    await hold(ctx, account, period, leftOut);
    return;
  }
  let final: InvoiceView | null = null;
  if (invoiceId !== null) {
    final = await told(ctx, account, async () => {
      const stripe = sinkToClose(sink);
      const known = await stripe.readInvoice(invoiceId);
      if (known.state !== 'draft') return known;
      await stripe.annotate(invoiceId, { period, ledger_hash: hex(closed.hash) });
      return await stripe.finalise(invoiceId);
    });
  }
  const lacking = await withScope(ctx.db, scopeOf(ctx), async (tx) => {
    if (final !== null) await saveInvoice(tx, invoiceRow(account, final, ctx.clock.now()));
    const due = await owed(tx, ctx, account, period);
    const lacks = early && final !== null && !sameMoney(due.total, subtotal(final), due.currency);
    // Without a subscription there is no next invoice to carry it.
    if (lacks && account.state === 'ended') return true;
    await step(tx, ctx, account, period, {
      step: lacks ? 'carried' : 'finalised',
      state: 'finalised',
      reason: lacks
        ? 'The invoice was final before Holdfast could compare it. The difference is on the next one.'
        : null,
      heldSince: null,
      finalisedAt: ctx.clock.now(),
    });
    await audit(ctx, tx, {
      tenantId: null,
      action: 'billing.finalise',
      entity: 'account',
      entityId: accountId,
      facts: { period, invoice: invoiceId, amount: closed.amount },
    });
    return false;
  });
  if (lacking) await hold(ctx, account, period, leftOut);
}

const leftOut =
  'The subscription ended, so no invoice bills all of this month. The ledger has it, and nothing is charged. Subscribe again, or invoice it by hand.';

/** Whether a month of a subscribed account counts something that is on no invoice. */
async function isLeftOut(
  ctx: ServiceContext,
  account: AccountRow,
  period: Period,
): Promise<boolean> {
  if (account.stripeSubscriptionId === null) return false;
  if (account.startedPeriod === null || account.startedPeriod > period) return false;
  return await withScope(ctx.db, scopeOf(ctx), async (tx) => {
    const due = await owed(tx, ctx, account, period);
    // A minimum tops up what is subscribed to, and nothing else.
    const used = sumAmounts([due.total, negative(due.minimum)], due.currency);
    return !isNothing(used, due.currency);
  });
}

function sameMoney(a: string, b: string, currency: string): boolean {
  return parseAmount(a, currency) === parseAmount(b, currency);
}

/** Months of an account that are over and not final, oldest first. */
export async function monthsToClose(
  ctx: ServiceContext,
  input: { accountId: string },
): Promise<Period[]> {
  requirePermission(ctx, 'billing.manage');
  return await withScope(ctx.db, scopeOf(ctx), async (tx) => {
    const account = await load(tx, ctx, input.accountId);
    const now = accountNow(account, ctx.clock);
    const through = account.observedThrough;
    const first = firstMonth(account);
    if (first === null || through === null) return [];
    const due: Period[] = [];
    const key = { mspId: ctx.mspId, accountId: account.id };
    for (let month = first; periodBounds(month).end <= now; month = nextPeriod(month)) {
      if (account.endedPeriod !== null && month >= account.endedPeriod) break;
      const known = await findClosing(tx, key, month);
      if (known?.state !== 'finalised') due.push(month);
      if (due.length >= 24) break;
    }
    return due;
  });
}

/** The month in which an account begins; on a test clock, the one it subscribed in. */
function firstMonth(account: AccountRow): Period | null {
  const begun = account.startedPeriod;
  if (account.tenantId !== null) return account.stripeSubscriptionId === null ? null : begun;
  if (account.testClockId !== null) return begun;
  const ledger = periodOf(dayOf(account.createdAt));
  return begun !== null && begun < ledger ? begun : ledger;
}
