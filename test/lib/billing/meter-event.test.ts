import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dayAt, daysIn } from '#lib/billing/days.ts';
import { firstBillableDay, meterEvent, pushWindow } from '#lib/billing/meter-event.ts';
import { dimensions } from '#lib/billing/plan.ts';

describe('what is pushed to a meter', () => {
  it('is the same whenever it is made again', () => {
    const input = {
      accountId: 'account',
      dimension: 'protected-mailboxes',
      day: '2026-11-14',
      revision: 2,
      value: 118,
    } as const;
    assert.deepEqual(meterEvent(input), meterEvent({ ...input }));
    const event = meterEvent(input);
    assert.equal(event.timestamp.toISOString(), '2026-11-14T12:00:02.000Z');
    assert.equal(event.period, '2026-11');
  });

  it('has identifiers that are all different and short enough, and moments that only go forward', () => {
    const identifiers = new Set<string>();
    let made = 0;
    for (const accountId of ['one', 'two', 'one|2']) {
      for (const dimension of dimensions) {
        let before = 0;
        for (const period of ['2026-11', '2026-12', '2027-01']) {
          for (let index = 0; index < daysIn(period); index++) {
            for (const revision of [0, 1, 2, 43_199]) {
              const day = dayAt(period, index);
              const event = meterEvent({ accountId, dimension, day, revision, value: 1 });
              assert.ok(event.identifier.length <= 100);
              assert.ok(event.timestamp.getTime() > before);
              assert.equal(event.timestamp.toISOString().slice(0, 10), day);
              before = event.timestamp.getTime();
              identifiers.add(event.identifier);
              made++;
            }
          }
        }
      }
    }
    assert.equal(identifiers.size, made);
  });

  it('refuses values that a meter does not take', () => {
    for (const value of [-1, 1.5, Number.NaN, 1e15]) {
      assert.throws(() =>
        meterEvent({
          accountId: 'a',
          dimension: 'stored-gib',
          day: '2026-11-01',
          revision: 0,
          value,
        }),
      );
    }
  });

  it('knows when Stripe would no longer take it, or not yet', () => {
    const { timestamp } = meterEvent({
      accountId: 'a',
      dimension: 'stored-gib',
      day: '2026-11-01',
      revision: 0,
      value: 1,
    });
    assert.equal(pushWindow(timestamp, new Date('2026-11-02T02:00:00Z')), 'open');
    assert.equal(pushWindow(timestamp, new Date('2026-12-06T10:00:00Z')), 'open');
    assert.equal(pushWindow(timestamp, new Date('2026-12-06T11:30:00Z')), 'too-old');
    assert.equal(pushWindow(timestamp, new Date('2026-11-01T11:00:00Z')), 'too-early');
  });

  it('bills from the first whole day of a subscription', () => {
    assert.equal(firstBillableDay(new Date('2026-11-01T00:00:00Z')), '2026-11-01');
    assert.equal(firstBillableDay(new Date('2026-11-01T00:00:01Z')), '2026-11-02');
    assert.equal(firstBillableDay(new Date('2026-11-30T23:59:59Z')), '2026-12-01');
  });
});
