import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { adjust, applied, billedLines } from '#lib/billing/adjust.ts';
import { dayAt, daysIn, nextDay, type Period } from '#lib/billing/days.ts';
import { parseAmount } from '#lib/billing/money.ts';
import {
  countDays,
  type DayCounts,
  freeReasons,
  type MailboxDay,
  type StorageDay,
} from '#lib/billing/observation.ts';
import { aggregations, dimensions, type PlanTerms } from '#lib/billing/plan.ts';
import { quantitiesOf, type Rating, rate } from '#lib/billing/rate.ts';
import { parseTerms } from '#lib/billing/terms.ts';

const seed = 20_261;
const runs = { seed, numRuns: 150 };

const periods: Period[] = ['2026-11', '2026-12', '2026-02', '2024-02', '2100-02', '2028-02'];
const period = fc.constantFrom(...periods);
const tenant = fc.constantFrom('ant', 'bee', 'cat', 'dog');

const money = fc
  .tuple(fc.nat(30), fc.nat(99_999))
  .map(([whole, fraction]) => `${whole}.${String(fraction).padStart(5, '0')}`);
const price = fc
  .record({
    mode: fc.constantFrom('graduated' as const, 'volume' as const),
    steps: fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), money, fc.nat(20)), {
      minLength: 1,
      maxLength: 4,
    }),
  })
  .map(({ mode, steps }) => {
    let upTo = 0;
    return {
      mode,
      tiers: steps.map(([width, unitPrice, flat], index) => {
        upTo += width;
        return {
          upTo: index === steps.length - 1 ? null : upTo,
          unitPrice,
          flat: String(flat),
        };
      }),
    };
  });
const terms: fc.Arbitrary<PlanTerms> = fc.record({
  currency: fc.constantFrom('usd', 'jpy', 'kwd'),
  aggregation: fc.constantFrom(...aggregations),
  prices: fc
    .record({ 'protected-mailboxes': price, 'sealed-mailboxes': price, 'stored-gib': price })
    .map((prices) => prices),
  includedGibPerMailbox: fc.nat(3),
  minimum: fc.option(fc.nat(200).map(String)),
  trialDays: fc.constantFrom(0, 14),
  billed: fc.subarray(['shared-unlicensed', 'room', 'equipment'] as const),
});

const standing = fc.oneof(
  fc.constant({ state: 'protected' as const, reason: null }),
  fc.constant({ state: 'sealed' as const, reason: null }),
  fc.constantFrom(...freeReasons).map((reason) => ({ state: 'free' as const, reason })),
);

/** A month of raw observations: versions, duplicates and gaps in them. */
const month = period.chain((name) => {
  const day = fc.nat(daysIn(name) - 1).map((index) => dayAt(name, index));
  return fc.record({
    period: fc.constant(name),
    mailboxes: fc.array(
      fc
        .record({
          tenantId: tenant,
          subject: fc.constantFrom('m1', 'm2', 'm3', 'm4', 'm5', 'm6'),
          day,
          version: fc.integer({ min: 1, max: 3 }),
          standing,
        })
        .map(({ standing: what, ...row }): MailboxDay => ({ ...row, ...what })),
      { maxLength: 120 },
    ),
    storage: fc.array(
      fc.record({
        tenantId: tenant,
        day,
        physicalBytes: fc.nat(40).map((gib) => gib * 2 ** 30 + 7),
        logicalBytes: fc.nat(1000),
        trial: fc.boolean(),
        version: fc.integer({ min: 1, max: 3 }),
      }) satisfies fc.Arbitrary<StorageDay>,
      { maxLength: 60 },
    ),
  });
});

function shuffled<T>(rows: readonly T[], order: number): T[] {
  return rows
    .map((row, index) => ({ row, key: Math.sin((index + 1) * (order + 1)) }))
    .sort((a, b) => a.key - b.key)
    .map(({ row }) => row);
}

function unitDaysOf(rating: Rating): bigint[] {
  return rating.lines.map((line) => BigInt(line.unitDays));
}

