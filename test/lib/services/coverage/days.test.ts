import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addMs } from '#lib/core/clock.ts';
import { daysOf, outcomesOf, type Past } from '#lib/services/coverage/days.ts';
import { countUnexplained, type EndedRun, foldHistory } from '#lib/services/coverage/history.ts';
import { type DayOutcome, targetMs } from '#lib/services/coverage/rules.ts';

const hour = 3_600_000;
const now = new Date('2026-11-22T05:42:00Z');
const target = targetMs(360);

const run = (endedAt: string, more: Partial<EndedRun> = {}): EndedRun => ({
  state: 'done',
  endedAt: new Date(endedAt),
  ...{ enumerated: 0, stored: 0, reused: 0, removed: 0, skipped: 0, failed: 0 },
  ...more,
});

/** Every six hours from then on. */
function steady(from: string, until: Date): EndedRun[] {
  const runs: EndedRun[] = [];
  for (let at = new Date(from); at <= until; at = addMs(at, 6 * hour)) {
    runs.push(run(at.toISOString()));
  }
  return runs;
}

function outcomes(
  runs: EndedRun[],
  more: Partial<Past> = {},
  { zone = 'UTC', days = 7, at = now } = {},
): DayOutcome[] {
  const { text, from, goodRunAt } = foldHistory(runs, { now, target });
  const past: Past = {
    history: text,
    historyFrom: from,
    goodRunAt,
    connectedAt: new Date('2026-05-03T08:00:00Z'),
    state: 'connected',
    lostAt: null,
    paused: false,
    running: false,
    target,
    ...more,
  };
  return outcomesOf(past, daysOf(zone, at, days), at);
}

describe('days of a zone', () => {
  it('end where those of the viewer end, also where clocks change', () => {
    const days = daysOf('Europe/Berlin', new Date('2026-10-26T12:00:00Z'), 3);
    assert.deepEqual(
      days.map(({ date, start, end }) => [
        date,
        start.toISOString(),
        (end.getTime() - start.getTime()) / hour,
      ]),
      [
        ['2026-10-24', '2026-10-23T22:00:00.000Z', 24],
        ['2026-10-25', '2026-10-24T22:00:00.000Z', 25],
        ['2026-10-26', '2026-10-25T23:00:00.000Z', 24],
      ],
    );
    assert.equal(
      daysOf('Asia/Kathmandu', now, 1)[0]!.start.toISOString(),
      '2026-11-21T18:15:00.000Z',
    );
    assert.equal(daysOf('Pacific/Auckland', now, 1)[0]!.date, '2026-11-22');
    assert.equal(daysOf('America/Los_Angeles', now, 1)[0]!.date, '2026-11-21');
  });
});

