import type { CaptureMode } from '#db/enums.ts';
import { addMs } from '#lib/core/clock.ts';
import { sleep } from '#lib/core/concurrency.ts';
import { AppError, isAppError } from '#lib/core/errors.ts';
import { captureMailbox } from '#lib/exchange/capture.ts';
import { balances } from '#lib/exchange/outcome.ts';
import type { SliceResult } from '#lib/jobs/contract.ts';
import type { VaultWriter } from '#lib/vault/vault.ts';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { loseConsent } from '../customers/lose-consent.ts';
import { loadTenant } from '../customers/store.ts';
import type { Engines } from '../engines.ts';
import { keepFiguresAfter } from '../figures/keep.ts';
import { type HeldLease, leaseMs, withLease } from '../leases/hold.ts';
import { loadMailbox, type MailboxRow, sealMailbox } from '../mailboxes/store.ts';
import { findPolicy } from '../policies/store.ts';
import { fillIndex } from '../search/fill.ts';
import { withScope } from '../transaction.ts';
import { createCaptureJournal } from './capture-journal.ts';
import { hasSnapshots, updateMailbox } from './catalogue.ts';
import { adoptSnapshot, commitSnapshot, type SnapshotWork } from './commit-snapshot.ts';
import { isOpen } from './rules.ts';
import {
  addStoredBytes,
  loadRun,
  loadRunMailbox,
  type RunMailboxKey,
  type RunMailboxRow,
  type RunRow,
  updateRunMailbox,
} from './store.ts';

export interface SliceInput {
  tenantId: string;
  runId: string;
  mailboxId: string;
}

export interface SliceOptions {
  /** Aborts when the activity is cancelled or its worker shuts down. */
  signal: AbortSignal;
  /** Counts from 1. */
  attempt: number;
}

/** One activity is short enough that a shard can be cut, and a deploy waits for no mailbox. */
const budgetMs = 10 * 60_000;
/** Waits up to here are a matter of retries; longer ones are written down and come back later. */
const waitWithRetryMs = 5 * 60_000;
/** A mailbox that was put off for so long ends the run as a gap that is named. */
const patienceMs = 6 * 60 * 60_000;
const pausedMs = 5_000;
/** A restore asks for the mailbox at least that often (`lib/services/restores/target.ts`). */
const makeWayMs = 15_000;
/** While a run goes on, figures are at most so old. */
const figuresMs = 60_000;
/** A defect that comes back so often is no passing trouble. */
const defectsMax = 5;

interface Facts {
  run: RunRow;
  line: RunMailboxRow;
  mailbox: MailboxRow;
  entraTid: string;
  mode: CaptureMode;
}

/**
 * One slice of one mailbox: takes its lease, goes on where the slice before ended, and when nothing
 * is left commits the snapshot. Item failures are lines in the run; trouble with the mailbox as a
 * whole ends its line with a cause; only passing trouble is thrown, to be tried again.
 */
export async function backupSlice(
  ctx: ServiceContext,
  input: SliceInput,
  engines: Engines,
  options: SliceOptions,
): Promise<SliceResult> {
  requirePermission(ctx, 'backups.run');
  const key: RunMailboxKey = { mspId: ctx.mspId, ...input };
  const begunAt = ctx.clock.now();
  try {
    const facts = await loadFacts(ctx, key);
    if (facts.mailbox.state === 'sealed')
      await catchUp(ctx, key, facts.mailbox, engines, options.signal);
    const early = await endsEarly(ctx, key, facts, options.attempt);
    if (early !== null) return early;
    const held = await withLease(
      ctx,
      {
        tenantId: input.tenantId,
        mailboxId: input.mailboxId,
        owner: `run/${input.runId}`,
        leaseMs: engines.responsive ? leaseMs.responsive : leaseMs.usual,
        signal: options.signal,
      },
      (lease) => captureUnderLease(ctx, key, facts, engines, lease),
    );
    if (held.held) return held.result;
    return await defer(ctx, key, Math.min(held.waitMs, 30_000), 'mailbox-busy');
  } catch (err) {
    return await settle(ctx, key, err, { ...options, begunAt });
  }
}

