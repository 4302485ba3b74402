import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { cancellationSignal } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { AppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import { createJobs, type JobsClient } from '#lib/jobs/client.ts';
import {
  type BackupJobInput,
  exportLifeMs,
  ids,
  type SliceInput,
  type SliceResult,
  signals,
} from '#lib/jobs/contract.ts';
import { type FakeActivities, startStoryWorker } from '#test/kit/story-worker.ts';
import { startTestTemporal, type TestTemporal } from '#test/kit/temporal.ts';

/** The stories on a real server, over activities that only take notes. */
describe('the backup story', () => {
  let temporal: TestTemporal;
  let jobs: JobsClient;
  let client: Client;
  let connection: Connection;

  before(async () => {
    temporal = await startTestTemporal();
    jobs = await createJobs(temporal.config);
    connection = await Connection.connect({ address: temporal.config.address });
    client = new Client({ connection, namespace: temporal.config.namespace });
  });
  after(async () => {
    await jobs.close();
    await connection.close();
  });

  interface Stage {
    input: BackupJobInput & { runId: string };
    slices: string[];
    ended: { cancelled: boolean; failure: string | null }[];
    shardsEnded: { shard: number; cancelled: boolean }[];
    run(act: (workflowId: string) => Promise<void>): Promise<void>;
  }

  function stage(
    mailboxes: string[],
    slice: (input: SliceInput, nth: number) => Promise<SliceResult>,
    { shards = 1, mayBePlanned }: { shards?: number; mayBePlanned?: Promise<void> } = {},
  ): Stage {
    const input = {
      mspId: newId(),
      tenantId: newId(),
      policyId: newId(),
      runId: newId(),
      trigger: 'manual' as const,
    };
    const stage: Stage = { input, slices: [], ended: [], shardsEnded: [], run };
    const fakes: FakeActivities = {
      control: {
        beginRun: async () => ({ runId: input.runId, responsive: true }),
        planRun: async () => {
          await mayBePlanned;
          return { mailboxes: mailboxes.length, shards, lanes: 2 };
        },
        claimMailboxes: async ({ shard, cursor, count }) => {
          const own = mailboxes.filter((_, index) => index % shards === shard);
          const from = cursor === '' ? 0 : Number(cursor);
          const page = own.slice(from, from + count);
          const end = from + page.length;
          return { mailboxIds: page, cursor: end < own.length ? String(end) : null };
        },
        finalizeShard: async ({ shard, cancelled }) => {
          stage.shardsEnded.push({ shard, cancelled });
        },
        finalizeJob: async ({ cancelled, failure }) => {
          stage.ended.push({ cancelled, failure });
        },
      },
      backup: {
        discoverMailboxes: async () => {},
        backupMailbox: async (given) => {
          stage.slices.push(given.mailboxId);
          return await slice(given, stage.slices.filter((id) => id === given.mailboxId).length);
        },
      },
      maintenance: { measureVault: async () => {}, dropExpiredExports: async () => {} },
    };
    async function run(act: (workflowId: string) => Promise<void>) {
      const worker = await startStoryWorker(temporal.config, fakes);
      try {
        const { workflowId } = await jobs.startBackup(input);
        await act(workflowId);
      } finally {
        await worker.stop();
      }
    }
    return stage;
  }

  const result = (workflowId: string) => client.workflow.getHandle(workflowId).result();
  const until = async (condition: () => boolean | Promise<boolean>) => {
    for (let tries = 0; !(await condition()); tries++) {
      assert.ok(tries < 1200, 'waited too long');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const history = async (workflowId: string) =>
    (await client.workflow.getHandle(workflowId).fetchHistory()).events ?? [];

  it('brings every mailbox to its end, those that need more slices and those that rest too', async () => {
    const mailboxes = Array.from({ length: 60 }, (_, index) => `m${index}`);
    const it = stage(
      mailboxes,
      async ({ mailboxId }, nth) => {
        if (mailboxId === 'm3' && nth === 1) return { outcome: 'more' };
        if (mailboxId === 'm7' && nth < 3) return { outcome: 'deferred', waitMs: 500 };
        if (mailboxId === 'm9') throw new AppError('source.refused', 'no');
        return { outcome: 'done' };
      },
      { shards: 2 },
    );
    await it.run(async (workflowId) => {
      await result(workflowId);
    });
    assert.deepEqual(new Set(it.slices), new Set(mailboxes));
    assert.equal(it.slices.filter((id) => id === 'm3').length, 2);
    assert.equal(it.slices.filter((id) => id === 'm7').length, 3);
    assert.deepEqual(it.ended, [{ cancelled: false, failure: null }]);
    assert.equal(it.shardsEnded.length, 2);
  });

  it('holds while it is paused, and goes on when it is resumed', async () => {
    let open: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const it = stage(['a', 'b', 'c', 'd'], async () => {
      await gate;
      return { outcome: 'done' };
    });
    await it.run(async (workflowId) => {
      await until(() => it.slices.length === 2);
      await jobs.pauseBackup(workflowId);
      open?.();
      // The shard knows how both ended, and has thought about what to do next.
      await until(async () => {
        const events = await history(ids.shard(workflowId, 0));
        const ended = events.filter((event) => event.activityTaskCompletedEventAttributes);
        const isIdle = events.at(-1)?.workflowTaskCompletedEventAttributes;
        return ended.length === 1 + 2 && Boolean(isIdle);
      });
      assert.deepEqual(it.slices.toSorted(), ['a', 'b'], 'nothing new begins while paused');
      await jobs.resumeBackup(workflowId);
      await result(workflowId);
    });
    assert.deepEqual(it.slices.toSorted(), ['a', 'b', 'c', 'd']);
  });

  it('hears a pause that is taken back before its shards have begun', async () => {
    let open: (() => void) | undefined;
    const mayBePlanned = new Promise<void>((resolve) => {
      open = resolve;
    });
    const it = stage(['a', 'b'], async () => ({ outcome: 'done' }), { mayBePlanned });
    await it.run(async (workflowId) => {
      await jobs.pauseBackup(workflowId);
      await jobs.resumeBackup(workflowId);
      open?.();
      await result(workflowId);
    });
    assert.equal(it.slices.length, 2);
  });

  it('heeds the newest word on pausing, in whatever order the words arrive', async () => {
    let open: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const it = stage(['a', 'b', 'c', 'd'], async () => {
      await gate;
      return { outcome: 'done' };
    });
    await it.run(async (workflowId) => {
      await until(() => it.slices.length === 2);
      const shard = client.workflow.getHandle(ids.shard(workflowId, 0));
      await shard.signal(signals.shardControl, { paused: false, order: 2 });
      await shard.signal(signals.shardControl, { paused: true, order: 1 });
      open?.();
      await until(() => it.slices.length === 4);
      await result(workflowId);
    });
    assert.equal(it.slices.length, 4);
  });

  it('stops its slices and still ends its rows when it is cancelled', async () => {
    let stopped = 0;
    const it = stage(['a', 'b', 'c'], async () => {
      const signal = cancellationSignal();
      await new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      }).finally(() => stopped++);
      return { outcome: 'done' };
    });
    await it.run(async (workflowId) => {
      await until(() => it.slices.length === 2);
      await jobs.cancelBackup(workflowId);
      await assert.rejects(result(workflowId));
      assert.equal(await jobs.isRunning(workflowId), false);
    });
    assert.equal(stopped, 2);
    assert.deepEqual(it.shardsEnded, [{ shard: 0, cancelled: true }]);
    assert.deepEqual(it.ended, [{ cancelled: true, failure: null }]);
  });

  it('waits as long as Microsoft asks and not longer', async () => {
    const at: number[] = [];
    const it = stage(['a'], async () => {
      at.push(performance.now());
      const retryAfterMs = at.length === 1 ? 1_500 : 3_600_000;
      if (at.length < 3) throw new AppError('throttled', 'wait', { retryable: true, retryAfterMs });
      return { outcome: 'done' };
    });
    await it.run(async (workflowId) => {
      await until(() => at.length === 2);
      // How long the second wait is to be stands with Temporal; nobody waits an hour for it.
      const shard = client.workflow.getHandle(ids.shard(workflowId, 0));
      let waits: number | undefined;
      await until(async () => {
        const [pending] = (await shard.describe()).raw.pendingActivities ?? [];
        waits = Number(pending?.currentRetryInterval?.seconds ?? 0);
        return pending?.attempt === 3;
      });
      assert.equal(waits, 3_600);
      await jobs.cancelBackup(workflowId);
      await assert.rejects(result(workflowId));
    });
    assert.equal(at.length, 2);
    assert.ok(at[1]! - at[0]! >= 1_400, `waited ${at[1]! - at[0]!} ms`);
  });

  it('is scheduled without overlap, and changed without losing that', async () => {
    const input = { mspId: newId(), tenantId: newId(), policyId: newId() };
    await jobs.ensureSchedule({ ...input, everyMinutes: 360, paused: false });
    await jobs.ensureSchedule({ ...input, everyMinutes: 60, paused: true });
    const handle = client.schedule.getHandle(ids.schedule(input.tenantId, input.policyId));
    const found = await handle.describe();
    assert.equal(found.policies.overlap, 'SKIP');
    assert.equal(found.policies.catchupWindow, 3_600_000);
    assert.equal(found.spec.jitter, 30 * 60_000);
    assert.equal(found.spec.intervals?.[0]?.every, 3_600_000);
    assert.equal(found.state.paused, true);
    await jobs.pauseSchedule({ ...input, paused: false });
    assert.equal((await handle.describe()).state.paused, false);
    await handle.delete();
  });

  it('of an export stays open until its archive is over, and removes it then', async () => {
    const input = { mspId: newId(), tenantId: newId(), exportId: newId() };
    let written = false;
    const worker = await startStoryWorker(temporal.config, {
      restore: {
        runExport: async () => {
          written = true;
        },
      },
    });
    const story = client.workflow.getHandle(ids.exportItems(input.tenantId, input.exportId));
    try {
      await jobs.startExport(input);
      await until(() => written);
      let seen: number[] = [];
      await until(async () => {
        seen = (await history(story.workflowId)).flatMap((event) => {
          const timer = event.timerStartedEventAttributes;
          return timer ? [Number(timer.startToFireTimeout?.seconds)] : [];
        });
        return seen.length > 0;
      });
      assert.equal(seen.length, 1);
      assert.ok(seen[0]! > exportLifeMs / 1000);
      assert.equal((await story.describe()).status.name, 'RUNNING');
    } finally {
      await story.terminate();
      await worker.stop();
    }
  });

  it('of an export that is cancelled, or that never ends, removes what it has left', async () => {
    const ended: string[] = [];
    let begun = 0;
    const worker = await startStoryWorker(temporal.config, {
      restore: {
        runExport: async ({ exportId }) => {
          begun++;
          if (exportId === lost.exportId) throw new AppError('source.refused', 'no');
          const signal = cancellationSignal();
          await new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason));
          });
        },
      },
      maintenance: {
        endExport: async ({ exportId }) => {
          ended.push(exportId);
          return { isKept: false };
        },
      },
    });
    const cancelled = { mspId: newId(), tenantId: newId(), exportId: newId() };
    const lost = { ...cancelled, exportId: newId() };
    try {
      await jobs.startExport(cancelled);
      await until(() => begun === 1);
      await jobs.cancelExport(cancelled);
      await assert.rejects(result(ids.exportItems(cancelled.tenantId, cancelled.exportId)));
      await jobs.startExport(lost);
      await assert.rejects(result(ids.exportItems(lost.tenantId, lost.exportId)));
    } finally {
      await worker.stop();
    }
    assert.deepEqual(ended, [cancelled.exportId, lost.exportId]);
  });

  it('of an item that was opened removes what it made, also where it could not be opened', async () => {
    const input = { mspId: newId(), tenantId: newId() };
    const seen: string[] = [];
    const worker = await startStoryWorker(temporal.config, {
      restore: {
        renderPreview: async ({ previewId }) => {
          seen.push('made');
          if (previewId === failing) throw new AppError('vault.damaged', 'no');
        },
      },
      maintenance: {
        dropExpiredExports: async (scope) => {
          assert.deepEqual(scope, input);
          seen.push('removed');
        },
      },
    });
    const [whole, failing, older] = [newId(), newId(), newId()];
    try {
      // The minute for clocks that differ is all that is left of it, and nearly over.
      const lifeMs = -59_900;
      await jobs.startReadItem({ ...input, previewId: whole, lifeMs });
      await result(ids.readItem(input.tenantId, whole));
      await jobs.startReadItem({ ...input, previewId: failing, lifeMs });
      await assert.rejects(result(ids.readItem(input.tenantId, failing)));
      await jobs.startReadItem({ ...input, previewId: older });
      await result(ids.readItem(input.tenantId, older));
    } finally {
      await worker.stop();
    }
    assert.deepEqual(seen, ['made', 'removed', 'made', 'removed', 'made']);
  });

  it('starting the same run twice is starting it once', async () => {
    let open: (() => void) | undefined;
    const startedTwice = new Promise<void>((resolve) => {
      open = resolve;
    });
    const it = stage(['a'], async () => {
      await startedTwice;
      return { outcome: 'done' };
    });
    await it.run(async (workflowId) => {
      await jobs.startBackup(it.input);
      open?.();
      await result(workflowId);
    });
    assert.equal(it.ended.length, 1);
  });
});