describe('the outcome of a day', () => {
  it('is good while copies come within the target, also on days on which none ends', () => {
    assert.deepEqual(outcomes(steady('2026-11-10T00:10:00Z', now)), Array(7).fill('good'));
    const daily = [run('2026-11-20T23:50:00Z'), run('2026-11-22T00:10:00Z')];
    const wide = { target: targetMs(1440) };
    const { text, from, goodRunAt } = foldHistory(daily, { now, ...wide });
    const past = { history: text, historyFrom: from, goodRunAt, ...wide };
    assert.deepEqual(outcomes(daily, past, { days: 3 }), ['good', 'good', 'good']);
  });

  it('is the worst of what happened on it', () => {
    const runs = steady('2026-11-10T00:10:00Z', now);
    const at = (endedAt: string) =>
      runs.find((it) => it.endedAt.toISOString().startsWith(endedAt))!;
    Object.assign(at('2026-11-16T06'), { state: 'failed' });
    Object.assign(at('2026-11-18T06'), { enumerated: 5, stored: 4, skipped: 1 });
    Object.assign(at('2026-11-19T06'), { state: 'incomplete' });
    assert.deepEqual(outcomes(runs), ['failed', 'good', 'gaps', 'gaps', 'good', 'good', 'good']);
  });

  it('of a customer that was late is late when it became so and when that ended', () => {
    const runs = steady('2026-11-10T00:10:00Z', now).filter(
      ({ endedAt }) =>
        endedAt < new Date('2026-11-17T01:00Z') || endedAt > new Date('2026-11-20T01:00Z'),
    );
    assert.deepEqual(outcomes(runs), [
      'good',
      'late',
      'unknown',
      'unknown',
      'late',
      'good',
      'good',
    ]);
  });

  it('goes on after the last run: in time, then late, and paused where somebody wanted it', () => {
    const runs = steady('2026-11-10T00:10:00Z', new Date('2026-11-20T12:00:00Z'));
    assert.deepEqual(outcomes(runs, {}, { days: 3 }), ['late', 'unknown', 'late']);
    assert.deepEqual(outcomes(runs, { paused: true }, { days: 3 }), ['good', 'paused', 'paused']);
    const at = new Date('2026-11-20T15:00:00Z');
    assert.deepEqual(outcomes(runs, {}, { days: 2, at }), ['good', 'good']);
  });

  it('before the connection is not covered, after the permission was lost failed', () => {
    const runs = steady('2026-11-18T00:10:00Z', new Date('2026-11-21T20:00:00Z'));
    const connectedAt = new Date('2026-11-17T22:00:00Z');
    assert.deepEqual(outcomes(runs, { connectedAt }).slice(0, 2), ['none', 'unknown']);
    assert.deepEqual(outcomes([], { connectedAt: null }), Array(7).fill('none'));
    const lostAt = new Date('2026-11-22T01:10:00Z');
    const lost = outcomes(runs, { connectedAt, state: 'consent-lost', lostAt });
    assert.deepEqual(lost, ['none', 'unknown', 'good', 'good', 'good', 'good', 'failed']);
    assert.deepEqual(outcomes([], { running: true }, { days: 2 }), ['unknown', 'running']);
  });

  it('belongs to the day of the viewer: a failure at 23:30 in London is tomorrow in Berlin', () => {
    const runs = steady('2026-11-10T00:10:00Z', now);
    runs.push(run('2026-11-20T23:30:00Z', { state: 'failed' }));
    runs.sort((a, b) => a.endedAt.getTime() - b.endedAt.getTime());
    const days = { days: 3 };
    assert.deepEqual(outcomes(runs, {}, { zone: 'Europe/London', ...days }), [
      'failed',
      'good',
      'good',
    ]);
    assert.deepEqual(outcomes(runs, {}, { zone: 'Europe/Berlin', ...days }), [
      'good',
      'failed',
      'good',
    ]);
  });
});

describe('what is kept of a month', () => {
  it('names the longest and the usual gap, and what nobody accounted for', () => {
    const runs = [
      run('2026-11-20T00:00:00Z', { enumerated: 10, stored: 7, reused: 1 }),
      run('2026-11-20T06:00:00Z'),
      run('2026-11-20T07:00:00Z', { state: 'failed' }),
      run('2026-11-20T12:00:00Z'),
      run('2026-11-21T12:00:00Z', { state: 'incomplete' }),
    ];
    const { worstGapMs, medianGapMs, unexplainedItems, goodRunAt } = foldHistory(runs, {
      now,
      target,
    });
    assert.deepEqual([worstGapMs, medianGapMs, unexplainedItems], [24 * hour, 6 * hour, 2]);
    assert.equal(goodRunAt?.toISOString(), '2026-11-21T12:00:00.000Z');
  });

  it('counts the last 30 days, though it reaches further back', () => {
    const missing = { enumerated: 9, stored: 4 };
    const runs = [
      run('2026-10-22T00:00:00Z', missing),
      run('2026-10-23T11:59:00Z', missing),
      run('2026-10-23T12:00:00Z', { enumerated: 3 }),
      run('2026-10-23T18:00:00Z'),
    ];
    const at = new Date('2026-11-22T12:00:00Z');
    const kept = foldHistory(runs, { now: at, target });
    assert.deepEqual([kept.worstGapMs, kept.unexplainedItems], [6 * hour, 3]);
    assert.equal(countUnexplained(runs, at), 3);
    assert.ok(kept.from < runs[0]!.endedAt && kept.text.trim() !== '');
  });

  it('says nothing where nothing ran', () => {
    const { text, worstGapMs, medianGapMs, goodRunAt } = foldHistory([], { now, target });
    assert.deepEqual([text, worstGapMs, medianGapMs, goodRunAt], ['', null, null, null]);
  });
});
