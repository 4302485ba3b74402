import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type AppError, isAppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { listMailboxes } from '#lib/services/mailboxes/list.ts';
import { fenced } from '#lib/services/reach.ts';
import { getSearch } from '#lib/services/search/get.ts';
import { searchResults } from '#lib/services/search/results.ts';
import { startSearch } from '#lib/services/search/start.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import {
  createCustomer,
  createMailbox,
  createWorld,
  fillMailbox,
  type World,
} from '#test/kit/msp.ts';

const notFound = (err: unknown) => isAppError(err, 'not-found');

describe('a search', () => {
  let db: TestDatabase;
  let world: World;
  let ctx: ServiceContext;
  let tenantId: string;
  let mailboxId: string;
  let otherMailboxId: string;

  before(async () => {
    db = await createTestDatabase();
    world = await createWorld(db);
    ctx = world.as('technician');
    tenantId = (await createCustomer(db, world)).tenantId;
    mailboxId = await createMailbox(db, world, tenantId, { nextSeq: 4 });
    otherMailboxId = await createMailbox(db, world, tenantId, {
      nextSeq: 2,
      displayName: 'Ben Otter',
    });
    await fillMailbox(db, world, { tenantId, mailboxId }, 3, [
      { key: 'kept', fromSeq: 1 },
      { key: 'gone', fromSeq: 1, toSeq: 2, subject: 'Harbour contract' },
      { key: 'moved', fromSeq: 1, toSeq: 3 },
      { key: 'moved', fromSeq: 3, folderId: 'archive' },
      { key: 'in the making', fromSeq: 4 },
      { key: 'going', fromSeq: 1, toSeq: 4 },
    ]);
    await fillMailbox(db, world, { tenantId, mailboxId: otherMailboxId }, 1, [
      { key: 'elsewhere', fromSeq: 1 },
    ]);
  });
  after(() => db.close());

  const keysOf = async (input: Omit<Parameters<typeof startSearch>[1], 'tenantId'>) => {
    const { searchId } = await startSearch(ctx, { tenantId, ...input });
    const { hits } = await searchResults(ctx, { tenantId, searchId });
    return hits.map((hit) => hit.key).sort();
  };

  it('without words finds what its filter says, as the copies show it', async () => {
    const day = { from: '2026-11-22' };
    assert.deepEqual(await keysOf({ filter: day }), [
      'elsewhere',
      'going',
      'gone',
      'kept',
      'moved',
    ]);
    assert.deepEqual(await keysOf({ filter: { until: '2026-11-21' } }), []);
    assert.deepEqual(await keysOf({ mailboxId: otherMailboxId, filter: day }), ['elsewhere']);
    assert.deepEqual(await keysOf({ mailboxId, filter: { folderId: 'archive' } }), ['moved']);
  });

  it('finds what was deleted in some days, with the copy that still has it', async () => {
    assert.deepEqual(await keysOf({ filter: { goneFrom: '2026-11-23' } }), []);
    const { searchId } = await startSearch(ctx, { tenantId, filter: { goneFrom: '2026-11-22' } });
    const { hits, total, totalIsAtLeast, next } = await searchResults(ctx, { tenantId, searchId });
    assert.deepEqual(
      hits.map(({ key, sequence, mailboxName, subject }) => [key, sequence, mailboxName, subject]),
      [['gone', 1, 'Adele Vance', 'Harbour contract']],
    );
    assert.equal(hits[0]!.goneSince?.toISOString(), '2026-11-22T08:02:00.000Z');
    assert.deepEqual([total, totalIsAtLeast, next], [1, false, null]);
  });

  it('finds as deleted what lies in Deleted Items alone, where it was before', async () => {
    const binned = await createMailbox(db, world, tenantId, { nextSeq: 5, displayName: 'Cora' });
    const place = { tenantId, mailboxId: binned };
    const { takenAt } = await fillMailbox(db, world, place, 4, [
      { key: 'deleted', fromSeq: 1, toSeq: 2, subject: 'Crane' },
      { key: 'deleted', fromSeq: 2, folderId: 'below' },
      { key: 'emptied', fromSeq: 1, toSeq: 2 },
      { key: 'emptied', fromSeq: 2, toSeq: 3, folderId: 'bin' },
      { key: 'brought back', fromSeq: 1, toSeq: 2 },
      { key: 'brought back', fromSeq: 2, toSeq: 3, folderId: 'bin' },
      { key: 'brought back', fromSeq: 3 },
      { key: 'came as junk', fromSeq: 1, folderId: 'bin' },
      { key: 'moved', fromSeq: 1, toSeq: 2 },
      { key: 'moved', fromSeq: 2, folderId: 'archive' },
      { key: 'marked in the bin', fromSeq: 1, toSeq: 2 },
      { key: 'marked in the bin', fromSeq: 2, toSeq: 3, folderId: 'bin' },
      { key: 'marked in the bin', fromSeq: 3, folderId: 'bin' },
    ]);
    for (const [id, parent, known] of [
      ['bin', null, 'deleteditems'],
      ['below', 'bin', null],
      ['archive', null, 'archive'],
    ]) {
      await db.owner`insert into folders (msp_id, tenant_id, mailbox_id, id, source_id, parent_source_id, name, type, well_known, from_seq)
        values (${world.mspId}, ${tenantId}, ${binned}, ${newId()}, ${id!}, ${parent!}, ${id!}, 'IPF.Note', ${known!}, 1)`;
    }
    for (const filter of [{ goneOnly: true }, { goneFrom: '2026-11-22' }]) {
      const { searchId } = await startSearch(ctx, { tenantId, mailboxId: binned, filter });
      const { hits } = await searchResults(ctx, { tenantId, searchId });
      assert.deepEqual(
        hits
          .map((hit) => [hit.key, hit.folderId, hit.sequence, hit.goneSince, hit.binnedSince])
          .sort(),
        [
          ['deleted', 'inbox', 1, null, takenAt[1]],
          ['emptied', 'bin', 2, takenAt[2], null],
          ['marked in the bin', 'inbox', 1, null, takenAt[1]],
        ],
      );
    }
    const { searchId } = await startSearch(ctx, {
      tenantId,
      mailboxId: binned,
      filter: { goneFrom: takenAt[2]!.toISOString() },
    });
    const late = await searchResults(ctx, { tenantId, searchId });
    assert.deepEqual(
      late.hits.map(({ key }) => key),
      ['emptied'],
    );
    // Without the filter each is found where it is.
    const all = await startSearch(ctx, {
      tenantId,
      mailboxId: binned,
      filter: { from: '2026-11-22' },
    });
    const found = await searchResults(ctx, { tenantId, searchId: all.searchId });
    assert.deepEqual(
      found.hits.map(({ key, folderId, binnedSince }) => [key, folderId, binnedSince]).sort(),
      [
        ['brought back', 'inbox', null],
        ['came as junk', 'bin', null],
        ['deleted', 'below', null],
        ['emptied', 'bin', null],
        ['marked in the bin', 'bin', null],
        ['moved', 'archive', null],
      ],
    );
    await db.owner`delete from items where mailbox_id = ${binned}`;
  });

  it('goes on page by page and shows nothing twice', async () => {
    const { searchId } = await startSearch(ctx, { tenantId, filter: { from: '2026-11-22' } });
    const seen: string[] = [];
    for (let after: string | null = null; ; ) {
      const page = await searchResults(ctx, { tenantId, searchId, after, limit: 2 });
      seen.push(...page.hits.map((hit) => hit.key));
      after = page.next;
      if (after === null) break;
    }
    assert.deepEqual(seen.sort(), ['elsewhere', 'going', 'gone', 'kept', 'moved']);
  });

  it('of the owner of a mailbox is of that one, and of several they say which', async () => {
    const ownerOf = (mailboxes: string[]): ServiceContext => {
      const reach = { customers: [tenantId], mailboxes };
      const { actor, db: pool, ...rest } = world.as('mailbox-owner');
      return { ...rest, actor: { ...actor, reach } as typeof actor, db: fenced(pool, reach) };
    };
    const owner = ownerOf([otherMailboxId]);
    const { searchId } = await startSearch(owner, { tenantId, filter: { from: '2026-11-22' } });
    const { search, hits } = await searchResults(owner, { tenantId, searchId });
    assert.equal(search.mailboxId, otherMailboxId);
    assert.deepEqual(
      hits.map((hit) => hit.key),
      ['elsewhere'],
    );
    await assert.rejects(startSearch(owner, { tenantId, mailboxId, words: 'harbour' }), notFound);
    const both = ownerOf([mailboxId, otherMailboxId]);
    await assert.rejects(startSearch(both, { tenantId, words: 'harbour' }), (err) =>
      isAppError(err, 'input.invalid'),
    );
    await startSearch(both, { tenantId, mailboxId, words: 'harbour' });
  });

  it('needs something to look for', async () => {
    await assert.rejects(startSearch(ctx, { tenantId, words: '  ' }), (err) =>
      isAppError(err, 'input.invalid'),
    );
  });

  it('is of whoever asked, for a day; to everybody else it does not exist', async () => {
    const { searchId } = await startSearch(ctx, { tenantId, words: 'harbour' });
    await searchResults(ctx, { tenantId, searchId });
    const colleague: ServiceContext = {
      ...ctx,
      actor: { ...(ctx.actor as never as { kind: 'user' }), subject: 'somebody else' } as never,
    };
    await assert.rejects(searchResults(colleague, { tenantId, searchId }), notFound);
    await assert.rejects(searchResults(ctx, { tenantId, searchId: newId() }), notFound);
    world.clock.advance(25 * 60 * 60_000);
    await assert.rejects(searchResults(ctx, { tenantId, searchId }), notFound);
    await startSearch(ctx, { tenantId, words: 'harbour' });
    const [{ kept }] = (await db.owner`select count(*)::int as kept from searches`) as never as [
      { kept: number },
    ];
    assert.equal(kept, 1);
  });

  it('needs the right to see mail, and a customer of this MSP', async () => {
    await assert.rejects(startSearch(world.as('auditor'), { tenantId, words: 'harbour' }), (err) =>
      isAppError(err, 'forbidden'),
    );
    const stranger = (await createWorld(db, 'Southwind')).as('owner');
    await assert.rejects(startSearch(stranger, { tenantId, words: 'harbour' }), notFound);
    await assert.rejects(
      startSearch(ctx, { tenantId, mailboxId: newId(), words: 'harbour' }),
      notFound,
    );
  });

  it('that takes too long ends with a sentence, and leaves nothing behind that is in the way', async () => {
    const { searchId } = await startSearch(ctx, { tenantId, words: 'harbour' });
    const holder = await db.owner.reserve();
    await holder`begin`;
    await holder`lock table search_documents in access exclusive mode`;
    try {
      let asked = 0;
      // All but the last milliseconds have passed when the index is asked.
      const clock = { ...world.clock, monotonicMs: () => (asked++ === 0 ? 0 : 7_980) };
      const late = searchResults({ ...ctx, clock }, { tenantId, searchId });
      await assert.rejects(late, (err: AppError) => {
        assert.match(err.message, /took too long/);
        return isAppError(err, 'too-broad');
      });
      const never = { ...world.clock, monotonicMs: () => (asked++ % 2 === 0 ? 0 : 9_000) };
      await assert.rejects(searchResults({ ...ctx, clock: never }, { tenantId, searchId }), {
        code: 'too-broad',
      });
    } finally {
      await holder`rollback`;
      holder.release();
    }
    assert.equal((await searchResults(ctx, { tenantId, searchId })).hits.length, 0);
    assert.equal((await getSearch(ctx, { tenantId, searchId })).words, 'harbour');
  });

  it('leaves half of the connections to everything else, however many there are', async () => {
    const pool = db.open('app_user', 4);
    const here: ServiceContext = { ...ctx, db: pool };
    const other: ServiceContext = { ...here, actor: { ...here.actor, subject: 'else' } as never };
    const mine = await startSearch(here, { tenantId, words: 'harbour' });
    const theirs = await startSearch(other, { tenantId, words: 'harbour' });
    const holder = await db.owner.reserve();
    await holder`begin`;
    await holder`lock table search_documents in access exclusive mode`;
    const searching: Promise<unknown>[] = [];
    try {
      for (let index = 0; index < 8; index++) {
        searching.push(searchResults(here, { tenantId, ...mine }));
      }
      searching.push(searchResults(other, { tenantId, ...theirs }));
      await assert.rejects(searchResults(here, { tenantId, ...mine }), { code: 'too-many' });
      assert.ok((await listMailboxes(here, { tenantId })).length > 1);
    } finally {
      await holder`rollback`;
      holder.release();
    }
    assert.equal((await Promise.all(searching)).length, 9);
  });

  it('leaves no word in the audit log', async () => {
    await startSearch(ctx, { tenantId, words: 'wharfinger' });
    const rows = await db.owner`select action, facts::text as facts from audit_events`;
    assert.ok(rows.some((row) => row.action === 'search.start'));
    assert.ok(rows.every((row) => !String(row.facts).includes('wharfinger')));
  });
});