function loadFacts(ctx: ServiceContext, key: RunMailboxKey): Promise<Facts> {
  return withScope(ctx.db, key, async (tx) => {
    const tenant = await loadTenant(tx, key.mspId, key.tenantId);
    const policy = await findPolicy(tx, key.mspId, key.tenantId);
    // Of one that was disconnected every mailbox is sealed, which ends its line without a failure.
    const known = tenant.state === 'connected' || tenant.state === 'disconnected';
    if (!known || tenant.entraTid === null) {
      throw new AppError('consent.missing', `${tenant.name} is not connected any more.`);
    }
    return {
      run: await loadRun(tx, key),
      line: await loadRunMailbox(tx, key),
      mailbox: await loadMailbox(tx, key.mspId, key.tenantId, key.mailboxId),
      entraTid: tenant.entraTid,
      mode: policy?.mode ?? 'dual',
    };
  });
}

/** Ends before any lease is taken: done already, not wanted any more, or not yet. */
async function endsEarly(
  ctx: ServiceContext,
  key: RunMailboxKey,
  { run, line, mailbox }: Facts,
  attempt: number,
): Promise<SliceResult | null> {
  if (line.state === 'done' || line.state === 'failed') return { outcome: line.state };
  if (!isOpen(run.state)) return { outcome: 'failed' };
  if (run.state === 'paused') return { outcome: 'deferred', waitMs: pausedMs };
  if (mailbox.state === 'sealed') return await end(ctx, key, 'done', 'sealed', null);
  if (mailbox.state !== 'protected') return await end(ctx, key, 'done', mailbox.state, null);
  const now = ctx.clock.now().getTime();
  // A large mailbox may take a day, as long as each slice gets on; a paused one waits for people, and
  // one that makes way for a restore is not in trouble.
  const putOff = line.state === 'deferred' && line.cause !== 'mailbox-busy';
  const waits = putOff || attempt > defectsMax;
  if (waits && line.startedAt !== null && now - line.startedAt.getTime() > patienceMs) {
    return await end(ctx, key, 'failed', 'waited-too-long', null);
  }
  const waitMs = (line.notBefore?.getTime() ?? 0) - now;
  return waitMs > 0 ? { outcome: 'deferred', waitMs } : null;
}

