import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { openDatabase } from '#db/client.ts';
import { systemClock } from '#lib/core/clock.ts';
import {
  exitOnBadConfig,
  readWorkerConfig,
  type WorkerConfig,
  type WorkerRole,
} from '#lib/core/config.ts';
import { AppError, isAppError } from '#lib/core/errors.ts';
import { createLog, type Log } from '#lib/core/log.ts';
import { GraphClient } from '#lib/graph/client.ts';
import { createTokenSource } from '#lib/graph/token.ts';
import { createJobs } from '#lib/jobs/client.ts';
import { queues } from '#lib/jobs/contract.ts';
import { billingEngine } from '#lib/services/billing/engine.ts';
import { createGraphProbe } from '#lib/services/connect/graph-probe.ts';
import type { Engines } from '#lib/services/engines.ts';
import { type KeyWrapper, keyFile } from '#lib/vault/keys.ts';
import { openTarget } from '#lib/vault/targets/open.ts';
import { Vault } from '#lib/vault/vault.ts';
import { createBackupActivities } from './activities/backup.ts';
import { createBillingActivities } from './activities/billing.ts';
import { createControlActivities } from './activities/control.ts';
import type { ProcessContext } from './activities/for-activity.ts';
import { createMaintenanceActivities } from './activities/maintenance.ts';
import { createRestoreActivities } from './activities/restore.ts';
import { activityInterceptors } from './failures.ts';

/**
 * The worker process. Makes everything once, registers one Temporal worker for each of its roles,
 * says `{"ready":true}` on standard output when all of them poll, and drains on SIGTERM and SIGINT.
 */

/** Activities of one kind at a time. Mail is held in memory by the page, so these bound the memory. */
const activitiesMax: Record<WorkerRole, number> = {
  control: 20,
  'graph-backup': 8,
  'graph-restore': 8,
  maintenance: 2,
};

const queueOf: Record<WorkerRole, string> = {
  control: queues.control,
  'graph-backup': queues.graphBackup,
  'graph-restore': queues.graphRestore,
  maintenance: queues.maintenance,
};

async function main(config: WorkerConfig, log: Log): Promise<void> {
  Runtime.install({
    // Signals are ours: all workers of the process drain together.
    shutdownSignals: [],
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
    logger: temporalLog(log),
  });
  const db = openDatabase(config.databaseUrl, { connections: 20 });
  const jobs = await createJobs(config.temporal);
  const keys = await keyFile(config.vaultKeyFile);
  const vaults = vaultCache(config, keys);
  const connection = await NativeConnection.connect({
    address: config.temporal.address,
    tls: config.temporal.tls,
    ...(config.temporal.apiKey === undefined ? {} : { apiKey: config.temporal.apiKey }),
  });
  const process: ProcessContext = { db, clock: systemClock, deps: { jobs, log } };
  const workers = await createWorkers(
    config,
    log,
    connection,
    activitiesFor(config, log, {
      process,
      vaults,
      keys,
    }),
  );
  if (config.roles.includes('control')) await jobs.ensureBillingSchedule();
  const runs = workers.map((worker) => worker.run());
  drainOnSignal(workers);
  globalThis.process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
  try {
    await Promise.all(runs);
  } finally {
    await vaults.close();
    await jobs.close();
    await connection.close();
    await db.close();
  }
}

type Activities = Record<WorkerRole, object>;

function activitiesFor(
  config: WorkerConfig,
  log: Log,
  parts: {
    process: ProcessContext;
    vaults: { open: Engines['vault'] };
    keys: KeyWrapper;
  },
): Activities {
  const { process, vaults, keys } = parts;
  const { cloud, responsive, importHosts } = config;
  const tokens = {
    backup: createTokenSource({ cloud, credential: config.backup, clock: systemClock }),
    restore: createTokenSource({ cloud, credential: config.restore, clock: systemClock }),
  };
  const engines: Engines = {
    vault: vaults.open,
    graph: (app, entraTid, signal) =>
      new GraphClient({
        cloud,
        entraTid,
        tokens: tokens[app],
        clock: systemClock,
        log,
        importHosts,
        signal,
      }),
    responsive,
  };
  const probe = createGraphProbe({
    tokens,
    client: (entraTid, app) =>
      new GraphClient({ cloud, entraTid, tokens: tokens[app], clock: systemClock, log }),
  });
  return {
    control: {
      ...createControlActivities(process, { responsive }),
      ...createBillingActivities(process, billingEngine(config.stripe)),
    },
    'graph-backup': createBackupActivities(process, engines, probe),
    'graph-restore': createRestoreActivities(process, engines, config),
    maintenance: createMaintenanceActivities(process, engines, {
      target: config.vaultTarget.href,
      keyId: keys.id,
      exportFolder: config.exportFolder,
    }),
  };
}

