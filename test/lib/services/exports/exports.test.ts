import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import { exports } from '#db/schema/restores.ts';
import { addMs } from '#lib/core/clock.ts';
import { AppError, isAppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import { listAudit } from '#lib/services/audit/list.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import type { Engines } from '#lib/services/engines.ts';
import { cancelExport } from '#lib/services/exports/cancel.ts';
import { downloadExport } from '#lib/services/exports/download.ts';
import { dropExpiredExports } from '#lib/services/exports/drop-expired.ts';
import { endExport } from '#lib/services/exports/end.ts';
import { getExport } from '#lib/services/exports/get.ts';
import { listExports } from '#lib/services/exports/list.ts';
import { runExport } from '#lib/services/exports/run.ts';
import { startExport } from '#lib/services/exports/start.ts';
import { wholeReach } from '#lib/services/reach.ts';
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

  const filesOf = async (exportId: string) =>
    (await readdir(folder)).filter((name) => name.startsWith(exportId));
  const leaveBehind = async (exportId: string) => {
    for (const ending of ['zip', 'zip.partial']) {
      await writeFile(join(folder, `${exportId}.${ending}`), 'mail in clear');
    }
  };

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
    const run = (exportId: string, more: { attempt?: number; engines?: typeof engines } = {}) =>
      runExport(world.workflow, { tenantId, exportId }, more.engines ?? engines, {
        folder,
        signal: new AbortController().signal,
        attempt: more.attempt ?? 1,
      });
    return { world, owner, tenantId, itemIds, start, run };
  }

  it('takes the right to read as well: a key that may only export takes no mail away', async () => {
    const { owner, tenantId, start, run } = await stage();
    const { exportId } = await start();
    await run(exportId);
    const { mailboxId } = await getExport(owner, { tenantId, exportId });
    for (const scopes of [['exports.run'], ['content.read']] as const) {
      const actor = { kind: 'key' as const, keyId: newId(), scopes, reach: wholeReach };
      const key: ServiceContext = { ...owner, actor };
      await assert.rejects(
        startExport(key, { tenantId, mailboxId, sequence: 2, selection: { kind: 'mailbox' } }),
        { code: 'forbidden' },
      );
      await assert.rejects(downloadExport(key, { tenantId, exportId }, folder), {
        code: 'forbidden',
      });
    }
  });

  it('is tried again where that may mend it, and ends where it never does', async () => {
    const { owner, tenantId, start, run } = await stage();
    const { exportId } = await start();
    const broken = {
      vault: async () => {
        throw new Error('EIO');
      },
    };
    // What a worker that was killed left of an attempt before.
    await leaveBehind(exportId);
    await assert.rejects(run(exportId, { engines: broken, attempt: 7 }));
    assert.equal((await getExport(owner, { tenantId, exportId })).state, 'running');
    await run(exportId, { engines: broken, attempt: 8 });
    assert.deepEqual(await filesOf(exportId), []);
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
    const bare = await getExport(owner, { tenantId, exportId, subjects: false });
    assert.equal(bare.failures[0]!.subject, null);
    const looked = (await listAudit(owner, { tenantId })).map(({ action }) => action);
    assert.deepEqual(looked, ['item.list-export', 'export.finish', 'export.start']);
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
    assert.deepEqual(await filesOf(exportId), []);
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
    assert.deepEqual(await filesOf(exportId), []);
  });

  it('leaves nothing of an archive where its worker was killed and it ended otherwise', async () => {
    const { world, owner, tenantId, start, run } = await stage();
    const [cancelled, late] = [await start(), await start({ kind: 'folder', folderId: 'inbox' })];
    await cancelExport(owner, { tenantId, exportId: cancelled.exportId });
    for (const [{ exportId }, state] of [
      [cancelled, 'cancelled'],
      [late, 'failed'],
    ] as const) {
      await leaveBehind(exportId);
      const key = { tenantId, exportId };
      assert.deepEqual(await endExport(world.workflow, key, folder), { isKept: false });
      assert.equal((await getExport(owner, key)).state, state);
      assert.deepEqual(await filesOf(exportId), []);
      // The next attempt of a worker that came back finds that it ended.
      await leaveBehind(exportId);
      await run(exportId);
      assert.deepEqual(await filesOf(exportId), []);
    }
    const { exportId } = await start();
    await run(exportId);
    assert.deepEqual(await endExport(world.workflow, { tenantId, exportId }, folder), {
      isKept: true,
    });
    await buffer((await downloadExport(owner, { tenantId, exportId }, folder)).body);
  });

  it('that is removed while it is downloaded arrives whole', async () => {
    const { world, owner, tenantId, start, run } = await stage();
    const { exportId } = await start();
    await run(exportId);
    const download = await downloadExport(owner, { tenantId, exportId }, folder);
    world.clock.advance(24 * 3_600_000 + 1);
    await dropExpiredExports(world.workflow, { tenantId }, folder);
    assert.deepEqual(await filesOf(exportId), []);
    assert.equal((await buffer(download.body)).length, download.bytes);
  });

  it('asked for twice is made once, and ends in failure only where it never began', async () => {
    const { world, owner, tenantId, itemIds, start, run } = await stage();
    const twice = await Promise.all([start(), start()]);
    assert.equal(twice[0]!.exportId, twice[1]!.exportId);
    assert.equal((await listExports(owner, { tenantId })).length, 1);
    const asked = (await listAudit(owner, { tenantId })).filter(
      (it) => it.action === 'export.start',
    );
    assert.equal(asked.length, 2, 'that it was asked for is in the log each time');
    const other = await start({ kind: 'items', itemIds: [...itemIds.values()] });
    assert.notEqual(other.exportId, twice[0]!.exportId);
    world.jobs.on('startExport', async () => {
      throw new AppError('internal', 'nobody is there', { retryable: true });
    });
    await assert.rejects(start());
    const key = { tenantId, exportId: twice[0]!.exportId };
    assert.equal((await getExport(owner, key)).state, 'queued', 'the first may well be at work');
    world.jobs.on('startExport', async () => {});
    await run(key.exportId);
    assert.notEqual((await start()).exportId, key.exportId, 'a new one of what is there now');
  });

  it('nobody has more made at once, or kept, than a person can take', async () => {
    const { world, owner, tenantId, itemIds, start } = await stage();
    const { exportId } = await start();
    const outside = drizzle(db.owner, { casing: 'snake_case' });
    const [row] = await outside.select().from(exports).where(eq(exports.id, exportId));
    const add = (count: number, change: Partial<typeof exports.$inferInsert>) =>
      outside
        .insert(exports)
        .values(Array.from({ length: count }, () => ({ ...row!, ...change, id: newId() })));
    const one = { kind: 'items' as const, itemIds: [itemIds.get('a@1')!] };
    await add(58, {});
    await start(one);
    const more = { kind: 'items' as const, itemIds: [itemIds.get('b@2')!] };
    await assert.rejects(start(more), (err: AppError) => {
      assert.match(err.message, /60 downloads.*Nothing was started/);
      return isAppError(err, 'too-many') && err.retryAfterMs !== undefined;
    });
    assert.equal((await start(one)).exportId.length, 36, 'what is at work is joined');
    const customer = await createCustomer(db, world, { entraTid: newId() });
    const elsewhere = {
      tenantId: customer.tenantId,
      mailboxId: await createMailbox(db, world, customer.tenantId),
    };
    await fillMailbox(db, world, elsewhere, 1, [{ key: 'x', fromSeq: 1 }]);
    const all = { ...elsewhere, sequence: 1, selection: { kind: 'mailbox' as const } };
    await assert.rejects(startExport(owner, all), { code: 'too-many' });
    const key: ServiceContext = {
      ...owner,
      actor: {
        kind: 'key',
        keyId: newId(),
        scopes: ['content.read', 'exports.run'],
        reach: wholeReach,
      },
    };
    await startExport(key, all);

    const end = { endedAt: world.clock.now(), expiresAt: addMs(world.clock.now(), 60_000) };
    await outside
      .update(exports)
      .set({ state: 'done', ...end })
      .where(eq(exports.tenantId, tenantId));
    await start(more);
    await add(139, { state: 'done', ...end });
    await assert.rejects(start({ kind: 'folder', folderId: 'inbox' }), {
      code: 'too-many',
      message: /200 downloads/,
    });
    world.clock.advance(61_000);
    await start({ kind: 'folder', folderId: 'inbox' });
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
