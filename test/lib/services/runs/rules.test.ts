import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mailboxStates } from '#db/enums.ts';
import { mailboxCauseSentence } from '#lib/services/runs/rules.ts';

describe('why a mailbox of a run is where it is', () => {
  it('is a sentence for every cause that a slice writes down without one', () => {
    const ends = mailboxStates.filter((state) => state !== 'protected');
    for (const cause of [...ends, 'mailbox-busy', 'throttled', 'unbalanced', 'waited-too-long']) {
      assert.match(mailboxCauseSentence(cause, null), /^[A-Z].+\.$/, cause);
    }
  });

  it('is the sentence of the error itself where there is one', () => {
    assert.equal(
      mailboxCauseSentence('source.refused', 'Microsoft denies access.'),
      'Microsoft denies access.',
    );
  });
});