async function captureUnderLease(
  ctx: ServiceContext,
  key: RunMailboxKey,
  facts: Facts,
  engines: Engines,
  lease: HeldLease,
): Promise<SliceResult> {
  const startedAt = facts.line.startedAt ?? ctx.clock.now();
  await withScope(ctx.db, key, async (tx) => {
    await lease.fence(tx);
    await updateRunMailbox(tx, key, {
      ...{ state: 'running', startedAt, notBefore: null, cause: null, detail: null },
    });
  });
  const first = !(await withScope(ctx.db, key, (tx) => hasSnapshots(tx, key)));
  const vault = await engines.vault(key.tenantId, { first });
  const { runId, ...mailboxKey } = key;
  // Read under the lease: only its holder moves the sequence on.
  let { nextSeq: seq } = await withScope(ctx.db, key, (tx) =>
    loadMailbox(tx, key.mspId, key.tenantId, key.mailboxId),
  );
  const work = (): SnapshotWork => ({ key: mailboxKey, lease, seq, runId });
  if (await adoptSnapshot(ctx, work(), vault.reader())) seq++;

  await using writer = await vault.writer(lease);
  const watch = watchRun(ctx, key, engines.responsive ? 500 : 5_000);
  const signal = AbortSignal.any([lease.signal, watch.signal]);
  const finish = (read: 'to its end' | 'in part') =>
    finishMailbox(ctx, key, facts, work(), { writer, reader: vault.reader() }, read);
  try {
    const { state } = await captureMailbox({
      graph: engines.graph('backup', facts.entraTid, signal),
      mailbox: { userId: facts.mailbox.entraUserId, exchangeId: facts.mailbox.exchangeId ?? '' },
      writer: countingSink(ctx, key, writer),
      journal: createCaptureJournal(ctx, { key: mailboxKey, runId, lease, seq, startedAt }),
      mode: facts.mode,
      budgetMs,
      signal,
      onProgress: () => {},
      makesWay: lease.wanted,
      clock: ctx.clock,
    });
    if (state === 'done') {
      const result = await finish('to its end');
      const mailbox = await withScope(ctx.db, key, (tx) =>
        loadMailbox(tx, key.mspId, key.tenantId, key.mailboxId),
      );
      await catchUp(ctx, key, mailbox, engines, signal);
      return result;
    }
    return lease.wanted() ? { outcome: 'deferred', waitMs: makeWayMs } : { outcome: 'more' };
  } catch (err) {
    if (watch.signal.aborted && !lease.signal.aborted) {
      return { outcome: 'deferred', waitMs: pausedMs };
    }
    if (!isAppError(err, 'source.gone')) throw err;
    // Its user left. What was read until now is kept, and nothing will ever prune it.
    await seal(ctx, key, facts.mailbox, lease);
    await finish('in part');
    return await end(ctx, key, 'done', 'sealed', null);
  } finally {
    await watch.stop();
  }
}

/** What was copied before there was an index of words. Of a mailbox that is gone only the vault has it. */
async function catchUp(
  ctx: ServiceContext,
  { runId: _, ...key }: RunMailboxKey,
  { indexedSeq, nextSeq }: MailboxRow,
  engines: Engines,
  signal: AbortSignal,
): Promise<void> {
  if (indexedSeq >= nextSeq - 1) return;
  await fillIndex(ctx, key, async () => (await engines.vault(key.tenantId)).reader(), signal);
}

/** Bytes that reach the target are counted as they do. */
function countingSink(ctx: ServiceContext, key: RunMailboxKey, writer: VaultWriter) {
  return {
    putItem: writer.putItem.bind(writer),
    flush: () => flushCounted(ctx, key, writer),
  };
}

async function flushCounted(
  ctx: ServiceContext,
  key: RunMailboxKey,
  writer: VaultWriter,
): Promise<void> {
  const { storedBytes } = await writer.flush();
  if (storedBytes > 0) await withScope(ctx.db, key, (tx) => addStoredBytes(tx, key, storedBytes));
}

/**
 * Commits what was read as a snapshot and ends the mailbox's line. Only a mailbox that was read to
 * its end has a good copy of this hour; of one that went away half-way the copy before is the last.
 */
async function finishMailbox(
  ctx: ServiceContext,
  key: RunMailboxKey,
  { mailbox, entraTid }: Facts,
  work: SnapshotWork,
  vault: {
    writer: VaultWriter;
    reader: ReturnType<Awaited<ReturnType<Engines['vault']>>['reader']>;
  },
  read: 'to its end' | 'in part',
): Promise<SliceResult> {
  const line = await withScope(ctx.db, key, (tx) => loadRunMailbox(tx, key));
  if (!balances(line.enumerated, line)) return await end(ctx, key, 'failed', 'unbalanced', null);
  await commitSnapshot(ctx, work, vault, {
    runId: key.runId,
    displayName: mailbox.displayName,
    address: mailbox.address,
    kind: mailbox.kind,
    entraUserId: mailbox.entraUserId,
    entraTid,
  });
  await flushCounted(ctx, key, vault.writer);
  const withGaps = line.skipped + line.failed > 0;
  await withScope(ctx.db, key, async (tx) => {
    await work.lease.fence(tx);
    const at = ctx.clock.now();
    await updateRunMailbox(tx, key, { state: 'done', cause: null, detail: null, endedAt: at });
    if (read === 'to its end') {
      await updateMailbox(tx, work.key, {
        lastGoodAt: at,
        lastOutcome: withGaps ? 'done with skips' : 'done',
      });
    }
  });
  // A first copy of a large organisation takes a day, and lists tell how it gets on.
  await keepFiguresAfter(ctx, { tenantId: key.tenantId }, { olderThanMs: figuresMs });
  return { outcome: 'done' };
}

