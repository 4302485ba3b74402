import assert from 'node:assert/strict';
import {
  type Adjustment,
  adjust,
  adjustmentTotal,
  applied,
  type BilledLine,
  billedLines,
} from '#lib/billing/adjust.ts';
import {
  dayHash,
  type HashedDay,
  inputHash,
  type PeriodSeal,
  periodHash,
  verifyChain,
} from '#lib/billing/chain.ts';
import {
  type Day,
  dayStart,
  daysIn,
  nextDay,
  nextPeriod,
  type Period,
  periodOf,
} from '#lib/billing/days.ts';
import { type MeterEvent, meterEvent, pushWindow } from '#lib/billing/meter-event.ts';
import { formatAmount, parseAmount } from '#lib/billing/money.ts';
import { type DayCounts, type MailboxDay, supersedes } from '#lib/billing/observation.ts';
import { type Dimension, dimensions, type PlanTerms } from '#lib/billing/plan.ts';
import { quantitiesOf, rate } from '#lib/billing/rate.ts';
import { reconcile } from '#lib/billing/reconcile.ts';
import { ModelStripe } from './model-stripe.ts';
import { World, type WorldCustomer, type WorldOptions } from './world.ts';

/** Terms by period: a new version starts with a month. */
export type PlanOf = (period: Period) => { version: number; terms: PlanTerms };

interface Account {
  id: string;
  customers: WorldCustomer[];
  plan: PlanOf;
  stripe: ModelStripe;
  /** The newest version of each customer-day, by period. */
  days: Map<Period, Map<string, DayCounts>>;
  hashes: Map<Period, Map<string, HashedDay>>;
  newestDay: Day | null;
  revision: number;
  outbox: MeterEvent[];
  lastPushed: Map<Dimension, MeterEvent>;
  closed: (PeriodSeal & { hash: string })[];
  billed: Map<Period, BilledLine[]>;
  /** Adjustments that wait for the next close. */
  waiting: Adjustment[];
}

export interface TwoYears {
  months: number;
  /** Observations of a mailbox on a day, repeats and later versions included. */
  observations: number;
  pushes: number;
  adjustments: number;
  catchUps: number;
  heldAtFirst: number;
  total: string;
}

/**
 * Runs the whole of billing on the pure engine, day by day, as the workflows do, and lets happen what
 * happens: the job runs twice, dies half way, is down for days or finds the clock gone back; answers
 * of pushes get lost and pushes come twice and late; facts come to light after their month was closed.
 * @throws AssertionError the first time ledger, meters and invoice are not alike at a close
 */
