import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { daysOf, momentsOf } from '#app/(portal)/search/parts/days.ts';

describe('days of a search', () => {
  const days = { from: '2026-03-28', until: '2026-03-29' };

  it('are those of the clock of whoever looks, also where one has 23 hours', () => {
    assert.deepEqual(momentsOf(days, 'Europe/Berlin'), {
      from: '2026-03-27T23:00:00.000Z',
      until: '2026-03-29T22:00:00.000Z',
    });
    assert.deepEqual(momentsOf(days, 'UTC').until, '2026-03-30T00:00:00.000Z');
    assert.deepEqual(momentsOf({ from: undefined, until: undefined }, 'UTC'), {
      from: undefined,
      until: undefined,
    });
  });

  it('stand in the form as they were typed', () => {
    for (const zone of ['Europe/Berlin', 'Pacific/Auckland', 'America/Los_Angeles', 'UTC']) {
      const kept = momentsOf(days, zone) as { from: string; until: string };
      assert.deepEqual(daysOf(kept, zone), days, zone);
    }
    assert.deepEqual(daysOf({ from: '2026-03-28' }, 'UTC').from, '2026-03-28');
  });

  it('that are none are refused', () => {
    for (const from of ['2026-02-30', 'tomorrow', '2026-3-1']) {
      assert.throws(() => momentsOf({ from, until: undefined }, 'UTC'), { code: 'input.invalid' });
    }
  });
});
