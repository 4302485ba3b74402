import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { AppError, isAppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import type { GraphClient } from '#lib/graph/client.ts';
import type { Engines } from '#lib/services/engines.ts';
import { getMailbox } from '#lib/services/mailboxes/get.ts';
import { backupSlice } from '#lib/services/runs/backup-slice.ts';
import { beginRun } from '#lib/services/runs/begin-run.ts';
import { cancelRun } from '#lib/services/runs/cancel.ts';
import { finalizeJob } from '#lib/services/runs/finalize-job.ts';
import { getRun } from '#lib/services/runs/get.ts';
import { planRun } from '#lib/services/runs/plan-run.ts';
import { startRun } from '#lib/services/runs/start.ts';
import { keyFromBytes } from '#lib/vault/keys.ts';
import { openTarget } from '#lib/vault/targets/open.ts';
import { Vault } from '#lib/vault/vault.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox, createWorld, type World } from '#test/kit/msp.ts';
import { failure, TinyGraph, tinyMailbox } from '#test/kit/tiny-graph.ts';

/** What becomes of a mailbox when Microsoft gives trouble instead of mail. */
describe('a slice in trouble', () => {
  let db: TestDatabase;
  let folder: string;
  const keys = keyFromBytes(Buffer.alloc(32, 7));
  const vaults: Vault[] = [];
  before(async () => {
    db = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'holdfast-slices-'));
  });
  after(async () => {
    for (const vault of vaults) await vault[Symbol.asyncDispose]();
    await db?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function stage(source: (world: World) => Error | GraphClient) {
    const world = await createWorld(db);
    const { tenantId } = await createCustomer(db, world);
    const mailboxId = await createMailbox(db, world, tenantId, {
      entraUserId: tinyMailbox.userId,
      exchangeId: tinyMailbox.exchangeId,
    });
    const owner = world.as('owner');
    const begin = async () => {
      const { runId } = await startRun(owner, { tenantId });
      await beginRun(
        world.workflow,
        { mspId: world.mspId, tenantId, policyId: newId(), trigger: 'manual', runId },
        { workflowId: 'w', runId: 'r' },
      );
      await planRun(world.workflow, { tenantId, runId });
      return runId;
    };
    const runId = await begin();
    const asked: boolean[] = [];
    const engines: Engines = {
      async vault(_, options) {
        asked.push(options?.first ?? false);
        const target = openTarget(pathToFileURL(folder), tenantId);
        const vault = await Vault.openOrCreate({ target, keys, tenantId, clock: world.clock });
        vaults.push(vault);
        return vault;
      },
      graph() {
        const found = source(world);
        if (found instanceof Error) throw found;
        return found;
      },
      responsive: true,
    };
    const slice = (attempt = 1, run = runId) =>
      backupSlice(world.workflow, { tenantId, runId: run, mailboxId }, engines, {
        signal: new AbortController().signal,
        attempt,
      });
    const end = async (cancelled = false) => {
      await finalizeJob(world.workflow, { tenantId, runId, cancelled, failure: null });
      return await getRun(owner, { tenantId, runId });
    };
    const view = () => getRun(owner, { tenantId, runId });
    const vault = () => engines.vault(tenantId);
    return { world, owner, tenantId, mailboxId, runId, begin, slice, end, view, vault, asked };
  }

  it('puts a mailbox off when Microsoft asks for a long pause, and comes back to it', async () => {
    const tenMinutes = 10 * 60_000;
    const it = await stage(
      () => new AppError('throttled', 'wait', { retryable: true, retryAfterMs: tenMinutes }),
    );
    assert.deepEqual(await it.slice(), { outcome: 'deferred', waitMs: tenMinutes });
    it.world.clock.advance(4 * 60_000);
    assert.deepEqual(await it.slice(), { outcome: 'deferred', waitMs: 6 * 60_000 });
    assert.equal((await it.view()).mailboxes[0]!.state, 'deferred');
    it.world.clock.advance(7 * 60 * 60_000);
    assert.deepEqual(await it.slice(), { outcome: 'failed' });
    const run = await it.end();
    assert.equal(run.state, 'failed');
    assert.match(run.mailboxes[0]!.reason!, /kept asking to wait/);
  });

  it('makes a vault for the first copy alone; a target that is empty later is none', async () => {
    const graph = new TinyGraph();
    graph.addMail('inbox', 'the first');
    const it = await stage(() => graph.client());
    assert.deepEqual(await it.slice(), { outcome: 'done' });
    await it.end();
    assert.deepEqual(await it.slice(1, await it.begin()), { outcome: 'done' });
    assert.deepEqual(it.asked, [true, false]);
  });

  it('has all the patience for a mailbox that gets on, and none for one that fails for hours', async () => {
    const graph = new TinyGraph();
    graph.addMail('inbox', 'one of very many');
    const it = await stage(() => graph.client());
    const startedLongAgo = () =>
      db.owner`update run_mailboxes set state = 'running', ended_at = null, cause = null,
        started_at = ${new Date(it.world.clock.now().getTime() - 20 * 60 * 60_000).toISOString()}
        where run_id = ${it.runId}`;
    await startedLongAgo();
    assert.deepEqual(await it.slice(1), { outcome: 'done' });
    await startedLongAgo();
    assert.deepEqual(await it.slice(6), { outcome: 'failed' });
  });

  it('leaves short pauses and passing trouble to the retries', async () => {
    const short = await stage(
      () => new AppError('throttled', 'wait', { retryable: true, retryAfterMs: 60_000 }),
    );
    await assert.rejects(short.slice(), (err) => isAppError(err, 'throttled'));
    const passing = await stage(
      () => new AppError('source.unavailable', 'away', { retryable: true }),
    );
    await assert.rejects(passing.slice(), (err) => isAppError(err, 'source.unavailable'));
  });

  it('names what nothing can mend, and ends the run with that gap', async () => {
    const it = await stage(() => new AppError('source.refused', 'Microsoft denies access.'));
    assert.deepEqual(await it.slice(), { outcome: 'failed' });
    assert.deepEqual(await it.slice(), { outcome: 'failed' }, 'asking again changes nothing');
    const run = await it.end();
    assert.equal(run.state, 'failed');
    assert.match(run.reason!, /1 of 1 mailboxes/);
    assert.equal(run.mailboxes[0]!.reason, 'Microsoft denies access.');
  });

  it('gives a defect a few chances, and shows nothing of its message', async () => {
    const it = await stage(() => new TypeError('secret inside'));
    await assert.rejects(it.slice(1));
    assert.deepEqual(await it.slice(5), { outcome: 'failed' });
    assert.doesNotMatch(JSON.stringify(await it.end()), /secret inside/);
  });

  it('seals a mailbox that is gone, with what was copied of it', async () => {
    const it = await stage(() => new AppError('source.gone', 'gone'));
    assert.deepEqual(await it.slice(), { outcome: 'done' });
    const mailbox = await getMailbox(it.owner, { tenantId: it.tenantId, mailboxId: it.mailboxId });
    assert.equal(mailbox.state, 'sealed');
    assert.equal((await it.end()).state, 'done');
  });

  it('keeps what it read of a mailbox that goes away half-way, and calls the copy before the last good one', async () => {
    const graph = new TinyGraph();
    const it = await stage(() => graph.client());
    const mailbox = () => getMailbox(it.owner, { tenantId: it.tenantId, mailboxId: it.mailboxId });
    graph.addMail('inbox', 'before');
    assert.deepEqual(await it.slice(), { outcome: 'done' });
    await it.end();
    const { lastGoodAt } = await mailbox();
    assert.deepEqual(lastGoodAt, it.world.clock.now());

    it.world.clock.advance(60 * 60_000);
    graph.addMail('inbox', 'after');
    graph.fault = ({ path }) =>
      path.includes('/folders/sent/') ? failure(404, 'MailboxNotEnabledForRESTAPI') : undefined;
    assert.deepEqual(await it.slice(1, await it.begin()), { outcome: 'done' });
    const sealed = await mailbox();
    assert.equal(sealed.state, 'sealed');
    assert.deepEqual(sealed.lastGoodAt, lastGoodAt);
    assert.deepEqual(
      sealed.snapshots.map(({ items }) => items),
      [2, 1],
    );
  });

  it('has no good copy of a mailbox that went away while its first one was made', async () => {
    const graph = new TinyGraph();
    graph.addMail('inbox', 'all there is');
    graph.fault = ({ path }) =>
      path.includes('/folders/sent/') ? failure(404, 'MailboxNotEnabledForRESTAPI') : undefined;
    const it = await stage(() => graph.client());
    assert.deepEqual(await it.slice(), { outcome: 'done' });
    const mailbox = await getMailbox(it.owner, { tenantId: it.tenantId, mailboxId: it.mailboxId });
    assert.equal(mailbox.state, 'sealed');
    assert.equal(mailbox.lastGoodAt, null);
    assert.equal(mailbox.snapshots[0]!.items, 1);
  });

  /** Puts a snapshot of nothing into the vault, as the session with that epoch would have. */
  async function putSnapshot(it: Awaited<ReturnType<typeof stage>>, epoch: number) {
    const vault = await it.vault();
    const lease = { sessionId: newId(), epoch, assertHeld: async () => {} };
    await using writer = await vault.writer(lease);
    await writer.commitSnapshot({
      mailboxId: it.mailboxId,
      base: null,
      takenAt: it.world.clock.now(),
      note: { sequence: '1', epoch: String(epoch), runId: it.runId },
      folders: [],
      put: [],
      remove: [],
    });
  }

  it('takes a snapshot over whose writer died, and none that came after another had begun', async () => {
    for (const late of [false, true]) {
      const graph = new TinyGraph();
      graph.addMail('inbox', 'read by the second session');
      const it = await stage(() => graph.client());
      if (late) {
        graph.fault = ({ path }) =>
          path.includes('/folders/sent/') ? failure(503, 'ServiceUnavailable') : undefined;
        await assert.rejects(it.slice());
        graph.fault = () => undefined;
      }
      await putSnapshot(it, 0);
      assert.deepEqual(await it.slice(), { outcome: 'done' });
      const place = { tenantId: it.tenantId, mailboxId: it.mailboxId };
      const { snapshots } = await getMailbox(it.owner, place);
      assert.deepEqual(
        snapshots.map(({ sequence, items }) => [sequence, items]),
        late
          ? [[1, 1]]
          : [
              [2, 1],
              [1, 0],
            ],
      );
      const kept = await (await it.vault()).reader().snapshots(it.mailboxId);
      assert.equal(kept.at(-1)!.items, 1);
    }
  });

  it('notes a lost consent once, for the customer to see', async () => {
    const it = await stage(() => new AppError('consent.missing', 'No token.'));
    await db.owner`insert into connections (msp_id, tenant_id, id, app, state, created_at)
      values (${it.world.mspId}, ${it.tenantId}, ${newId()}, 'backup', 'connected', now())`;
    assert.deepEqual(await it.slice(), { outcome: 'failed' });
    const [tenant] = await db.owner`select state from tenants where id = ${it.tenantId}`;
    assert.equal(tenant!.state, 'consent-lost');
    await assert.rejects(
      startRun(it.owner, { tenantId: it.tenantId }).then(() => it.end()),
      (err) => isAppError(err, 'consent.missing'),
    );
  });

  it('rests while its run is paused, and ends a run that has no story any more', async () => {
    const it = await stage(() => new Error('not reached'));
    await db.owner`update runs set state = 'paused' where id = ${it.runId}`;
    assert.equal((await it.slice()).outcome, 'deferred');
    it.world.jobs.isRunning = async () => false;
    await cancelRun(it.owner, { tenantId: it.tenantId, runId: it.runId });
    assert.equal((await it.view()).state, 'cancelled');
  });
});
