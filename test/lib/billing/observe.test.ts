import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countsAs } from '#lib/billing/observation.ts';
import { isOurs, type MailboxFacts, observe, trialEnd } from '#lib/billing/observe.ts';
import { plainTerms } from './samples.ts';

const day = '2026-11-14';
const at = (text: string) => new Date(`2026-11-${text}:00Z`);

const facts: MailboxFacts = {
  kind: 'user',
  state: 'protected',
  discoveredAt: at('01T08:00'),
  sealedAt: null,
  licensed: true,
  everyMinutes: 360,
  lastGoodAt: at('14T19:00'),
  causes: [],
  stopped: false,
};
const yesterday = at('13T23:00');

const table: [string, Partial<MailboxFacts>, string | null, string?][] = [
  ['copied on the day', {}, 'protected'],
  ['copied on the day and failed as well', { causes: ['internal'] }, 'protected'],
  ['found on the day and copied', { discoveredAt: at('14T09:00') }, 'protected'],
  ['found after the day', { discoveredAt: at('15T00:00') }, null],
  [
    'found in the last minute, first copy not due',
    { discoveredAt: at('14T23:59'), lastGoodAt: null },
    null,
  ],
  [
    'first copy due and failed by us',
    { lastGoodAt: null, causes: ['vault.unavailable'] },
    'free',
    'our-fault',
  ],
  [
    'first copy due, their consent missing',
    { lastGoodAt: null, causes: ['consent.missing'] },
    null,
  ],
  ['worker down all day', { lastGoodAt: yesterday }, 'free', 'our-fault'],
  [
    'a copy a week, six days ago',
    { lastGoodAt: at('08T23:00'), everyMinutes: 10_080 },
    'protected',
  ],
  [
    'a copy a week, eight days ago',
    { lastGoodAt: at('06T23:00'), everyMinutes: 10_080 },
    'free',
    'our-fault',
  ],
  ['the vault failed', { lastGoodAt: yesterday, causes: ['vault.full'] }, 'free', 'our-fault'],
  ['a defect', { lastGoodAt: yesterday, causes: ['defect'] }, 'free', 'our-fault'],
  [
    'a cause nobody knows yet',
    { lastGoodAt: yesterday, causes: ['new-cause'] },
    'free',
    'our-fault',
  ],
  [
    'our certificate expired',
    { lastGoodAt: yesterday, causes: ['credential.invalid'] },
    'free',
    'our-fault',
  ],
  ['consent withdrawn', { lastGoodAt: yesterday, causes: ['consent.missing'] }, 'protected'],
  ['backups stopped by its people', { lastGoodAt: yesterday, stopped: true }, 'protected'],
  ['licence or quota', { lastGoodAt: yesterday, causes: ['source.refused'] }, 'protected'],
  ['Microsoft down', { lastGoodAt: yesterday, causes: ['source.unavailable'] }, 'protected'],
  ['run cancelled by its people', { lastGoodAt: yesterday, causes: ['cancelled'] }, 'protected'],
  [
    'theirs and ours on one day',
    { lastGoodAt: yesterday, causes: ['consent.missing', 'defect'] },
    'free',
    'our-fault',
  ],
  [
    'sealed before the day',
    { state: 'sealed', sealedAt: at('13T23:59'), lastGoodAt: yesterday },
    'sealed',
  ],
  [
    'sealed on the day',
    { state: 'sealed', sealedAt: at('14T10:00'), lastGoodAt: yesterday },
    'protected',
  ],
  [
    'sealed in the first moment of the day',
    { state: 'sealed', sealedAt: at('14T00:00'), lastGoodAt: yesterday },
    'protected',
  ],
  ['sealed after the day', { state: 'sealed', sealedAt: at('15T00:00') }, 'protected'],
  ['sealed, never copied', { state: 'sealed', sealedAt: at('10T00:00'), lastGoodAt: null }, null],
  [
    'sealed room',
    { kind: 'room', state: 'sealed', sealedAt: at('10T00:00'), lastGoodAt: yesterday },
    'sealed',
  ],
  ['discovered, never taken in', { state: 'discovered', lastGoodAt: null }, null],
  ['left out all day', { state: 'excluded', lastGoodAt: yesterday }, null],
  ['left out on the day, after a copy', { state: 'excluded' }, 'protected'],
  ['erased all day', { state: 'erased', lastGoodAt: yesterday }, null],
  ['room', { kind: 'room' }, 'free', 'room'],
  ['equipment', { kind: 'equipment' }, 'free', 'equipment'],
  ['shared without licence', { kind: 'shared', licensed: false }, 'free', 'shared-unlicensed'],
  ['shared with licence', { kind: 'shared', licensed: true }, 'protected'],
  ['shared, licence not known', { kind: 'shared', licensed: null }, 'protected'],
  ['an archive belongs to its mailbox', { kind: 'archive' }, null],
];

describe('what a mailbox was on a day', () => {
  for (const [name, change, state, reason = null] of table) {
    it(`${name}: ${state ?? 'not in our care'}${reason === null ? '' : `, ${reason}`}`, () => {
      const observed = observe({ ...facts, ...change }, day, null);
      assert.deepEqual(observed, state === null ? null : { state, reason });
    });
  }

  it('costs nothing up to the last day of the trial, whatever it is', () => {
    assert.equal(trialEnd('2026-11-01', 14), '2026-11-14');
    assert.equal(trialEnd('2026-02-20', 14), '2026-03-05');
    assert.equal(trialEnd('2026-11-01', 0), null);
    assert.deepEqual(observe(facts, day, '2026-11-14'), { state: 'free', reason: 'trial' });
    assert.deepEqual(observe(facts, day, '2026-11-13'), { state: 'protected', reason: null });
  });

  it('lays a day on which nothing was tried at our door', () => {
    assert.equal(isOurs([], false), true);
    assert.equal(isOurs([], true), false);
  });
});

describe('what a plan makes of a day', () => {
  const room = { state: 'free', reason: 'room' } as const;
  it('bills what is free by default only where it says so, and never our fault', () => {
    assert.equal(countsAs({ state: 'sealed', reason: null }, plainTerms), 'sealed');
    assert.equal(countsAs(room, plainTerms), null);
    assert.equal(countsAs(room, { ...plainTerms, billed: ['room'] }), 'protected');
    const fault = { state: 'free', reason: 'our-fault' } as const;
    const greedy = { ...plainTerms, billed: ['room', 'equipment', 'shared-unlicensed'] } as const;
    assert.equal(countsAs(fault, greedy), null);
  });
});
