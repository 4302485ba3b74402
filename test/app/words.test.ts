import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createWords, initials, plural, span } from '#app/_ui/words.ts';

const now = new Date('2026-11-22T06:42:08Z');

describe('the words of the portal', () => {
  it('write moments in the zone of the reader, and the year only when it is another', () => {
    const at = new Date('2026-11-17T09:14:05Z');
    assert.equal(createWords('UTC', now).moment(at), 'Tue 17 Nov, 09:14');
    assert.equal(createWords('Europe/Vienna', now).moment(at), 'Tue 17 Nov, 10:14');
    assert.equal(createWords('UTC', now).second(at), '09:14:05');
    assert.equal(createWords('UTC', now).day(new Date('2025-05-03T12:00:00Z')), '3 May 2025');
  });

  it('give an age under a day, and the day after that', () => {
    const words = createWords('UTC', now);
    assert.equal(words.ago(new Date('2026-11-22T06:33:00Z')), '9\u00a0min ago');
    assert.equal(words.age(new Date('2026-11-22T02:10:08Z')), '4\u00a0h\u00a032');
    assert.equal(words.ago(new Date('2026-11-20T02:10:00Z')), 'Fri 20 Nov');
  });

  it('write spans from seconds to days', () => {
    assert.deepEqual(
      [0, 48_000, 72_000, 540_000, 1_800_000, 7_800_000, 32_400_000, 200_000_000].map((ms) =>
        span(ms).replaceAll('\u00a0', ' '),
      ),
      ['under 1 s', '48 s', '1 min 12', '9 min', '30 min', '2 h 10', '9 h', '2 days'],
    );
  });

  it('count with the right word and abbreviate names', () => {
    assert.equal(plural(1, 'mailbox', 'mailboxes'), '1 mailbox');
    assert.equal(plural(9330, 'item'), '9,330 items');
    assert.deepEqual(['Adele Vance', 'Fabrikam', 'Ö', '"Quoted" Name', '  '].map(initials), [
      'AV',
      'FA',
      'Ö',
      'QN',
      '?',
    ]);
  });
});
