import { existsSync } from 'node:fs';
import { chmod, mkdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { migrateCatalogue } from '#db/migrate.ts';
import { setLoginPasswords } from '#db/roles.ts';
import { formatBytes } from '#lib/core/bytes.ts';
import { systemClock } from '#lib/core/clock.ts';
import { sleep } from '#lib/core/concurrency.ts';
import { createKeyFile } from '#lib/vault/keys.ts';
import { type Addresses, keepAddresses } from './addresses.ts';
import {
  type Environment,
  exportFolder,
  portalEnvironment,
  workerEnvironment,
} from './environment.ts';
import { explainFailure, LaunchError } from './failure.ts';
import { buildPortal, isPortalBuilt } from './portal-build.ts';
import { type HeldPort, holdFreePort, holdPort, keptPorts } from './ports.ts';
import { startPostgres } from './postgres.ts';
import { type Child, ProcessTable } from './processes.ts';
import { projectFolder } from './project.ts';
import { type Report, silentReport, timed } from './report.ts';
import { keptSecrets } from './secrets.ts';
import { endWithParent, startStandIn } from './stand-in.ts';
import { ensureStandardPlan } from './standard-plan.ts';
import { startStripeStandIn } from './stripe-stand-in.ts';
import { startTemporal, temporalNamespace } from './temporal-server.ts';

export interface HouseOptions {
  /** Everything the house keeps; made where it is missing. */
  dataFolder: string;
  /** Port of the portal; 0 takes a free one. */
  port: number;
  /**
   * `seeded`: the stand-in with the tenant it generates; `mail`: with a folder of folders of .eml;
   * `none`: the applications named in `env`.
   */
  standIn: 'seeded' | { mail: string } | 'none';
  /** More arguments for the stand-in, such as `--mailboxes 4`. */
  standInArguments?: string[];
  portal: boolean;
  /** The environment the children inherit. */
  env: Environment;
  report?: Report;
  /** Gives the start up: what runs already is ended, and `startHouse` rejects. */
  signal?: AbortSignal;
}

/** One machine that runs everything. */
export interface House extends Addresses {
  dataFolder: string;
  standInDataFolder: string;
  worker: {
    pid(): number;
    logFile: string;
    /** SIGKILL; the house starts no other until `restart`. */
    kill(): Promise<void>;
    restart(): Promise<void>;
  };
  /** Rejects when a part ends that nothing can go on without. */
  broken: Promise<never>;
  /** Ends every part in order: portal, worker, then what they stand on. */
  stop(): Promise<void>;
  /** Ends every part at once. */
  force(): void;
}

/** Free space below which a start is refused, since Postgres does not survive a full disk well. */
const freeBytesMin = 512 * 1024 * 1024;

/** Starts all parts, in parallel where they do not need each other. */
export async function startHouse(options: HouseOptions): Promise<House> {
  const report = options.report ?? silentReport;
  const { dataFolder } = options;
  await makeDataFolder(dataFolder);
  const table = await ProcessTable.claim(dataFolder);
  const stops: Array<() => Promise<void>> = [];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
    table.release();
  };
  const giveUp = () => table.stopAll(5_000);
  options.signal?.addEventListener('abort', giveUp, { once: true });
  try {
    const house = await startParts(options, report, table, stops, stop);
    options.signal?.throwIfAborted();
    return house;
  } catch (err) {
    await stop();
    options.signal?.throwIfAborted();
    throw err instanceof LaunchError ? err : explainFailure('Holdfast', err);
  } finally {
    options.signal?.removeEventListener('abort', giveUp);
  }
}

