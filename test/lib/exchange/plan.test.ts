import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  collisionModes,
  type PlanInput,
  planReplay,
  type ReplayCandidate,
} from '#lib/exchange/plan.ts';

const folder = (
  id: string,
  name: string,
  parentId: string | null = null,
  wellKnown: string | null = null,
) => ({
  id,
  name,
  parentId,
  type: 'IPF.Note',
  wellKnown,
});

const candidate = (n: number, more: Partial<ReplayCandidate> = {}): ReplayCandidate => ({
  itemId: `row${n}`,
  key: `key${n}`,
  ref: `ref${n}`,
  contentId: `content${n}`,
  kind: 'message',
  itemClass: 'IPM.Note',
  folderId: 'inbox',
  bytes: 1000,
  internetMessageId: `<${n}@x>`,
  streamBytes: 3000,
  readableBytes: 1000,
  ...more,
});

function input(more: Partial<PlanInput>): PlanInput {
  const tree = [folder('inbox', 'Inbox', null, 'inbox')];
  return {
    candidates: [],
    snapshotFolders: tree,
    targetFolders: tree,
    sameMailbox: true,
    destination: { kind: 'original' },
    collisions: 'skip',
    presence: { byContent: new Map(), byKey: new Map() },
    streamsAllowed: true,
    ...more,
  };
}

