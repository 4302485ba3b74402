import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { killRounds } from './kill-rounds.ts';

describe('a worker that is killed', () => {
  it('loses nothing and doubles nothing, in a backup and in a restore', async (test) => {
    const { kills, problems } = await killRounds({
      rounds: 2,
      kind: 'both',
      seed: 11,
      killsMax: 1,
      mailboxes: 2,
      messages: 40,
      report: (line) => test.diagnostic(line),
    });
    assert.deepEqual(problems, []);
    assert.ok(kills >= 4, `${kills} kills`);
  });
});
