import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { isAppError } from '#lib/core/errors.ts';
import { downloadExport } from '#lib/services/exports/download.ts';
import { getExport } from '#lib/services/exports/get.ts';
import { startExport } from '#lib/services/exports/start.ts';
import { listFolders } from '#lib/services/folders/list.ts';
import { listItems } from '#lib/services/items/list.ts';
import { readItem } from '#lib/services/items/read.ts';
import { getMailbox } from '#lib/services/mailboxes/get.ts';
import { listMailboxes } from '#lib/services/mailboxes/list.ts';
import { cancelRestore } from '#lib/services/restores/cancel.ts';
import { executeRestore } from '#lib/services/restores/execute.ts';
import { restoreItems } from '#lib/services/restores/items.ts';
import { planRestore } from '#lib/services/restores/plan.ts';
import { cancelRun } from '#lib/services/runs/cancel.ts';
import { getRun } from '#lib/services/runs/get.ts';
import { pauseRun } from '#lib/services/runs/pause.ts';
import { resumeRun } from '#lib/services/runs/resume.ts';
import { startRun } from '#lib/services/runs/start.ts';
import {
  type Customer,
  type Product,
  restoreReaches,
  runEnded,
  startProduct,
} from '#test/kit/product.ts';

/** The worker as it runs in production, against real Postgres, Temporal and the stand-in. */
describe('the product without its portal', () => {
  let product: Product;
  let customer: Customer;
  before(async () => {
    product = await startProduct();
    customer = await product.connectCustomer();
    await product.worker.start();
  });
  after(() => product?.stop());

  const run = async () => {
    const { runId } = await startRun(customer.ctx, { tenantId: customer.tenantId });
    return await runEnded(customer, runId);
  };
  const mailboxNamed = async (name: string) => {
    const all = await listMailboxes(customer.ctx, { tenantId: customer.tenantId });
    return all.find((mailbox) => mailbox.name === name)!;
  };
  const source = (address: string) => {
    const { store } = product.standIn;
    const user = [...store.users.values()].find((one) => one.address === address)!;
    return { store, user, mailbox: store.mailboxOf(user)! };
  };

  it('backs up every item of every mailbox, and the numbers balance', async () => {
    const view = await run();
    assert.equal(view.state, 'done', JSON.stringify(view));
    const { enumerated, stored, open } = view.counts;
    assert.equal(open, 0);
    assert.equal(enumerated, stored);
    const mailboxes = await listMailboxes(customer.ctx, { tenantId: customer.tenantId });
    assert.equal(mailboxes.length, 3);
    for (const mailbox of mailboxes) {
      const { mailbox: there } = source(mailbox.address);
      const wanted = [...there.items.values()].filter((item) => {
        const folder = there.folders.get(item.folder);
        return folder !== undefined && there.inUserTree(folder);
      });
      assert.equal(mailbox.items, wanted.length, mailbox.name);
      assert.ok(mailbox.lastGoodAt);
    }
    await using vault = await customer.openVault();
    const report = await vault.verify({ deep: true });
    assert.deepEqual(report.problems, []);
  });

  it('finds nothing to do where nothing changed, and makes no new copy of it', async () => {
    const view = await run();
    assert.equal(view.state, 'done');
    assert.equal(view.counts.stored, 0);
    const { snapshots } = await getMailbox(customer.ctx, {
      tenantId: customer.tenantId,
      mailboxId: (await mailboxNamed('Adele Vance')).id,
    });
    assert.equal(snapshots.length, 1);
  });

  it('takes a snapshot over whose writer died before the catalogue knew of it', async () => {
    const { id } = await mailboxNamed('Adele Vance');
    // As it is after a kill between the two: the object in the vault, and nothing in the catalogue.
    await product.db.owner`update run_mailboxes set snapshot_id = null where mailbox_id = ${id}`;
    await product.db.owner`delete from snapshots where mailbox_id = ${id}`;
    await product.db.owner`update mailboxes set next_seq = 1 where id = ${id}`;
    // The run before this test held the lease too; here nobody did since the snapshot was written.
    await product.db.owner`update mailbox_leases set epoch = 1 where mailbox_id = ${id}`;
    const view = await run();
    assert.equal(view.state, 'done');
    const { snapshots } = await getMailbox(customer.ctx, {
      tenantId: customer.tenantId,
      mailboxId: id,
    });
    assert.deepEqual(
      snapshots.map((snapshot) => snapshot.sequence),
      [1],
    );
    await using vault = await customer.openVault();
    assert.equal((await vault.reader().snapshots(id)).length, 1);
  });

  it('pauses, goes on, and cancels; what was copied stays', async () => {
    const { runId } = await startRun(customer.ctx, { tenantId: customer.tenantId });
    const key = { tenantId: customer.tenantId, runId };
    await pauseRun(customer.ctx, key);
    assert.equal((await getRun(customer.ctx, key)).state, 'paused');
    await resumeRun(customer.ctx, key);
    assert.equal((await runEnded(customer, runId)).state, 'done');
    await assert.rejects(pauseRun(customer.ctx, key), (err) => isAppError(err, 'conflict'));

    const second = await startRun(customer.ctx, { tenantId: customer.tenantId });
    const again = { tenantId: customer.tenantId, runId: second.runId };
    await pauseRun(customer.ctx, again);
    const joined = await startRun(customer.ctx, { tenantId: customer.tenantId });
    assert.deepEqual(joined, { runId: second.runId, joined: true });
    await cancelRun(customer.ctx, again);
    const view = await runEnded(customer, second.runId);
    assert.equal(view.state, 'cancelled');
    assert.equal((await mailboxNamed('Adele Vance')).lastOutcome, 'done');
  });

  it('shows the text of an item, and exports a folder with its hashes', async () => {
    const { id: mailboxId } = await mailboxNamed('Adele Vance');
    const place = { tenantId: customer.tenantId, mailboxId, sequence: 1 };
    const folders = await listFolders(customer.ctx, place);
    const inbox = folders.find((folder) => folder.wellKnown === 'inbox')!;
    const { items } = await listItems(customer.ctx, { ...place, folderId: inbox.id, limit: 5 });
    const text = await readItem(customer.ctx, {
      tenantId: customer.tenantId,
      mailboxId,
      itemId: items[0]!.id,
    });
    assert.ok(text.text.length > 0);
    assert.ok(text.headers.some(([name]) => /^subject$/i.test(name)));

    const { exportId } = await startExport(customer.ctx, {
      ...place,
      selection: { kind: 'folder', folderId: inbox.id },
    });
    const key = { tenantId: customer.tenantId, exportId };
    let view = await getExport(customer.ctx, key);
    for (let tries = 0; view.state !== 'done' && tries < 300; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      view = await getExport(customer.ctx, key);
    }
    assert.equal(view.state, 'done', view.refusal ?? '');
    assert.equal(view.failed, 0);
    assert.ok(view.items >= inbox.itemCount);
    const download = await downloadExport(customer.ctx, key, product.exportFolder);
    const bytes = await buffer(download.body);
    assert.equal(bytes.length, view.bytes);
    assert.equal(createHash('sha256').update(bytes).digest('hex'), view.sha256);
    assert.equal(bytes.toString('latin1', 0, 2), 'PK');
  });

  it('puts a selection into a folder of another mailbox, once however often it is asked', async () => {
    const from = await mailboxNamed('Adele Vance');
    const to = await mailboxNamed('Tom Brandt');
    const place = { tenantId: customer.tenantId, mailboxId: from.id, sequence: 1 };
    const folders = await listFolders(customer.ctx, place);
    const inbox = folders.find((folder) => folder.wellKnown === 'inbox')!;
    const { items } = await listItems(customer.ctx, { ...place, folderId: inbox.id, limit: 4 });
    const target = source(to.address);
    const before = target.mailbox.items.size;
    const { restoreId } = await planRestore(customer.ctx, {
      ...place,
      selection: { kind: 'items', itemIds: items.map((item) => item.id) },
      destination: { kind: 'mailbox', mailboxId: to.id, folderName: 'From Adele' },
      collisions: 'skip',
    });
    const planned = await restoreReaches(customer, restoreId, ['planned', 'failed']);
    assert.equal(planned.state, 'planned', planned.refusal ?? '');
    assert.equal(planned.plan?.write, items.length);
    assert.equal(target.mailbox.items.size, before, 'a plan writes nothing');
    const key = { tenantId: customer.tenantId, restoreId };
    await executeRestore(customer.ctx, key);
    await executeRestore(customer.ctx, key);
    const done = await restoreReaches(customer, restoreId, ['done', 'failed']);
    assert.equal(done.state, 'done', done.refusal ?? '');
    assert.equal(done.counts.verified, items.length);
    assert.equal(target.mailbox.items.size, before + items.length);
    const lines = await restoreItems(customer.ctx, { ...key, limit: 100 });
    assert.deepEqual(new Set(lines.items.map((line) => line.path[0])), new Set(['From Adele']));
    await assert.rejects(executeRestore(customer.ctx, key), (err) => isAppError(err, 'conflict'));
  });

  it('drops a plan that nobody wants, and never executes it', async () => {
    const { id: mailboxId } = await mailboxNamed('Tom Brandt');
    const { restoreId } = await planRestore(customer.ctx, {
      ...{ tenantId: customer.tenantId, mailboxId, sequence: 1, collisions: 'copy' },
      selection: { kind: 'mailbox' },
      destination: { kind: 'folder', name: 'Never' },
    });
    const key = { tenantId: customer.tenantId, restoreId };
    await cancelRestore(customer.ctx, key);
    const view = await restoreReaches(customer, restoreId, ['cancelled']);
    assert.equal(view.counts.written, 0);
    await assert.rejects(executeRestore(customer.ctx, key), (err) => isAppError(err, 'conflict'));
  });

  it('hands a backup over to the next worker when it is told to stop', async () => {
    const other = await product.connectCustomer();
    const { runId } = await startRun(other.ctx, { tenantId: other.tenantId });
    for (let seen = 0; seen === 0; ) {
      const view = await getRun(other.ctx, { tenantId: other.tenantId, runId });
      seen = view.mailboxes.filter((mailbox) => mailbox.state === 'running').length;
      assert.equal(view.endedAt, null, 'it ended before it could be handed over');
    }
    assert.equal(await product.worker.stop(), 0);
    await product.worker.start();
    const view = await runEnded(other, runId);
    assert.equal(view.state, 'done', JSON.stringify(view));
    assert.equal(view.counts.open, 0);
    await product.db.owner`update tenants set state = 'disconnected' where id = ${other.tenantId}`;
    await product.db.owner`update tenants set state = 'connected' where id = ${customer.tenantId}`;
  });

  it('seals a mailbox whose user is gone, restores from it, and refuses to restore into it', async () => {
    const gone = await mailboxNamed('Ines Berger');
    const heir = await mailboxNamed('Tom Brandt');
    const { store, user } = source(gone.address);
    store.removeUser(user.id);
    const view = await run();
    assert.equal(view.state, 'done', JSON.stringify(view));
    assert.equal((await mailboxNamed('Ines Berger')).state, 'sealed');

    const wish = {
      tenantId: customer.tenantId,
      mailboxId: gone.id,
      sequence: 1,
      selection: { kind: 'mailbox' },
      collisions: 'skip',
    } as const;
    await assert.rejects(
      planRestore(customer.ctx, { ...wish, destination: { kind: 'original' } }),
      (err) => isAppError(err, 'source.gone') && /Choose another mailbox/.test(err.message),
    );
    const { restoreId } = await planRestore(customer.ctx, {
      ...wish,
      destination: { kind: 'mailbox', mailboxId: heir.id, folderName: 'Ines Berger' },
    });
    await restoreReaches(customer, restoreId, ['planned']);
    await executeRestore(customer.ctx, { tenantId: customer.tenantId, restoreId });
    const done = await restoreReaches(customer, restoreId, ['done', 'failed']);
    assert.equal(done.state, 'done', done.refusal ?? '');
    assert.equal(done.counts.verified, gone.items);
  });

  it('refuses what cannot be restored with a sentence, and tells nothing of other tenants', async () => {
    const { id: mailboxId } = await mailboxNamed('Adele Vance');
    const wish = {
      tenantId: customer.tenantId,
      mailboxId,
      sequence: 1,
      selection: { kind: 'mailbox' },
      destination: { kind: 'original' },
      collisions: 'skip',
    } as const;
    const refuses = (change: object, code: 'not-found' | 'consent.missing') =>
      assert.rejects(planRestore(customer.ctx, { ...wish, ...change }), (err) =>
        isAppError(err, code),
      );
    await refuses({ sequence: 99 }, 'not-found');
    await refuses({ mailboxId: customer.tenantId }, 'not-found');
    const foreign = await product.connectCustomer();
    await assert.rejects(planRestore(foreign.ctx, { ...wish, tenantId: foreign.tenantId }), (err) =>
      isAppError(err, 'not-found'),
    );
    await product.db
      .owner`update connections set state = 'waiting' where tenant_id = ${customer.tenantId} and app = 'restore'`;
    await refuses({}, 'consent.missing');
  });

  it('drains and ends with 0 when it is told to', async () => {
    assert.equal(await product.worker.stop(), 0);
  });
});
