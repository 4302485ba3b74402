import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { AppError } from '#lib/core/errors.ts';
import { listExports } from '#lib/services/exports/list.ts';
import { exportFound } from '#lib/services/search/export-found.ts';
import { startSearch } from '#lib/services/search/start.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import {
  createCustomer,
  createMailbox,
  createWorld,
  fillMailbox,
  type World,
} from '#test/kit/msp.ts';

describe('the export of what a search found', () => {
  let db: TestDatabase;
  let world: World;
  let tenantId: string;
  let mailboxIds: string[];
  before(async () => {
    db = await createTestDatabase();
  });
  beforeEach(async () => {
    world = await createWorld(db);
    ({ tenantId } = await createCustomer(db, world));
    mailboxIds = [];
    for (const displayName of ['Adele Vance', 'Ben Otter', 'Cora Lind']) {
      const mailboxId = await createMailbox(db, world, tenantId, { displayName, nextSeq: 2 });
      await fillMailbox(db, world, { tenantId, mailboxId }, 1, [{ key: 'a', fromSeq: 1 }]);
      mailboxIds.push(mailboxId);
    }
  });
  after(() => db.close());

  async function exportAll() {
    const ctx = world.as('technician');
    const { searchId } = await startSearch(ctx, { tenantId, filter: { from: '2026-11-22' } });
    return await exportFound(ctx, { tenantId, searchId, items: 'all' });
  }
  const states = async () =>
    (await listExports(world.as('technician'), { tenantId })).map(({ state }) => state).sort();
  const told = () => world.jobs.asked.filter(({ name }) => name === 'startExport').length;
  const silentFrom = (nth: number) =>
    world.jobs.on('startExport', async () => {
      if (told() >= nth) throw new AppError('internal', 'nobody is there', { retryable: true });
    });

  it('is an archive for each mailbox, and asked for twice the same ones', async () => {
    const first = await exportAll();
    assert.equal(first.exportIds.length, 3);
    assert.deepEqual((await exportAll()).exportIds.toSorted(), first.exportIds.toSorted());
    assert.deepEqual(await states(), ['queued', 'queued', 'queued']);
  });

  it('begins none where one of them cannot begin', async () => {
    await db.owner`delete from snapshots where mailbox_id = ${mailboxIds[2]!}`;
    await assert.rejects(exportAll(), { code: 'not-found' });
    assert.deepEqual([await states(), told()], [[], 0]);
  });

  it('says of each that the worker did not hear of that it never began', async () => {
    silentFrom(2);
    const { exportIds } = await exportAll();
    assert.equal(exportIds.length, 3);
    assert.deepEqual([await states(), told()], [['failed', 'failed', 'queued'], 2]);
  });

  it('counts as begun what the worker heard of, also where its answer was lost', async () => {
    world.jobs.on('startExport', async ({ exportId }: { exportId: string }) => {
      await db.owner`update exports set state = 'done' where id = ${exportId}`;
      throw new AppError('internal', 'nobody is there', { retryable: true });
    });
    assert.equal((await exportAll()).exportIds.length, 3);
    assert.deepEqual([await states(), told()], [['done', 'failed', 'failed'], 1]);
  });

  it('fails where the worker heard of none, and leaves nothing queued', async () => {
    silentFrom(1);
    await assert.rejects(exportAll(), { message: 'nobody is there' });
    assert.deepEqual([await states(), told()], [['failed', 'failed', 'failed'], 1]);
  });
});
