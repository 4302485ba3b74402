import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#lib/core/errors.ts';
import { memoryTarget } from '#lib/vault/targets/memory.ts';
import { type ItemRow, type SnapshotInfo, Vault, type VaultWriter } from '#lib/vault/vault.ts';
import { all, item, lease, noise, options, row } from './fixture.ts';

describe('a snapshot', () => {
  let vault: Vault;
  let writer: VaultWriter;
  let ref: string;
  before(async () => {
    vault = await Vault.create(options(memoryTarget()));
    writer = await vault.writer(lease());
    ({ ref } = await writer.putItem({ readable: item('x').readable }));
  });
  after(() => vault[Symbol.asyncDispose]());

  const commit = (
    mailboxId: string,
    base: SnapshotInfo | null,
    put: ItemRow[],
    remove: string[] = [],
  ) =>
    writer.commitSnapshot({
      mailboxId,
      base: base?.id ?? null,
      takenAt: new Date('2026-02-03T04:05:06Z'),
      note: { address: 'mira@example.com', run: 'r1' },
      folders: [
        { id: 'f1', parentId: null, name: 'Posteingang', type: 'folder', wellKnown: 'inbox' },
        { id: 'f2', parentId: 'f1', name: 'a/b', type: 'folder', wellKnown: null },
      ],
      put,
      remove,
    });
  const rowsOf = async (info: SnapshotInfo) =>
    all((await vault.reader().snapshot(info.id)).items());
  /** Keys as a mailbox has them: they tell nothing about when an item came. */
  const key = (number: number) => noise(`key ${number}`, 24).toString('base64url');

  it('holds exactly what was put, and says who it is without any database', async () => {
    const full: ItemRow = {
      ...row('ключ', ref),
      subject: 'Grüße 👋',
      at: null,
      bytes: 2 ** 40,
      categories: ['red', ''],
    };
    const info = await commit('who', null, [full, row('b', ref)]);
    const opened = await vault.reader().snapshot(info.id);
    assert.deepEqual(opened.note, { address: 'mira@example.com', run: 'r1' });
    assert.equal(opened.folders[1]!.name, 'a/b');
    assert.equal(opened.info.takenAt.toISOString(), '2026-02-03T04:05:06.000Z');
    assert.equal(info.items, 2);
    assert.equal(info.bytes, 2 ** 40 + 100);
    assert.deepEqual(await opened.item('ключ'), full);
    assert.equal(await opened.item('absent'), null);
    assert.deepEqual((await vault.reader().snapshots('who'))[0], info);
  });

  it('may be empty, and an unknown one is not found', async () => {
    const info = await commit('empty', null, []);
    assert.equal(info.items, 0);
    assert.deepEqual(await rowsOf(info), []);
    const more = await commit('empty', info, [row('a', ref)]);
    assert.equal((await rowsOf(more)).length, 1);
    for (const id of ['0'.repeat(64), 'x', `${info.id.slice(0, 63)}0`.replace(/.$/, 'f')])
      if (id !== info.id)
        await assert.rejects(vault.reader().snapshot(id), (err) => isAppError(err, 'not-found'));
  });

  it('that is damaged, and what else lies there, does not keep its mailbox from the next one', async () => {
    const target = memoryTarget();
    await using other = await Vault.create(options(target));
    await using another = await other.writer(lease());
    const stored = await another.putItem({ readable: item('x').readable });
    const next = async (base: SnapshotInfo | null, key: string) =>
      another.commitSnapshot({
        mailboxId: 'm',
        base: base?.id ?? null,
        takenAt: new Date(1),
        note: {},
        folders: [],
        put: [row(key, stored.ref)],
        remove: [],
      });
    const second = await next(await next(null, 'a'), 'b');
    const first = [...target.objects.keys()].find((name) => /^snapshots.*1$/.test(name))!;
    target.objects.get(first)![50]! ^= 1;
    target.objects.set(first.replace('00000001', 'notes'), Buffer.from('x'));
    assert.deepEqual(await other.reader().newestSnapshot('m'), second);
    const third = await next(second, 'c');
    assert.equal(third.items, 3);
    assert.equal(await other.reader().newestSnapshot('none'), null);
    await assert.rejects(other.reader().snapshots('m'), (err) => isAppError(err, 'vault.damaged'));
  });

  it('that could not be read again is refused before it is written', async () => {
    const name = 'x'.repeat(1024 * 1024);
    const folders = Array.from({ length: 65 }, (_, number) => ({
      id: `${number}`,
      parentId: null,
      name,
      type: 'folder',
      wellKnown: null,
    }));
    const commitFolders = (count: number) =>
      writer.commitSnapshot({
        mailboxId: 'folders',
        base: null,
        takenAt: new Date(1),
        note: {},
        folders: folders.slice(0, count),
        put: [],
        remove: [],
      });
    await assert.rejects(commitFolders(65), (err) => isAppError(err, 'input.invalid'));
    const { id } = await commitFolders(60);
    assert.equal((await vault.reader().snapshot(id)).folders.length, 60);
  });

  it('after any series of changes equals the one built at once, page for page; diffs are exact', async () => {
    const change = fc.record({
      put: fc.array(fc.tuple(fc.nat(300), fc.nat(3)), { maxLength: 120 }),
      remove: fc.array(fc.nat(300), { maxLength: 80 }),
    });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const mailbox = `series ${round++}`;
        const model = new Map<string, ItemRow>();
        let info: SnapshotInfo | null = null;
        for (const { put, remove } of changes) {
          const before: Map<string, ItemRow> = new Map(model);
          const removed = remove.map(key);
          const rows = put.map(([number, version]) => row(key(number), ref, String(version)));
          for (const gone of removed) model.delete(gone);
          for (const one of rows) model.set(one.key, one);
          const previous: SnapshotInfo | null = info;
          info = await commit(mailbox, previous, rows, removed);
          const sorted = [...model.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
          assert.deepEqual(await rowsOf(info), sorted);
          if (previous !== null) {
            for await (const { kind, row: found } of vault.reader().diff(previous.id, info.id)) {
              if (kind === 'put') before.set(found.key, found);
              else assert.ok(before.delete(found.key));
            }
            const patched = [...before.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
            assert.deepEqual(patched, sorted);
          }
        }
        const atOnce = await commit(`${mailbox} at once`, null, [...model.values()]);
        assert.equal(atOnce.root, info!.root);
        assert.equal(atOnce.pagesWritten, 0);
      }),
      { seed: 11, numRuns: 25 },
    );
  });

  it('costs in proportion to the change: 1 % new mail of 20,000 items writes about 1 % of the pages', async () => {
    const numbered = (number: number) => `AAMk${String(number).padStart(8, '0')}`;
    const rows = Array.from({ length: 20_000 }, (_, number) => row(numbered(number), ref));
    const first = await commit('large', null, rows);
    assert.ok(first.pagesWritten > 500, `${first.pagesWritten} pages`);
    const fresh = Array.from({ length: 200 }, (_, n) => row(numbered(20_000 + n), ref));
    const second = await commit('large', first, fresh);
    const share = second.pagesWritten / first.pagesWritten;
    assert.ok(share < 0.02, `${second.pagesWritten} of ${first.pagesWritten} pages`);
    const one = await commit('large', second, [row(numbered(777), ref, 'changed')]);
    assert.ok(one.pagesWritten <= 5, `${one.pagesWritten} pages for one change`);
    const unchanged = await commit('large', one, []);
    assert.equal(unchanged.pagesWritten, 0);
    assert.equal(unchanged.root, one.root);
    const changes = await all(vault.reader().diff(first.id, unchanged.id));
    assert.equal(changes.length, 201);
    assert.deepEqual(await all(vault.reader().diff(one.id, unchanged.id)), []);
  });

  it('the last word counts when a key is put twice, and a put wins over a remove', async () => {
    const info = await commit('twice', null, [row('k', ref, '1'), row('k', ref, '2')], ['k']);
    const rows = await rowsOf(info);
    assert.deepEqual(
      rows.map((one) => one.changeKey),
      ['c2'],
    );
  });
});