async function createWorkers(
  config: WorkerConfig,
  log: Log,
  connection: NativeConnection,
  activities: Activities,
): Promise<Worker[]> {
  const { responsive } = config;
  const bundle = config.roles.includes('control') ? await bundleStories() : undefined;
  return await Promise.all(
    config.roles.map((role) => {
      const options: WorkerOptions = {
        connection,
        namespace: config.temporal.namespace,
        taskQueue: queueOf[role],
        activities: activities[role],
        maxConcurrentActivityTaskExecutions: activitiesMax[role],
        maxEagerActivityReservationsPerWorkflowTask: 0,
        interceptors: { activity: [activityInterceptors(log)] },
        // Without them activities are cut off at once and `run()` may hang (research/temporal.md §0.10).
        shutdownGraceTime: responsive ? '2s' : '60s',
        shutdownForceTime: responsive ? '12s' : '90s',
        // How late a cancellation arrives, and how old a heartbeat may be.
        maxHeartbeatThrottleInterval: responsive ? '1s' : '20s',
        defaultHeartbeatThrottleInterval: responsive ? '1s' : '20s',
        ...(role === 'control' && bundle !== undefined
          ? {
              workflowBundle: bundle,
              maxCachedWorkflows: 100,
              maxConcurrentWorkflowTaskExecutions: 20,
              // A worker that died keeps its workflows for so long.
              stickyQueueScheduleToStartTimeout: responsive ? '1s' : '10s',
            }
          : {}),
      };
      return Worker.create(options);
    }),
  );
}

/** The code of the stories, bundled by a process whose memory ends with it. */
async function bundleStories(): Promise<{ code: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-stories-'));
  try {
    const file = join(folder, 'stories.js');
    const program = fileURLToPath(new URL('./bundle.ts', import.meta.url));
    await promisify(execFile)(process.execPath, [program, file]);
    return { code: await readFile(file, 'utf8') };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The catalogue knows copies in a vault that the target does not have. */
function notThere(err: unknown): never {
  if (!isAppError(err, 'not-found')) throw err;
  throw new AppError(
    'vault.unavailable',
    "This customer's vault is not where it was. Nothing was written or lost. Check that the vault target is mounted and is the right one.",
    { retryable: true, cause: err },
  );
}

/** One handle a tenant: it holds the index of the vault in memory. */
function vaultCache(config: WorkerConfig, keys: KeyWrapper) {
  const open = new Map<string, Promise<Vault>>();
  return {
    open(tenantId: string, { first } = { first: false }): Promise<Vault> {
      const before = open.get(tenantId);
      if (before !== undefined) return before;
      const target = openTarget(config.vaultTarget, tenantId);
      const options = { target, keys, tenantId, clock: systemClock, workers: 2 };
      const vault = first ? Vault.openOrCreate(options) : Vault.open(options).catch(notThere);
      open.set(tenantId, vault);
      // A target that was away may be back at the next attempt.
      vault.catch(() => open.delete(tenantId));
      return vault;
    },
    async close() {
      for (const vault of open.values()) await (await vault)[Symbol.asyncDispose]();
    },
  };
}

function drainOnSignal(workers: Worker[]): void {
  const drain = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  process.once('SIGTERM', drain);
  process.once('SIGINT', drain);
}

/** Temporal's own lines, in the form of ours. */
function temporalLog(log: Log) {
  return {
    log: () => {},
    trace: () => {},
    debug: () => {},
    info: () => {},
    warn: (message: string) => log.warn(message),
    error: (message: string, meta?: { error?: unknown }) => log.error(message, meta?.error),
  };
}

const log = createLog('worker');
try {
  await main(configuration(), log);
} catch (err) {
  log.error('the worker ends', err);
  process.exit(1);
}

function configuration(): WorkerConfig {
  try {
    return readWorkerConfig();
  } catch (err) {
    return exitOnBadConfig(err);
  }
}
