import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { auditActor, auditSentence, type SaidEntry, saidActions } from '#app/_texts/audit.ts';
import { browserName } from '#app/_texts/people.ts';
import { auditActions } from '#lib/audit/actions.ts';

const entry = (more: Partial<SaidEntry>): SaidEntry => ({
  action: 'item.read',
  actorKind: 'user',
  actor: 'a.b',
  actorLabel: 'Mira Keller',
  customerName: 'Contoso',
  mailboxName: null,
  targetName: null,
  facts: {},
  ...more,
});

describe('sentences of the log', () => {
  it('every action has one', () => {
    const missing = auditActions.filter((action) => !saidActions.includes(action));
    assert.deepEqual(missing, []);
  });

  it('no sentence breaks on facts that are missing, of another kind or of another time', () => {
    for (const action of [...auditActions, 'future.act-of-it']) {
      for (const value of [null, 0, 1, true, 'x', '']) {
        const facts = Object.fromEntries(
          [
            'name',
            'role',
            'before',
            'invited',
            'customers',
            'mode',
            'sessions',
            'app',
            'hits',
            'write',
          ].map((name) => [name, value]),
        );
        for (const given of [facts, {}]) {
          const said = auditSentence(entry({ action, facts: given }));
          assert.doesNotMatch(said, /undefined|null|NaN|\[object/, action);
          assert.ok(said.length > 3, action);
        }
      }
    }
  });

  it('name who, what and where', () => {
    assert.equal(
      auditSentence(entry({ mailboxName: 'Adele Vance' })),
      'opened 1 item in Adele Vance',
    );
    assert.equal(
      auditSentence(
        entry({ action: 'restore.plan', mailboxName: 'Adele Vance', targetName: 'Lee Gu' }),
      ),
      'planned to restore mail of Adele Vance into Lee Gu',
    );
    assert.equal(auditActor(entry({})), 'Mira Keller');
    assert.equal(auditActor(entry({ actorKind: 'workflow', actorLabel: null })), 'Holdfast');
    assert.equal(auditActor(entry({ actorKind: 'key', actorLabel: 'Nightly' })), 'API key Nightly');
  });

  it('a browser is named by what it calls itself, and by nothing more', () => {
    const windows =
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)';
    assert.equal(browserName(`${windows} Chrome/130.0 Safari/537.36`), 'Chrome on Windows');
    assert.equal(browserName(`${windows} Chrome/130.0 Safari/537.36 Edg/130.0`), 'Edge on Windows');
    assert.equal(
      browserName('Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0'),
      'Firefox on Linux',
    );
    assert.equal(
      browserName(
        'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604',
      ),
      'Safari on iPhone',
    );
    for (const odd of ['', '<script>', 'x'.repeat(300)]) {
      assert.equal(browserName(odd), 'Unknown browser');
    }
  });
});
