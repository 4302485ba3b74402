import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { addMs } from '#lib/core/clock.ts';
import { AppError, isAppError } from '#lib/core/errors.ts';
import { listAudit } from '#lib/services/audit/list.ts';
import type { Engines } from '#lib/services/engines.ts';
import { cancelExport } from '#lib/services/exports/cancel.ts';
import { downloadExport } from '#lib/services/exports/download.ts';
import { dropExpiredExports } from '#lib/services/exports/drop-expired.ts';
import { getExport } from '#lib/services/exports/get.ts';
import { listExports } from '#lib/services/exports/list.ts';
import { runExport } from '#lib/services/exports/run.ts';
import { startExport } from '#lib/services/exports/start.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox, createWorld, fillMailbox } from '#test/kit/msp.ts';
import { unzip } from '#test/kit/zip.ts';

describe('exports', () => {
  let db: TestDatabase;
  let folder: string;
  before(async () => {
    db = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'holdfast-exports-'));
  });
  after(async () => {
    await db?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Two items in one folder; the vault gives a mail for each, or what `read` does. */
  async function stage(read: () => Promise<unknown> = async () => mail()) {
    const world = await createWorld(db);
    const { tenantId } = await createCustomer(db, world);
    const mailboxId = await createMailbox(db, world, tenantId);
    const { itemIds } = await fillMailbox(db, world, { tenantId, mailboxId }, 2, [
      { key: 'a', fromSeq: 1, subject: 'Harbour' },
      { key: 'b', fromSeq: 2, subject: 'Crane' },
    ]);
    const owner = world.as('owner');
    const engines = {
      vault: async () => ({ reader: () => ({ openReadable: read, openStream: async () => null }) }),
    } as unknown as Pick<Engines, 'vault'>;
    const start = (
      selection: Parameters<typeof startExport>[1]['selection'] = { kind: 'mailbox' },
      sequence = 2,
    ) => startExport(owner, { tenantId, mailboxId, sequence, selection });
    const run = (exportId: string, more: { folder?: string; attempt?: number } = {}) =>
      runExport(world.workflow, { tenantId, exportId }, engines, {
        folder,
        signal: new AbortController().signal,
        ...more,
      });
    return { world, owner, tenantId, itemIds, start, run };
  }

  it('is tried again where that may mend it, and ends where it never does', async () => {
    const { owner, tenantId, start, run } = await stage();
    const { exportId } = await start();
    // A file where the folder should be, as a full disk would, fails every attempt.
    const nowhere = { folder: import.meta.filename };
    await assert.rejects(run(exportId, { ...nowhere, attempt: 7 }));
    assert.equal((await getExport(owner, { tenantId, exportId })).state, 'running');
    await run(exportId, { ...nowhere, attempt: 8 });
    const ended = await getExport(owner, { tenantId, exportId });
    assert.deepEqual([ended.state, /unexpected/.test(ended.refusal ?? '')], ['failed', true]);
  });

  it('holds what the chosen copy showed, and every download is in the audit log', async () => {
    const { owner, tenantId, start, run } = await stage();
    const { exportId } = await start({ kind: 'folder', folderId: 'inbox' }, 1);
    const key = { tenantId, exportId };
    await assert.rejects(downloadExport(owner, key, folder), (err) => isAppError(err, 'conflict'));
    await run(exportId);
    const view = await getExport(owner, key);
    assert.deepEqual([view.state, view.total, view.items, view.failed], ['done', 1, 1, 0]);
    const download = await downloadExport(owner, key, folder);
    assert.match(download.fileName, /^holdfast-export-[0-9a-f]{8}\.zip$/);
    const files = unzip(await buffer(download.body));
    assert.deepEqual([...files.keys()], ['Posteingang/000001-Harbour.eml', 'manifest.json']);
    const actions = (await listAudit(owner, { tenantId })).map(({ action }) => action);
    assert.deepEqual(actions, ['export.download', 'export.finish', 'export.start']);
  });

  it('names what the vault could not give back, and exports the rest', async () => {
    let reads = 0;
    const { owner, tenantId, itemIds, start, run } = await stage(async () => {
      if (reads++ === 0) throw new AppError('vault.damaged', 'A block is not what it was.');
      return mail();
    });
    const { exportId } = await start();
    await run(exportId);
    const view = await getExport(owner, { tenantId, exportId });
    assert.deepEqual([view.state, view.total, view.items, view.failed], ['done', 2, 1, 1]);
    const [failure] = view.failures;
    assert.ok([...itemIds.values()].includes(failure!.itemId));
    assert.match(failure!.subject!, /Harbour|Crane/);
    assert.equal(failure!.sentence, 'The vault could not give it back whole.');
  });

  it('makes no archive of nothing', async () => {
    const { owner, tenantId, itemIds, start, run } = await stage();
    // The item came with the second copy; the first does not show it.
    const { exportId } = await start({ kind: 'items', itemIds: [itemIds.get('b@2')!] }, 1);
    await run(exportId);
    const view = await getExport(owner, { tenantId, exportId });
    assert.equal(view.state, 'failed');
    assert.match(view.refusal!, /holds no items/);
  });

  it('keeps an archive for a day; then it is neither given out nor on the disk', async () => {
    const { world, owner, tenantId, start, run } = await stage();
    const { exportId } = await start();
    const key = { tenantId, exportId };
    await run(exportId);
    const { expiresAt } = await getExport(owner, key);
    assert.deepEqual(expiresAt, addMs(world.clock.now(), 24 * 3_600_000));
    world.clock.advance(24 * 3_600_000);
    assert.equal((await getExport(owner, key)).state, 'expired');
    const [listed] = await listExports(owner, { tenantId });
    assert.deepEqual([listed?.id, listed?.state], [exportId, 'expired']);
    await assert.rejects(downloadExport(owner, key, folder), (err) => isAppError(err, 'expired'));
    world.clock.advance(1);
    await dropExpiredExports(world.workflow, { tenantId }, folder);
    assert.ok(!(await readdir(folder)).includes(`${exportId}.zip`));
    assert.equal((await getExport(owner, key)).state, 'expired');
  });

  it('says so when the file is gone before its time', async () => {
    const { owner, tenantId, start, run } = await stage();
    const { exportId } = await start();
    await run(exportId);
    await rm(join(folder, `${exportId}.zip`));
    await assert.rejects(downloadExport(owner, { tenantId, exportId }, folder), (err) =>
      isAppError(err, 'expired'),
    );
  });

  it('that is cancelled while it is written leaves no archive behind', async () => {
    let cancel: () => Promise<void> = async () => {};
    const { world, tenantId, start, run } = await stage(async () => {
      await cancel();
      return mail();
    });
    const { exportId } = await start();
    const key = { tenantId, exportId };
    cancel = async () => {
      cancel = async () => {};
      await cancelExport(world.as('technician'), key);
    };
    await run(exportId);
    assert.equal((await getExport(world.as('technician'), key)).state, 'cancelled');
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.startsWith(exportId)),
      [],
    );
  });

  it('is handed out only to those who may export, and tells nothing of other customers', async () => {
    const { world, tenantId, start, run } = await stage();
    const { exportId } = await start();
    await run(exportId);
    const key = { tenantId, exportId };
    for (const role of ['billing', 'auditor'] as const) {
      await assert.rejects(downloadExport(world.as(role), key, folder), (err) =>
        isAppError(err, 'forbidden'),
      );
      assert.equal((await getExport(world.as(role), key)).items, 2);
      assert.equal((await listExports(world.as(role), { tenantId })).length, 1);
    }
    const stranger = (await createWorld(db, 'Southridge Services')).as('owner');
    await assert.rejects(getExport(stranger, key), (err) => isAppError(err, 'not-found'));
    assert.deepEqual(await listExports(stranger, { tenantId }), []);
    await assert.rejects(downloadExport(stranger, key, folder), (err) =>
      isAppError(err, 'not-found'),
    );
  });
});

function mail() {
  const bytes = Buffer.from('Subject: Harbour\r\n\r\nHello\r\n');
  return {
    format: 'mime',
    bytes: bytes.length,
    sha256: '',
    body: (async function* () {
      yield bytes;
    })(),
  };
}
