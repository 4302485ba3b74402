import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { billingKills } from './billing-kills.ts';

describe('a worker that is killed while it bills', () => {
  it('tells no value twice and none too few, makes one invoice, and gives back once', async (test) => {
    const { kills, problems } = await billingKills({ report: (line) => test.diagnostic(line) });
    assert.deepEqual(problems, []);
    assert.equal(kills.length, 8, kills.join(', '));
  });
});