export function runTwoYears(options: WorldOptions, plans: PlanOf[], keepRows: boolean): TwoYears {
  const world = new World(options);
  const accounts = plans.map((plan, index): Account => {
    const currency = plan(options.start).terms.currency;
    return {
      id: `account-${index}`,
      // The first plan is wholesale; each other one bills a customer directly.
      customers: world.customers.filter((_, number) =>
        index === 0 ? number >= plans.length - 1 : number === index - 1,
      ),
      plan,
      stripe: new ModelStripe(currency),
      days: new Map(),
      hashes: new Map(),
      newestDay: null,
      revision: 0,
      outbox: [],
      lastPushed: new Map(),
      closed: [],
      billed: new Map(),
      waiting: [],
    };
  });
  const tally = { observations: 0, pushes: 0, adjustments: 0, catchUps: 0, heldAtFirst: 0 };
  const rows = new Map<string, Map<string, MailboxDay>>();

  let next = 0;
  while (next < world.days) {
    // Now and then nothing runs for days; then all of them are caught up with, in order.
    const leap = world.chance(50, next) < 0.02 ? 2 + Math.floor(world.chance(51, next) * 9) : 1;
    const last = Math.min(world.days - 1, next + leap - 1);
    const now = new Date(dayStart(world.day(last)).getTime() + 26 * 3_600_000);
    if (last > next) tally.catchUps++;
    // The clock went back: days that were seen already are asked for again.
    const from = world.chance(52, next) < 0.03 ? Math.max(0, next - 2) : next;
    for (let index = from; index <= last; index++) {
      for (const account of accounts) {
        observeDay(account, index, world.chance(53, index) < 0.2);
        if (world.chance(54, index) < 0.1) observeDay(account, index, false);
        hearNews(account, index);
        push(account, index, now);
        const day = world.day(index);
        const period = periodOf(day);
        if (periodOf(nextDay(day)) !== period && account.closed.at(-1)?.period !== period) {
          close(account, period, now);
        }
      }
    }
    next = last + 1;
  }

  let total = 0n;
  for (const account of accounts) {
    assert.equal(account.closed.length, options.months);
    assert.deepEqual(verifyChain(account.closed, nextPeriod), []);
    const { currency } = account.stripe;
    // Whatever came to light when: all that was billed, and what waits, is what it really comes to.
    let truth = 0n;
    let billed = 0n;
    for (const [period, invoice] of account.stripe.invoices) {
      truth += parseAmount(rateOf(account, period).total, currency);
      billed += parseAmount(invoice.total, currency);
    }
    billed += parseAmount(adjustmentTotal(currency, account.waiting), currency);
    assert.equal(billed, truth);
    total += billed;
  }
  return {
    months: options.months,
    ...tally,
    total: formatAmount(total, accounts[0]!.stripe.currency),
  };

  function rateOf(account: Account, period: Period) {
    return rate(
      (account.days.get(period) ?? new Map()).values(),
      account.plan(period).terms,
      period,
    );
  }

  /** Writes a customer's day; a day that says the same writes nothing. */
  function record(
    account: Account,
    customer: WorldCustomer,
    index: number,
    late: boolean,
  ): boolean {
    const day = world.day(index);
    const period = periodOf(day);
    const counts = world.counts(customer, index, late);
    tally.observations += customer.mailboxes.length;
    const key = `${customer.tenantId}|${day}`;
    if (keepRows) {
      const known = rows.get(key) ?? new Map<string, MailboxDay>();
      const version = 1 + [...known.values()].reduce((top, row) => Math.max(top, row.version), 0);
      for (const row of world.rows(customer, index, late, version)) {
        const before = known.get(row.subject);
        if (before === undefined || supersedes(row, before)) known.set(row.subject, row);
      }
      rows.set(key, known);
    }
    const days = account.days.get(period) ?? new Map<string, DayCounts>();
    account.days.set(period, days);
    const before = days.get(key);
    if (before !== undefined && JSON.stringify(before) === JSON.stringify(counts)) return false;
    days.set(key, counts);
    const hashes = account.hashes.get(period) ?? new Map<string, HashedDay>();
    account.hashes.set(period, hashes);
    hashes.set(key, {
      tenantId: customer.tenantId,
      day,
      hash: keepRows ? dayHash(rows.get(key)!.values()) : JSON.stringify(counts),
      physicalBytes: counts.physicalBytes,
      trial: counts.trial,
    });
    return true;
  }

  function observeDay(account: Account, index: number, dies: boolean): void {
    const day = world.day(index);
    if (account.newestDay !== null && day <= account.newestDay) {
      // Seen already: what is known by now was heard as news, and the job has nothing to write.
      return;
    }
    const half = Math.floor(account.customers.length / 2);
    // The job dies half way and begins again: customers that are done say the same.
    for (const customer of dies ? account.customers.slice(0, half) : []) {
      record(account, customer, index, false);
    }
    for (const customer of account.customers) record(account, customer, index, false);
    account.newestDay = day;
    account.revision = 0;
    accrue(account, periodOf(day));
  }

  function hearNews(account: Account, index: number): void {
    for (const news of world.newsOn(index)) {
      const customer = account.customers.find(({ tenantId }) => tenantId === news.tenantId);
      if (customer === undefined || news.day > account.newestDay!) continue;
      const period = periodOf(news.day);
      if (!record(account, customer, world.indexOf(news.day), true)) continue;
      if (account.billed.has(period)) {
        const { currency } = account.stripe;
        const before = account.billed.get(period)!;
        const now = billedLines(rateOf(account, period));
        const adjustments = adjust(period, currency, before, now);
        account.billed.set(period, applied(currency, before, adjustments));
        account.waiting.push(...adjustments);
        tally.adjustments += adjustments.length;
      } else if (period === periodOf(account.newestDay!)) {
        account.revision++;
        accrue(account, period);
      }
    }
  }

  /** Puts what has accrued into the outbox; an older value that still waits is of no use any more. */
  function accrue(account: Account, period: Period): void {
    const quantities = quantitiesOf(rateOf(account, period));
    for (const dimension of dimensions) {
      const event = meterEvent({
        accountId: account.id,
        dimension,
        day: account.newestDay!,
        revision: account.revision,
        value: quantities[dimension],
      });
      account.outbox = account.outbox.filter(
        (waiting) => waiting.dimension !== dimension || waiting.period !== event.period,
      );
      account.outbox.push(event);
    }
  }

  function push(account: Account, index: number, now: Date): void {
    const order = world.chance(55, index) < 0.5 ? account.outbox : account.outbox.toReversed();
    const left: MeterEvent[] = [];
    for (const [place, event] of order.entries()) {
      const at = (what: number) => world.chance(what, index, place);
      assert.equal(pushWindow(event.timestamp, now), 'open');
      if (at(56) < 0.1) {
        left.push(event);
        continue;
      }
      account.stripe.push(event, now);
      tally.pushes++;
      // The answer got lost: it is sent again, perhaps so late that nobody knows it any more.
      if (at(57) < 0.1) account.stripe.push(event, now);
      const before = account.lastPushed.get(event.dimension);
      if (before !== undefined && at(58) < 0.05) {
        account.stripe.push(before, new Date(now.getTime() + 86_400_000 * 1.5));
      }
      account.lastPushed.set(event.dimension, event);
    }
    account.outbox = left;
  }

  function close(account: Account, period: Period, now: Date): void {
    const { version, terms } = account.plan(period);
    const { stripe } = account;
    const rating = rateOf(account, period);
    const quantities = quantitiesOf(rating);
    const compare = (total: string | null) =>
      reconcile({
        ledger: quantities,
        meter: Object.fromEntries(
          dimensions.map((dimension) => [dimension, stripe.meter(period, dimension)]),
        ) as Record<Dimension, number | null>,
        invoice: stripe.draft(period, terms).quantities,
        billed: dimensions,
        underWay: account.outbox.map((event) => event.dimension),
        currency: { ledger: terms.currency, invoice: stripe.currency },
        ...(total === null
          ? {}
          : { money: { ledger: total, invoice: stripe.draft(period, terms).total } }),
      });
    if (compare(null).verdict !== 'agree') {
      // Held until the last pushes have arrived; a push that was lost is sent again.
      tally.heldAtFirst++;
      for (const event of account.outbox) stripe.push(event, now);
      account.outbox = [];
    }
    const first = compare(null);
    assert.equal(first.verdict, 'agree', `${account.id} ${period}: ${first.sentence}`);

    const topUp = rating.minimum?.amount ?? '0';
    let expected = parseAmount(rating.total, stripe.currency);
    for (let twice = 0; twice < 2; twice++) {
      stripe.addItem(period, `${account.id}|${period}|minimum`, topUp, terms);
      for (const [number, { amount }] of account.waiting.entries()) {
        stripe.addItem(period, `${account.id}|${period}|adjustment|${number}`, amount, terms);
      }
    }
    expected += parseAmount(adjustmentTotal(stripe.currency, account.waiting), stripe.currency);
    const second = compare(formatAmount(expected, stripe.currency));
    assert.equal(second.verdict, 'agree', `${account.id} ${period}: ${second.sentence}`);
    stripe.finalise(period, terms);
    account.waiting = [];
    account.billed.set(period, billedLines(rating));

    const days = account.hashes.get(period) ?? new Map<string, HashedDay>();
    assert.equal(days.size, account.customers.length * daysIn(period));
    const seal: PeriodSeal = {
      prev: account.closed.at(-1)?.hash ?? null,
      accountId: account.id,
      period,
      planId: account.id,
      planVersion: version,
      inputHash: inputHash(days.values()),
      quantities,
      amount: rating.total,
    };
    account.closed.push({ ...seal, hash: periodHash(seal) });
  }
}