async function startParts(
  options: HouseOptions,
  report: Report,
  table: ProcessTable,
  stops: Array<() => Promise<void>>,
  stop: () => Promise<void>,
): Promise<House> {
  const { dataFolder } = options;
  const held = await portalPort(options.port);
  const { port } = held;
  stops.push(async () => {
    await held.take();
  });
  const portalUrl = `http://localhost:${port}`;
  const secrets = await keptSecrets(dataFolder);
  const ports = await keptPorts(dataFolder, ['postgres', 'temporal', 'standIn', 'stripe']);
  stops.push(async () => {
    for (const kept of Object.values(ports)) await kept.take();
  });
  // Who waits for a port that was asked for must not meet somebody else there until the portal starts.
  if (options.port !== 0) await held.take();
  const keyFile = join(dataFolder, 'vault.key');
  if (!existsSync(keyFile)) await createKeyFile(keyFile);

  let failBroken: (err: LaunchError) => void = () => {};
  const broken = new Promise<never>((_, reject) => {
    failBroken = reject;
  });
  broken.catch(() => {});
  let stopping = false;
  const needs = (what: string, child: Child) =>
    child.exited.then(() => {
      if (!stopping)
        failBroken(explainFailure(what, child.lastWords(), child.logFile, 'ended by itself'));
    });

  const foundation = async () => {
    const pg = await timed(
      report,
      async () =>
        startPostgres(table, {
          dataFolder,
          port: await ports.postgres.take(),
          password: secrets.databaseOwner,
          env: options.env,
        }),
      (it) => `Postgres ${it.version} ready on 127.0.0.1:${it.port}`,
    );
    stops.unshift(pg.stop);
    needs('Postgres', pg.child);
    await timed(
      report,
      async () => {
        await migrateCatalogue(pg.ownerUrl);
        await setLoginPasswords(pg.ownerUrl, {
          app_user: secrets.databasePortal,
          app_worker: secrets.databaseWorker,
        });
        // An operator with customers of its own has prices of its own: npm run plans.
        if (options.standIn !== 'none') await ensureStandardPlan(pg.ownerUrl);
      },
      () => 'Catalogue migrated',
    );
    return pg;
  };
  const durable = async () => {
    const server = await timed(
      report,
      async () =>
        startTemporal(table, {
          dataFolder,
          port: await ports.temporal.take(),
          env: options.env,
        }),
      (it) => `Temporal ${serverVersion(it.binary.version)} ready on ${it.address}`,
    );
    stops.push(server.stop);
    needs('The Temporal server', server.child);
    return server;
  };
  const microsoft = async () => {
    if (options.standIn === 'none') return null;
    const mail = options.standIn === 'seeded' ? undefined : options.standIn.mail;
    const standIn = await timed(
      report,
      async () =>
        startStandIn(table, {
          dataFolder,
          port: await ports.standIn.take(),
          portalUrl,
          env: options.env,
          mail,
          extra: options.standInArguments,
        }),
      (it) => `Microsoft 365 stand-in ready on ${new URL(it.facts.graphUrl).host}`,
    );
    stops.push(standIn.stop);
    needs('The Microsoft 365 stand-in', standIn.child);
    return standIn;
  };
  const stripe = async () => {
    // Who has customers of their own bills them with a key of their own, or not at all.
    if (options.standIn === 'none' || options.env.STRIPE_SECRET_KEY?.trim()) return null;
    const standIn = await timed(
      report,
      async () =>
        startStripeStandIn(table, {
          dataFolder,
          port: await ports.stripe.take(),
          webhookUrl: options.portal ? `http://127.0.0.1:${port}/api/webhooks/stripe` : null,
          env: options.env,
        }),
      (it) => `Stripe stand-in ready on ${new URL(it.facts.apiUrl).host}`,
    );
    stops.push(standIn.stop);
    needs('The Stripe stand-in', standIn.child);
    return standIn.facts;
  };
  const pages = async () => {
    if (!options.portal || isPortalBuilt()) return;
    await timed(
      report,
      () => buildPortal(table, options.env),
      () => 'Portal built',
    );
  };
  const giveUp = () => table.stopAll(5_000);
  const [pg, server, standIn, stripeFacts] = await all(giveUp, [
    foundation(),
    durable(),
    microsoft(),
    stripe(),
    pages(),
  ]);
  options.signal?.throwIfAborted();

  const parts = {
    inherited: options.env,
    cloud: standIn?.cloud ?? null,
    temporal: { address: server.address, namespace: temporalNamespace },
    stripe: stripeFacts,
  };
  const portalDatabaseUrl = pg.urlFor('app_user', secrets.databasePortal);
  const workerEnv = workerEnvironment(parts, {
    databaseUrl: pg.urlFor('app_worker', secrets.databaseWorker),
    dataFolder,
    keyFile,
  });
  const portalEnv = portalEnvironment(parts, {
    databaseUrl: portalDatabaseUrl,
    portalUrl,
    port,
    sessionSecret: secrets.session,
    dataFolder,
  });

  const workerScript = [...workerFlags, join(projectFolder, 'workflows', 'worker.ts')];
  const worker = keepAlive(table, report, 'worker', workerScript, workerEnv);
  stops.push(() => worker.stop(15_000));
  const portalScript = [...portalFlags, join(projectFolder, 'lib', 'launch', 'portal.ts')];
  const portal = keepAlive(table, report, 'portal', portalScript, portalEnv);
  stops.push(() => portal.stop(6_000));
  const startWorker = () =>
    timed(
      report,
      () => worker.start(),
      () => 'Worker polls for work',
    );
  const startPortal = async () => {
    if (!options.portal) return;
    await held.take();
    await timed(
      report,
      () => portal.start(),
      () => `Portal answers on ${portalUrl}`,
    );
  };
  await mkdir(join(dataFolder, 'vaults'), { recursive: true });
  await mkdir(exportFolder(dataFolder), { recursive: true });
  await all(giveUp, [startWorker(), startPortal()]);

  const addresses: Addresses = {
    portalUrl,
    ownerUrl: pg.ownerUrl,
    portalDatabaseUrl,
    temporal: { ...parts.temporal, apiKey: undefined, tls: false },
    standIn: standIn?.facts ?? null,
    stripe: stripeFacts,
  };
  await keepAddresses(dataFolder, addresses);

  return {
    ...addresses,
    dataFolder,
    standInDataFolder: join(dataFolder, 'm365'),
    worker: {
      pid: worker.pid,
      logFile: join(dataFolder, 'logs', 'worker.log'),
      kill: worker.kill,
      restart: worker.start,
    },
    broken,
    stop: () => {
      stopping = true;
      return stop();
    },
    force: () => {
      stopping = true;
      table.killAll();
      table.release();
    },
  };
}

