import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { streamFrom } from '#app/_server/live.ts';
import type { LiveChange } from '#db/listen.ts';
import { endsStream, type LiveViewer, mayHear } from '#lib/services/live/concerns.ts';
import { type LiveStream, LiveStreams } from '#lib/services/live/streams.ts';
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

describe('open streams', () => {
  const note = (who: LiveViewer, streams: LiveStreams) => {
    const told: string[] = [];
    const stream: LiveStream = {
      viewer: who,
      tell: ({ id }) => told.push(id),
      state: (live) => told.push(live ? 'live' : 'lost'),
      end: () => {
        told.push('end');
        streams.remove(stream);
      },
    };
    streams.add(stream);
    return told;
  };

  it('hear what is theirs, and all end after a while in which nothing was heard', () => {
    const streams = new LiveStreams(true);
    const [one, other] = [note(viewer(), streams), note(viewer({ mspId: 'other' }), streams)];
    streams.ears.onChange(change());
    streams.ears.onDeaf();
    assert.equal(streams.hears, false);
    streams.ears.onGap();
    assert.equal(streams.hears, true);
    assert.deepEqual(one, ['restore-1', 'lost', 'end']);
    assert.deepEqual(other, ['lost', 'end']);
    streams.ears.onChange(change());
    assert.equal(one.length, 3);
  });

  it('are asked once more who they are when they can be ended: what changed before told nobody', async () => {
    const streams = new LiveStreams(true);
    const gone = new AbortController();
    for (const second of [
      () => viewer({ reach: { customers: ['contoso'], mailboxes: 'all' } }),
      () => {
        throw new Error('signed out');
      },
    ]) {
      let asked = 0;
      const ask = async () => (asked++ === 0 ? viewer() : second());
      await assert.rejects(streamFrom(streams, ask, gone.signal));
      assert.equal(streams.of('user').length, 0);
    }
    const answer = await streamFrom(streams, async () => viewer(), gone.signal);
    assert.equal(streams.of('user').length, 1);
    gone.abort();
    assert.match(await answer.text(), /data: live/);
    assert.equal(streams.of('user').length, 0);
  });
});
