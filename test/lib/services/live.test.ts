import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LiveChange } from '#db/listen.ts';
import { endsStream, type LiveViewer, mayHear } from '#lib/services/live/concerns.ts';
import { wholeReach } from '#lib/services/reach.ts';

const change = (over: Partial<LiveChange> = {}): LiveChange => ({
  topic: 'restore',
  mspId: 'msp',
  tenantId: 'contoso',
  mailboxId: 'adele',
  id: 'restore-1',
  ...over,
});

const viewer = (over: Partial<LiveViewer> = {}): LiveViewer => ({
  mspId: 'msp',
  userId: 'user',
  subject: 'tid.oid',
  reach: wholeReach,
  ...over,
});

describe('who hears of a change', () => {
  const some = viewer({ reach: { customers: ['contoso'], mailboxes: 'all' } });
  const owner = viewer({ reach: { customers: ['contoso'], mailboxes: ['adele'] } });
  const nobody = viewer({ reach: { customers: [], mailboxes: [] } });

  it('staff of the MSP with all customers', () => {
    assert.equal(mayHear(viewer(), change()), true);
  });

  it('nobody of another MSP, whatever their reach', () => {
    assert.equal(mayHear(viewer({ mspId: 'other' }), change()), false);
    assert.equal(mayHear(viewer(), change({ mspId: null })), false);
  });

  it('assigned staff only of their customers', () => {
    assert.equal(mayHear(some, change()), true);
    assert.equal(mayHear(some, change({ tenantId: 'fabrikam' })), false);
    assert.equal(mayHear(some, change({ tenantId: null, mailboxId: null })), false);
  });

  it('the owner of a mailbox only of that mailbox', () => {
    assert.equal(mayHear(owner, change()), true);
    assert.equal(mayHear(owner, change({ mailboxId: 'bert' })), false);
    assert.equal(mayHear(owner, change({ topic: 'run', mailboxId: null })), false);
    assert.equal(mayHear(nobody, change()), false);
  });

  it('nobody of sessions and people', () => {
    for (const topic of ['session', 'person'] as const) {
      assert.equal(mayHear(viewer(), change({ topic, tenantId: null, mailboxId: null })), false);
    }
  });
});

describe('what ends a stream', () => {
  it('the end of a session of that user, and of no other', () => {
    assert.equal(endsStream(viewer(), change({ topic: 'session', id: 'user' })), true);
    assert.equal(endsStream(viewer(), change({ topic: 'session', id: 'somebody' })), false);
  });

  it('a change of what the person may do, and of the doors of their customer', () => {
    const person = change({ topic: 'person', tenantId: null, mailboxId: null });
    assert.equal(endsStream(viewer(), { ...person, id: 'tid.oid' }), true);
    assert.equal(endsStream(viewer(), { ...person, id: 'tid.other' }), false);
    const doors = { ...person, tenantId: 'contoso', id: 'contoso' };
    assert.equal(endsStream(viewer(), doors), false);
    const reach = { customers: ['contoso'], mailboxes: 'all' } as const;
    assert.equal(endsStream(viewer({ reach }), doors), true);
  });

  it('nothing that happens to mail', () => {
    assert.equal(endsStream(viewer(), change({ id: 'user' })), false);
  });
});