/**
 * Waits for all of them. The first failure is the one that is told; `giveUp` then ends what the others
 * have started and keeps them from starting more.
 */
async function all<T extends readonly unknown[]>(
  giveUp: () => Promise<void>,
  tasks: { [K in keyof T]: Promise<T[K]> },
): Promise<T> {
  try {
    return (await Promise.all(tasks)) as unknown as T;
  } catch (err) {
    await giveUp();
    throw err;
  }
}

async function makeDataFolder(dataFolder: string): Promise<void> {
  try {
    await mkdir(dataFolder, { recursive: true });
    // The system user that Postgres runs as must be able to pass through, whatever the umask is.
    await chmod(dataFolder, 0o755).catch(() => {});
    const disk = await statfs(dataFolder);
    const free = disk.bavail * disk.bsize;
    if (free < freeBytesMin) {
      throw new LaunchError(
        'disk-full',
        `The disk of ${dataFolder} has ${formatBytes(free)} left; Holdfast needs ${formatBytes(freeBytesMin)}. Free some space and start again.`,
      );
    }
  } catch (err) {
    if (err instanceof LaunchError) throw err;
    const { code } = err as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR') {
      throw new LaunchError(
        'folder-closed',
        `Holdfast cannot write to ${dataFolder} (${code}). Choose another folder with HOLDFAST_DATA.`,
        err,
      );
    }
    throw explainFailure('The data folder', err);
  }
}

async function portalPort(wanted: number): Promise<HeldPort> {
  const held = wanted === 0 ? await holdFreePort() : await holdPort(wanted);
  if (held !== null) return held;
  throw new LaunchError(
    'port-busy',
    `Port ${wanted} is taken by another program. Stop it, or choose another port: PORT=${wanted + 1} npm start`,
  );
}

/** "temporal version 1.9.1 (Server 1.32.0, …)" → "1.32.0". */
function serverVersion(line: string): string {
  return /Server ([\d.]+)/.exec(line)?.[1] ?? line;
}

/**
 * The same as in package.json. A young generation of the usual size holds 200 MB of what is dead already;
 * mail passes through in large pieces and lives for a moment.
 */
const workerFlags = ['--max-semi-space-size=8'];
/** The same. What a page is made of is dead when it is sent: with room for a few, none grows old. */
const portalFlags = ['--max-semi-space-size=32'];

const readyMs = 90_000;
const restartsMax = 5;

/** A Node child that is started again when it ends by itself, a few times a minute at most. */
function keepAlive(
  table: ProcessTable,
  report: Report,
  name: string,
  script: string[],
  env: Environment,
): {
  start(): Promise<void>;
  stop(graceMs: number): Promise<void>;
  kill(): Promise<void>;
  pid(): number;
} {
  let child: Child | null = null;
  let wanted = false;
  const ends: number[] = [];
  const start = async (): Promise<void> => {
    wanted = true;
    const own = table.spawn({
      name,
      program: process.execPath,
      args: [...endWithParent, ...script],
      env,
    });
    child = own;
    const patience = new AbortController();
    try {
      await Promise.race([
        new Promise<void>((resolve) => {
          own.onLine((line) => {
            if (line.includes('"ready":true')) resolve();
          });
        }),
        own.exited.then(({ code, signal }) =>
          Promise.reject(new Error(own.lastWords() || `it ended with ${signal ?? code}`)),
        ),
        sleep(readyMs, patience.signal).then(() =>
          Promise.reject(new Error(`not ready after ${readyMs / 1000} s`)),
        ),
      ]);
    } catch (err) {
      wanted = false;
      own.kill();
      throw explainFailure(`The ${name}`, err, own.logFile);
    } finally {
      patience.abort(new Error('not waiting any more'));
    }
    own.exited.then(async ({ code, signal }) => {
      if (!wanted || child !== own) return;
      const now = systemClock.monotonicMs();
      ends.push(now);
      if (ends.filter((at) => now - at < 60_000).length > restartsMax) {
        report.note(`The ${name} keeps ending; it stays down. Its log: ${own.logFile}`);
        return;
      }
      report.note(`The ${name} ended (${signal ?? `code ${code}`}); starting it again.`);
      await start().catch((err: Error) => report.note(err.message));
    });
  };
  return {
    start,
    async stop(graceMs) {
      wanted = false;
      await child?.stop(graceMs);
    },
    async kill() {
      wanted = false;
      child?.kill();
      await child?.exited;
    },
    pid: () => child?.pid ?? -1,
  };
}