describe('what holds for every month and every plan', () => {
  it('the order of observations, repeats and replays change nothing', () => {
    fc.assert(
      fc.property(month, terms, fc.nat(1000), (data, plan, order) => {
        const once = rate(countDays(data), plan, data.period);
        const mixed = {
          mailboxes: shuffled([...data.mailboxes, ...data.mailboxes.slice(0, 40)], order),
          storage: shuffled([...data.storage, ...data.storage], order),
        };
        const counts = shuffled(countDays(mixed), order + 7);
        assert.deepEqual(rate(counts, plan, data.period), once);
        assert.deepEqual(rate(countDays(data), plan, data.period), once);
      }),
      runs,
    );
  });

  it('the latest version of an observation is the one that counts', () => {
    fc.assert(
      fc.property(month, terms, (data, plan) => {
        const newest = new Map<string, MailboxDay>();
        for (const row of data.mailboxes) {
          const key = `${row.tenantId}|${row.subject}|${row.day}`;
          const known = newest.get(key);
          if (known === undefined || row.version > known.version) newest.set(key, row);
        }
        // Only where no version says two things, which the higher state decides.
        const clear = data.mailboxes.every((row) => {
          const known = newest.get(`${row.tenantId}|${row.subject}|${row.day}`)!;
          return row.version !== known.version || row === known;
        });
        fc.pre(clear);
        const kept = { mailboxes: [...newest.values()], storage: data.storage };
        assert.deepEqual(
          rate(countDays(kept), plan, data.period),
          rate(countDays(data), plan, data.period),
        );
      }),
      runs,
    );
  });

  it('a customer’s day in parts is the same as in one', () => {
    fc.assert(
      fc.property(month, terms, (data, plan) => {
        const whole = countDays(data);
        const parts = whole.flatMap((row): DayCounts[] => {
          const half = (value: number) => Math.floor(value / 2);
          const one: DayCounts = {
            ...row,
            protected: half(row.protected),
            sealed: half(row.sealed),
            free: Object.fromEntries(
              Object.entries(row.free).map(([reason, value]) => [reason, half(value)]),
            ),
            physicalBytes: half(row.physicalBytes),
          };
          const other: DayCounts = {
            ...row,
            protected: row.protected - one.protected,
            sealed: row.sealed - one.sealed,
            free: Object.fromEntries(
              Object.entries(row.free).map(([reason, value]) => [reason, value - half(value)]),
            ),
            physicalBytes: row.physicalBytes - one.physicalBytes,
          };
          return [one, other];
        });
        assert.deepEqual(rate(parts, plan, data.period), rate(whole, plan, data.period));
      }),
      runs,
    );
  });

  it('the days before and after any day sum to the month', () => {
    fc.assert(
      fc.property(month, terms, fc.nat(27), (data, plan, index) => {
        const counts = countDays(data);
        const cut = dayAt(data.period, index);
        const before = rate(counts, plan, data.period, { through: cut });
        const after = rate(counts, plan, data.period, { from: nextDay(cut) });
        const whole = unitDaysOf(rate(counts, plan, data.period));
        assert.deepEqual(
          unitDaysOf(before).map((days, line) => days + unitDaysOf(after)[line]!),
          whole,
        );
      }),
      runs,
    );
  });

  it('customers’ shares sum to their line, to the unit and to the cent', () => {
    fc.assert(
      fc.property(month, terms, (data, plan) => {
        const rating = rate(countDays(data), plan, data.period);
        const read = (text: string) => parseAmount(text, plan.currency);
        let total = read(rating.minimum?.amount ?? '0');
        for (const line of rating.lines) {
          total += read(line.amount);
          const steps = line.steps.reduce((all, step) => all + read(step.amount), 0n);
          assert.equal(steps, read(line.amount));
          if (line.shares.length === 0) continue;
          const units = line.shares.reduce((all, share) => all + share.quantity, 0);
          const days = line.shares.reduce((all, share) => all + BigInt(share.unitDays), 0n);
          const amount = line.shares.reduce((all, share) => all + read(share.amount), 0n);
          assert.deepEqual(
            [units, days, amount],
            [line.quantity, BigInt(line.unitDays), read(line.amount)],
          );
        }
        assert.equal(total, read(rating.total));
        if (rating.minimum !== null && rating.minimum.shares.length > 0) {
          const parts = rating.minimum.shares.reduce((all, share) => all + read(share.amount), 0n);
          assert.equal(parts, read(rating.minimum.amount));
        }
      }),
      runs,
    );
  });

  it('a mailbox that is there every day counts once, whatever the length of the month', () => {
    for (const name of periods) {
      for (const aggregation of aggregations) {
        const counts = Array.from({ length: daysIn(name) }, (_, index) => ({
          tenantId: 'ant',
          day: dayAt(name, index),
          protected: 1,
          sealed: 1,
          free: {},
          physicalBytes: 2 ** 30,
          logicalBytes: 0,
          trial: false,
        }));
        const plan: PlanTerms = {
          currency: 'usd',
          aggregation,
          prices: {},
          includedGibPerMailbox: 0,
          minimum: null,
          trialDays: 0,
          billed: [],
        };
        assert.deepEqual(Object.values(quantitiesOf(rate(counts, plan, name))), [1, 1, 1]);
      }
    }
  });

  it('what accrued by the last day is the month’s quantity', () => {
    fc.assert(
      fc.property(month, terms, (data, plan) => {
        const counts = countDays(data);
        const last = dayAt(data.period, daysIn(data.period) - 1);
        assert.deepEqual(
          rate(counts, plan, data.period, { through: last }),
          rate(counts, plan, data.period),
        );
      }),
      runs,
    );
  });

  it('what accrues of mailboxes never falls, but at a plan that bills the last day', () => {
    fc.assert(
      fc.property(month, terms, (data, plan) => {
        fc.pre(plan.aggregation !== 'period-end');
        const counts = countDays(data);
        let before = 0;
        for (let index = 0; index < daysIn(data.period); index++) {
          const through = dayAt(data.period, index);
          const now = quantitiesOf(rate(counts, plan, data.period, { through }));
          assert.ok(now['protected-mailboxes'] >= before);
          before = now['protected-mailboxes'];
        }
      }),
      { seed, numRuns: 40 },
    );
  });

  it('what was billed and its adjustment are what it comes to now', () => {
    fc.assert(
      fc.property(month, month, terms, (data, other, plan) => {
        const billed = billedLines(rate(countDays(data), plan, data.period));
        const late = {
          mailboxes: [
            ...data.mailboxes,
            ...other.mailboxes
              .filter((row) => Number(row.day.slice(8)) <= daysIn(data.period))
              .map((row) => ({ ...row, day: data.period + row.day.slice(7), version: 9 })),
          ],
          storage: data.storage,
        };
        const now = billedLines(rate(countDays(late), plan, data.period));
        const adjustments = adjust(data.period, plan.currency, billed, now);
        assert.deepEqual(
          adjust(data.period, plan.currency, applied(plan.currency, billed, adjustments), now),
          [],
        );
        assert.deepEqual(adjust(data.period, plan.currency, now, now), []);
        const sum = (lines: typeof now) =>
          lines.reduce((all, line) => all + parseAmount(line.amount, plan.currency), 0n);
        const change = adjustments.reduce(
          (all, line) => all + parseAmount(line.amount, plan.currency),
          0n,
        );
        assert.equal(sum(billed) + change, sum(now));
      }),
      runs,
    );
  });

  it('terms that are read again are the same terms', () => {
    fc.assert(
      fc.property(terms, (plan) => {
        // Prices of dinars are coarser than these.
        const currency = plan.currency === 'kwd' ? 'eur' : plan.currency;
        const written = JSON.parse(JSON.stringify({ ...plan, currency }));
        assert.deepEqual(parseTerms(written), written);
      }),
      runs,
    );
  });

  it('every dimension is there once and in order', () => {
    fc.assert(
      fc.property(month, terms, (data, plan) => {
        const rating = rate(countDays(data), plan, data.period);
        assert.deepEqual(
          rating.lines.map((line) => line.dimension),
          [...dimensions],
        );
      }),
      { seed, numRuns: 20 },
    );
  });
});