describe('planReplay', () => {
  it('gives each candidate exactly one line and totals that add up', () => {
    const arbitrary = fc.record({
      count: fc.integer({ min: 0, max: 30 }),
      present: fc.uniqueArray(fc.integer({ min: 0, max: 30 })),
      changed: fc.uniqueArray(fc.integer({ min: 0, max: 30 })),
      unstorable: fc.uniqueArray(fc.integer({ min: 0, max: 30 })),
      collisions: fc.constantFrom(...collisionModes),
      streamsAllowed: fc.boolean(),
    });
    fc.assert(
      fc.property(arbitrary, (given) => {
        const contents = new Map(given.present.map((n) => [`content${n}`, [`there${n}`]]));
        const plan = planReplay(
          input({
            candidates: Array.from({ length: given.count }, (_, n) =>
              candidate(
                n,
                given.unstorable.includes(n) ? { streamBytes: null, readableBytes: null } : {},
              ),
            ),
            collisions: given.collisions,
            streamsAllowed: given.streamsAllowed,
            presence: {
              byContent: new Map([['inbox', contents]]),
              byKey: new Map(
                given.changed.map((n) => [`key${n}`, { folderId: 'inbox', contentId: `new${n}` }]),
              ),
            },
          }),
        );
        assert.equal(plan.items.length, given.count);
        const { write, present, changed, cannot } = plan.totals;
        assert.equal(write + present + changed + cannot, given.count);
        const sum = plan.byFolder.reduce(
          (total, line) => total + line.write + line.present + line.changed + line.cannot,
          0,
        );
        assert.equal(sum, given.count);
        assert.ok(plan.totals.durationMinS <= plan.totals.durationMaxS);
        for (const item of plan.items) {
          assert.equal(item.action === 'replace', item.existingId !== null);
          assert.equal(item.action === 'cannot', item.cause !== null);
          if (given.collisions === 'copy') assert.ok(!item.action.startsWith('skip'));
        }
      }),
    );
  });

  it('of two equal items the one that is gone is written, not the one that is there', () => {
    const plan = planReplay(
      input({
        candidates: [candidate(1, { contentId: 'same' }), candidate(2, { contentId: 'same' })],
        presence: {
          byContent: new Map([['inbox', new Map([['same', ['key2']]])]]),
          byKey: new Map([['key2', { folderId: 'inbox', contentId: 'same' }]]),
        },
      }),
    );
    assert.deepEqual(
      plan.items.map(({ action }) => action),
      ['write', 'skip-present'],
    );
  });

  it('says honestly how long the upload takes', () => {
    const plan = planReplay(
      input({
        candidates: Array.from({ length: 100 }, (_, n) =>
          candidate(n, { streamBytes: 15 * 1024 * 1024 }),
        ),
      }),
    );
    // 1.5 GB grow to 2 GB as base64; Exchange takes 150 MB in 5 minutes.
    assert.equal(plan.totals.durationMinS, 4000);
  });

  it('with another mailbox, ids mean nothing and well-known folders meet', () => {
    const plan = planReplay(
      input({
        sameMailbox: false,
        candidates: [candidate(1), candidate(2, { folderId: 'kunden' })],
        snapshotFolders: [
          folder('inbox', 'Inbox', null, 'inbox'),
          folder('kunden', 'Kunden', 'inbox'),
        ],
        targetFolders: [folder('other', 'Posteingang', null, 'inbox'), folder('kunden', 'Strange')],
      }),
    );
    assert.deepEqual(
      plan.folders.map(({ name, existingId }) => [name, existingId]),
      [
        ['Posteingang', 'other'],
        ['Kunden', null],
      ],
    );
    assert.deepEqual(plan.items[1]?.targetFolderPath, ['Posteingang', 'Kunden']);
  });

  it('a folder that was deleted is made anew where it was, not filled in the bin', () => {
    const inbox = folder('inbox', 'Inbox', null, 'inbox');
    const bin = folder('bin', 'Deleted Items', null, 'deleteditems');
    const old = folder('old', 'Old', 'bin');
    const plan = planReplay(
      input({
        candidates: [candidate(1, { folderId: 'harbour' }), candidate(2, { folderId: 'old' })],
        snapshotFolders: [inbox, bin, folder('harbour', 'Harbour', 'inbox'), old],
        targetFolders: [inbox, bin, folder('harbour', 'Harbour', 'bin'), old],
        presence: {
          byContent: new Map([['harbour', new Map([['content1', ['key1']]])]]),
          byKey: new Map([['key1', { folderId: 'harbour', contentId: 'content1' }]]),
        },
      }),
    );
    assert.deepEqual(plan.items[0]!.targetFolderPath, ['Inbox', 'Harbour']);
    assert.equal(plan.items[0]!.action, 'write');
    const places = new Map(plan.folders.map((it) => [it.name, it.existingId]));
    assert.equal(places.get('Harbour'), null);
    // What was in the bin already when the copy was made goes back there.
    assert.equal(places.get('Old'), 'old');
  });

  it('a tree with a circle or a missing parent still gives a place', () => {
    const plan = planReplay(
      input({
        candidates: [
          candidate(1, { folderId: 'a' }),
          candidate(2, { folderId: 'c' }),
          candidate(3, { folderId: 'nowhere', kind: 'event' }),
        ],
        snapshotFolders: [folder('a', 'A', 'b'), folder('b', 'B', 'a'), folder('c', 'C', 'lost')],
        targetFolders: [],
      }),
    );
    assert.deepEqual(
      plan.items.map(({ targetFolderPath }) => targetFolderPath.join('/')),
      ['B/A', 'C', 'Restored items'],
    );
    assert.equal(plan.folders.at(-1)?.type, 'IPF.Appointment');
  });

  it('makes empty folders, too, where they are asked for', () => {
    const plan = planReplay(
      input({
        alsoFolders: ['empty'],
        snapshotFolders: [folder('inbox', 'Inbox'), folder('empty', 'Empty', 'inbox')],
      }),
    );
    assert.deepEqual(
      plan.folders.map(({ name, existingId }) => [name, existingId]),
      [
        ['Inbox', 'inbox'],
        ['Empty', null],
      ],
    );
  });

  it('says beforehand what cannot be put back without streams, and why', () => {
    const plan = planReplay(
      input({
        streamsAllowed: false,
        candidates: [
          candidate(1),
          candidate(2, { readableBytes: 50_000_000 }),
          candidate(3, { kind: 'other', itemClass: 'IPM.DistList' }),
          candidate(4, { itemClass: 'IPM.Schedule.Meeting.Request' }),
          candidate(5, { readableBytes: null }),
        ],
      }),
    );
    assert.deepEqual(
      plan.items.map(({ action, cause, route }) => [action, cause, route]),
      [
        ['write', null, 'json'],
        ['cannot', 'too-large', 'json'],
        ['cannot', 'no-readable-form', 'json'],
        ['cannot', 'no-readable-form', 'json'],
        ['cannot', 'no-readable-form', 'json'],
      ],
    );
  });
});
