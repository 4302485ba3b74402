import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EndedRun } from '#lib/services/coverage/history.ts';
import { foldRecovery } from '#lib/services/coverage/recovery.ts';

const hour = 3_600_000;
const run = (endedAt: string, state: EndedRun['state'] = 'done'): EndedRun => ({
  state,
  endedAt: new Date(endedAt),
  ...{ enumerated: 0, stored: 0, reused: 0, removed: 0, skipped: 0, failed: 0 },
});
const span = {
  from: new Date('2026-11-20T00:00:00Z'),
  now: new Date('2026-11-22T00:00:00Z'),
  everyMinutes: 360,
  target: 9 * hour,
  goesOn: true,
};

describe('the recovery strip', () => {
  it('shows real gaps: a failed run is no point to go back to', () => {
    const { bars, worst, within, gaps } = foldRecovery(
      [
        run('2026-11-19T22:00:00Z'),
        run('2026-11-20T04:00:00Z'),
        run('2026-11-20T10:00:00Z', 'failed'),
        run('2026-11-20T16:00:00Z'),
        run('2026-11-21T22:00:00Z', 'incomplete'),
      ],
      span,
    );
    assert.deepEqual(
      bars.map(({ gapMs }) => (gapMs === null ? null : gapMs / hour)),
      [6, 12, null, 30],
    );
    assert.deepEqual([within, gaps], [1, 3]);
    assert.equal(worst?.at.toISOString(), '2026-11-21T22:00:00.000Z');
  });

  it('counts the gap that is open now as soon as it is too long, and says nothing without copies', () => {
    const open = foldRecovery([run('2026-11-21T00:00:00Z')], span);
    assert.deepEqual([open.worst?.gapMs, open.gaps, open.within], [24 * hour, 1, 0]);
    const left = foldRecovery([run('2026-11-21T00:00:00Z')], { ...span, goesOn: false });
    assert.deepEqual([left.worst, left.gaps], [null, 0]);
    const none = foldRecovery([run('2026-11-21T00:00:00Z', 'failed')], span);
    assert.deepEqual([none.worst, none.gaps], [null, 0]);
  });
});
