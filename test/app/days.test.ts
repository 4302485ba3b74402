import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dayOf, daySpan, yesterday } from '#app/_ui/days.ts';
import { filterOf, whenOf } from '#app/my/parts/when.ts';

describe('a day as the clock on the wall shows it', () => {
  it('runs from midnight to midnight of its zone', () => {
    const span = daySpan('2026-11-22', 'Europe/Vienna')!;
    assert.equal(span.from.toISOString(), '2026-11-21T23:00:00.000Z');
    assert.equal(span.until.toISOString(), '2026-11-22T23:00:00.000Z');
  });

  it('has 23 or 25 hours when the clocks change', () => {
    const hours = (day: string, zone: string) => {
      const { from, until } = daySpan(day, zone)!;
      return (until.getTime() - from.getTime()) / 3_600_000;
    };
    assert.equal(hours('2026-03-29', 'Europe/Vienna'), 23);
    assert.equal(hours('2026-10-25', 'Europe/Vienna'), 25);
    assert.equal(hours('2026-10-25', 'Pacific/Kiritimati'), 24);
  });

  it('is none where nobody has such a day', () => {
    for (const day of ['', '2026-02-30', '2026-13-01', 'yesterday', "2026-11-22' or 1=1"]) {
      assert.equal(daySpan(day, 'UTC'), null, day);
    }
  });

  it('yesterday is another day beside the date line', () => {
    const now = new Date('2026-11-22T11:00:00Z');
    assert.equal(yesterday(now, 'Pacific/Kiritimati'), '2026-11-22');
    assert.equal(yesterday(now, 'Pacific/Honolulu'), '2026-11-21');
    assert.equal(dayOf(now, 'UTC'), '2026-11-22');
  });
});

describe('when a message was lost', () => {
  const now = new Date('2026-11-22T11:00:00Z');
  const zone = 'Europe/Vienna';

  it('is read back from a kept search as it was asked', () => {
    for (const when of [
      { kind: 'any' },
      { kind: 'week' },
      { kind: 'yesterday' },
      { kind: 'day', day: '2026-11-17', which: 'removed' },
      { kind: 'day', day: '2026-11-17', which: 'came' },
    ] as const) {
      assert.deepEqual(whenOf(filterOf(when, now, zone)!, now, zone), when);
    }
  });
});