async function seal(
  ctx: ServiceContext,
  key: RunMailboxKey,
  mailbox: MailboxRow,
  lease: HeldLease,
): Promise<void> {
  await withScope(ctx.db, key, async (tx) => {
    await lease.fence(tx);
    await sealMailbox(tx, key.mspId, key.tenantId, key.mailboxId, {
      at: ctx.clock.now(),
      cause: 'mailbox-gone',
    });
    await audit(ctx, tx, {
      tenantId: key.tenantId,
      action: 'mailbox.seal',
      entity: 'mailbox',
      entityId: key.mailboxId,
      facts: { name: mailbox.displayName },
    });
  });
}

/** Looks now and then whether somebody paused or ended the run, and stops the slice if so. */
function watchRun(ctx: ServiceContext, key: RunMailboxKey, everyMs: number) {
  const ended = new AbortController();
  const stop = new AbortController();
  const watching = (async () => {
    for (;;) {
      await sleep(everyMs, ended.signal).catch(() => {});
      if (ended.signal.aborted) return;
      const run = await withScope(ctx.db, key, (tx) => loadRun(tx, key)).catch(() => null);
      if (run !== null && run.state !== 'running' && run.state !== 'queued') {
        stop.abort(new AppError('conflict', 'The run was paused or ended.', { retryable: true }));
        return;
      }
    }
  })();
  return {
    signal: stop.signal,
    async stop() {
      ended.abort();
      await watching;
    },
  };
}

async function defer(
  ctx: ServiceContext,
  key: RunMailboxKey,
  waitMs: number,
  cause: string,
): Promise<SliceResult> {
  await withScope(ctx.db, key, (tx) =>
    updateRunMailbox(tx, key, {
      state: 'deferred',
      notBefore: addMs(ctx.clock.now(), waitMs),
      cause,
    }),
  );
  return { outcome: 'deferred', waitMs };
}

async function end(
  ctx: ServiceContext,
  key: RunMailboxKey,
  state: 'done' | 'failed',
  cause: string,
  detail: string | null,
): Promise<SliceResult> {
  await withScope(ctx.db, key, async (tx) => {
    await updateRunMailbox(tx, key, { state, cause, detail, endedAt: ctx.clock.now() });
    const { runId: _, ...mailboxKey } = key;
    if (state === 'failed') await updateMailbox(tx, mailboxKey, { lastOutcome: cause });
  });
  return { outcome: state };
}

/** What an error means for the mailbox: come back later, give it up with its cause, or try again. */
async function settle(
  ctx: ServiceContext,
  key: RunMailboxKey,
  err: unknown,
  options: SliceOptions & { begunAt: Date },
): Promise<SliceResult> {
  if (options.signal.aborted) throw err;
  if (!isAppError(err)) {
    if (options.attempt < defectsMax) throw err;
    ctx.deps.log.error('a mailbox was given up', err, { mailboxId: key.mailboxId });
    return await end(ctx, key, 'failed', 'defect', 'It failed in an unexpected way each time.');
  }
  if (err.code === 'throttled' && (err.retryAfterMs ?? 0) > waitWithRetryMs) {
    return await defer(ctx, key, err.retryAfterMs!, 'throttled');
  }
  if (err.retryable) throw err;
  if (err.code === 'consent.missing') {
    await loseConsent(ctx, { tenantId: key.tenantId, app: 'backup', askedAt: options.begunAt });
  }
  return await end(ctx, key, 'failed', err.code, err.message);
}
