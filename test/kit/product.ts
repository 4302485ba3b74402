import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { drizzle } from 'drizzle-orm/postgres-js';
import { connections } from '#db/schema/tenants.ts';
import { systemClock } from '#lib/core/clock.ts';
import { newId } from '#lib/core/ids.ts';
import { silentLog } from '#lib/core/log.ts';
import { createJobs, type JobsClient } from '#lib/jobs/client.ts';
import { endWithParent } from '#lib/launch/stand-in.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { getRestore } from '#lib/services/restores/get.ts';
import type { RestoreView } from '#lib/services/restores/view.ts';
import { getRun } from '#lib/services/runs/get.ts';
import { isOpen } from '#lib/services/runs/rules.ts';
import type { RunView } from '#lib/services/runs/view.ts';
import { createKeyFile, type KeyWrapper, keyFile } from '#lib/vault/keys.ts';
import { openTarget } from '#lib/vault/targets/open.ts';
import { Vault } from '#lib/vault/vault.ts';
import { contoso } from '#test/m365/entra/organisations.ts';
import { type StandIn, type StandInOptions, startStandIn } from '#test/m365/server.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { createCustomer, createWorld, type World } from './msp.ts';
import { startTestTemporal, type TestTemporal } from './temporal.ts';

/**
 * Everything but the portal, each part real: Postgres, Temporal, the stand-in for Microsoft 365 in
 * this process, and the worker as a process of its own that can be killed.
 */
export interface Product {
  db: TestDatabase;
  temporal: TestTemporal;
  standIn: StandIn;
  jobs: JobsClient;
  world: World;
  worker: WorkerProcess;
  vaultFolder: string;
  exportFolder: string;
  /** A customer of Contoso's Entra tenant with both apps approved; the one before is disconnected. */
  connectCustomer(): Promise<Customer>;
  stop(): Promise<void>;
}

export interface Customer {
  tenantId: string;
  policyId: string;
  /** As the owner of the MSP, through the portal's role. */
  ctx: ServiceContext;
  openVault(): Promise<Vault>;
}

export async function startProduct(
  options: Partial<StandInOptions> & { env?: Record<string, string> } = {},
): Promise<Product> {
  const { env, ...standInOptions } = options;
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-product-'));
  const [db, temporal, standIn] = await Promise.all([
    createTestDatabase(),
    startTestTemporal(),
    startStandIn({ data: join(folder, 'm365'), mailboxes: 3, messages: 90, ...standInOptions }),
  ]);
  for (const app of standIn.directory.apps) standIn.directory.consent(app, contoso.tid);
  const keyPath = join(folder, 'vault.key');
  await createKeyFile(keyPath);
  const keys = await keyFile(keyPath);
  const vaultFolder = join(folder, 'vaults');
  const exportFolder = join(folder, 'exports');
  await mkdir(vaultFolder);
  const jobs = await createJobs(temporal.config);
  const world = await createWorld(db);
  const worker = new WorkerProcess({
    ...workerEnvironment(db, temporal, standIn),
    VAULT_TARGET: pathToFileURL(vaultFolder).href,
    VAULT_KEY_FILE: keyPath,
    EXPORT_FOLDER: exportFolder,
    ...env,
  });
  return {
    db,
    temporal,
    standIn,
    jobs,
    world,
    worker,
    vaultFolder,
    exportFolder,
    connectCustomer: () => connect(db, world, jobs, vaultFolder, keys),
    async stop() {
      await worker.kill();
      await jobs.close();
      await standIn.stop();
      await db.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
    },
  };
}

async function connect(
  db: TestDatabase,
  world: World,
  jobs: JobsClient,
  vaultFolder: string,
  keys: KeyWrapper,
): Promise<Customer> {
  await db.owner`update tenants set state = 'disconnected' where state = 'connected'`;
  const { tenantId, policyId } = await createCustomer(db, world, { entraTid: contoso.tid });
  const createdAt = systemClock.now();
  await drizzle(db.owner, { casing: 'snake_case' })
    .insert(connections)
    .values(
      (['backup', 'restore'] as const).map((app) => ({
        ...{ mspId: world.mspId, tenantId, id: newId(), app, createdAt },
        ...{ state: 'connected' as const, verifiedAt: createdAt },
      })),
    );
  const target = openTarget(pathToFileURL(vaultFolder), tenantId);
  return {
    tenantId,
    policyId,
    ctx: { ...world.as('owner'), clock: systemClock, deps: { jobs, log: silentLog } },
    openVault: () => Vault.open({ target, keys, tenantId, clock: systemClock }),
  };
}

function workerEnvironment(db: TestDatabase, temporal: TestTemporal, standIn: StandIn) {
  const { loginUrl, graphUrl, caFile, apps } = standIn.facts;
  return {
    PATH: process.env.PATH,
    DATABASE_URL: db.url.app_worker,
    TEMPORAL_ADDRESS: temporal.config.address,
    TEMPORAL_NAMESPACE: temporal.config.namespace,
    ENTRA_LOGIN_URL: loginUrl,
    GRAPH_URL: graphUrl,
    NODE_EXTRA_CA_CERTS: caFile,
    IMPORT_HOSTS: new URL(graphUrl).host,
    ENTRA_BACKUP_CLIENT_ID: apps.backup.clientId,
    ENTRA_BACKUP_CERTIFICATE_FILE: apps.backup.certificateFile,
    ENTRA_RESTORE_CLIENT_ID: apps.restore.clientId,
    ENTRA_RESTORE_CERTIFICATE_FILE: apps.restore.certificateFile,
    HOLDFAST_RESPONSIVE: 'true',
  };
}

const workerPath = fileURLToPath(new URL('../../workflows/worker.ts', import.meta.url));

/** The worker as an operator runs it. */
export class WorkerProcess {
  log = '';
  readonly #env: NodeJS.ProcessEnv;
  #child: ChildProcess | null = null;

  constructor(env: Record<string, string | undefined>) {
    this.#env = env as NodeJS.ProcessEnv;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when it polls. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [...endWithParent, workerPath], {
      env: this.#env,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stderr.on('data', (chunk) => {
      this.log = (this.log + chunk).slice(-60_000);
    });
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk) => {
        if (String(chunk).includes('"ready":true')) resolve();
      });
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`the worker ended (${code}): ${this.log}`)));
    });
  }

  /** kill -9 */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Lets it drain; resolves to its exit code. */
  stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return null;
    const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill(signal);
    return await gone;
  }
}

async function poll<T>(look: () => Promise<T | undefined>, what: string, ms: number): Promise<T> {
  const end = performance.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`waited too long for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export function runEnded(customer: Customer, runId: string, ms = 120_000): Promise<RunView> {
  const { ctx, tenantId } = customer;
  return poll(
    async () => {
      const run = await getRun(ctx, { tenantId, runId });
      return isOpen(run.state) ? undefined : run;
    },
    `run ${runId}`,
    ms,
  );
}

export function restoreReaches(
  customer: Customer,
  restoreId: string,
  states: RestoreView['state'][],
  ms = 120_000,
): Promise<RestoreView> {
  const { ctx, tenantId } = customer;
  return poll(
    async () => {
      const restore = await getRestore(ctx, { tenantId, restoreId });
      return states.includes(restore.state) ? restore : undefined;
    },
    `restore ${restoreId} to be ${states.join(' or ')}`,
    ms,
  );
}
