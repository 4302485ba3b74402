import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { systemClock } from '#lib/core/clock.ts';
import { sleep } from '#lib/core/concurrency.ts';
import { explainFailure, LaunchError } from './failure.ts';
import { freePort } from './ports.ts';
import type { Child, ProcessTable } from './processes.ts';
import { projectFolder } from './project.ts';

const database = 'holdfast';
const stopMs = 20_000;

export interface RunningPostgres {
  port: number;
  version: string;
  /** True when this start made the cluster. */
  fresh: boolean;
  urlFor(role: string, password: string): string;
  /** The owner's address of the catalogue. */
  ownerUrl: string;
  child: Child;
  stop(): Promise<void>;
}

/**
 * Starts the server of `<dataFolder>/postgres` on a loopback port and makes the catalogue's database
 * where it is missing. Facts and cures: `research/machine.md` §2.5.
 */
export async function startPostgres(
  table: ProcessTable,
  options: {
    dataFolder: string;
    port: number;
    password: string;
    env: Record<string, string | undefined>;
    /** Never flushes to the disk; for tests. */
    careless?: boolean;
  },
): Promise<RunningPostgres> {
  const folder = join(options.dataFolder, 'postgres');
  await endForeignServer(folder);
  const identity = await chooseIdentity(folder, options.dataFolder);
  let port = options.port;
  for (let attempt = 1; ; attempt++) {
    const outcome = await launch(table, { ...options, folder, port }, identity);
    if (outcome.child) {
      const urlFor = (role: string, password: string) =>
        `postgres://${role}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
      const ownerUrl = urlFor('postgres', options.password);
      const child = outcome.child;
      try {
        const version = await makeDatabase(ownerUrl);
        const stop = () => child.stop(stopMs);
        return { port, version, fresh: outcome.fresh, urlFor, ownerUrl, child, stop };
      } catch (err) {
        await child.stop(stopMs);
        throw explainFailure('Postgres', err, child.logFile);
      }
    }
    // A server that was just killed holds its lock for some seconds; a port can be lost to a race.
    const passing = /lock file "postmaster\.pid" already exists|address already in use/i;
    if (!passing.test(outcome.failed) || attempt === 8) {
      throw explainFailure('Postgres', outcome.failed, outcome.logFile);
    }
    if (/address already in use/i.test(outcome.failed)) port = await freePort();
    else await sleep(1_000);
  }
}

type Identity = { as: 'self' } | { as: 'owner'; uid: number; gid: number } | { as: 'namespace' };

async function launch(
  table: ProcessTable,
  order: {
    folder: string;
    port: number;
    password: string;
    env: Record<string, string | undefined>;
    careless?: boolean;
  },
  identity: Identity,
): Promise<{ child: Child; fresh: boolean } | { child: null; failed: string; logFile: string }> {
  const script = [join(projectFolder, 'lib', 'launch', 'postgres-child.ts')];
  const inNamespace = ['--user', '--map-user=1000', '--map-group=1000', process.execPath];
  const child = table.spawn({
    name: 'postgres',
    program: identity.as === 'namespace' ? 'unshare' : process.execPath,
    args: identity.as === 'namespace' ? [...inNamespace, ...script] : script,
    env: order.env,
    // The server must be able to stand in its current folder, and it may run as another user.
    cwd: '/',
    input: JSON.stringify({
      folder: order.folder,
      port: order.port,
      password: order.password,
      careless: order.careless ?? false,
    }),
    ...(identity.as === 'owner' ? { uid: identity.uid, gid: identity.gid } : {}),
  });
  const said = await new Promise<{ ready?: boolean; fresh?: boolean; failed?: string }>(
    (resolve) => {
      child.onLine((line) => {
        if (line.startsWith('{')) resolve(JSON.parse(line));
      });
      child.exited.then(() => resolve({ failed: child.lastWords() }));
    },
  );
  if (said.ready) return { child, fresh: said.fresh === true };
  await child.exited;
  return { child: null, failed: said.failed ?? '', logFile: child.logFile };
}

/**
 * Postgres refuses to run as root. As root the server runs as the system user `postgres`, which must
 * be able to enter every folder down to the data and to the program; where it cannot (a project under
 * /root), a user namespace gives root another number without another set of rights.
 */
async function chooseIdentity(folder: string, dataFolder: string): Promise<Identity> {
  const own = userInfo().uid;
  const owner = existsSync(folder) ? statSync(folder) : null;
  if (own !== 0) {
    if (owner && own >= 0 && owner.uid !== own) {
      throw new LaunchError(
        'folder-closed',
        `${folder} belongs to another user (number ${owner.uid}). Start Holdfast as that user, or choose another folder with HOLDFAST_DATA.`,
      );
    }
    return { as: 'self' };
  }
  const server = Number((await output('id', ['-u', 'postgres'])) ?? Number.NaN);
  if (owner && owner.uid !== 0 && owner.uid !== server) {
    return { as: 'owner', uid: owner.uid, gid: owner.gid };
  }
  if (owner?.uid !== 0) {
    const closed = await closedFolder([dataFolder, projectFolder]);
    if (closed === null) return { as: 'self' };
    if (await canUseNamespace()) return { as: 'namespace' };
    throw new LaunchError(
      'folder-closed',
      `Postgres does not run as root, and the system user "postgres" cannot enter ${closed}. Allow it with "chmod o+x ${closed}", or put the project elsewhere.`,
    );
  }
  if (await canUseNamespace()) return { as: 'namespace' };
  throw new LaunchError(
    'folder-closed',
    `${folder} belongs to root, and Postgres does not run as root. Give it away with "chown -R postgres ${folder}".`,
  );
}

/** The first folder on the way that a user without rights cannot enter, or null. */
async function closedFolder(paths: string[]): Promise<string | null> {
  for (const path of paths) {
    const parts = path.split('/').filter(Boolean);
    for (let depth = 1; depth <= parts.length; depth++) {
      const folder = `/${parts.slice(0, depth).join('/')}`;
      if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return folder;
    }
  }
  return null;
}

async function canUseNamespace(): Promise<boolean> {
  const number = await output('unshare', [
    '--user',
    '--map-user=1000',
    '--map-group=1000',
    'id',
    '-u',
  ]);
  return number === '1000';
}

function output(program: string, args: string[]): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 5_000 }, (err, out) => resolve(err ? null : out.trim()));
  });
}

/**
 * A server that outlived its launcher still holds the folder. Its keeper is ending it already, so it
 * gets a moment; then it is asked to shut down, then told. The lock file itself is never touched.
 */
async function endForeignServer(folder: string): Promise<void> {
  const start = systemClock.monotonicMs();
  const sent = new Set<string>();
  for (;;) {
    const pid = serverOf(folder);
    if (pid === null) return;
    const waited = systemClock.monotonicMs() - start;
    const order = waited > 12_000 ? 'SIGQUIT' : waited > 2_000 ? 'SIGINT' : null;
    if (waited > 25_000) {
      throw new LaunchError(
        'already-running',
        `A Postgres server (process ${pid}) still runs on ${folder} and does not end.`,
      );
    }
    if (order && !sent.has(order)) {
      sent.add(order);
      try {
        process.kill(pid, order);
      } catch {
        // Ended meanwhile, or it belongs to another user and the next step says so.
      }
    }
    await sleep(100);
  }
}

/** The living server named in postmaster.pid, as far as it is really one on this folder. */
function serverOf(folder: string): number | null {
  const file = join(folder, 'postmaster.pid');
  if (!existsSync(file)) return null;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  try {
    process.kill(pid, 0);
  } catch {
    return null;
  }
  if (!existsSync('/proc/self')) return pid;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder) ? pid : null;
  } catch {
    return null;
  }
}

/** Makes the catalogue's database where it is missing; returns the server's version. */
async function makeDatabase(ownerUrl: string): Promise<string> {
  const server = postgres(ownerUrl.replace(/\/[^/]*$/, '/postgres'), {
    max: 1,
    onnotice: () => {},
  });
  try {
    const [row] = await server<{ version: string }[]>`show server_version`.then((rows) =>
      rows.map((shown) => ({ version: Object.values(shown)[0] as string })),
    );
    const there = await server`select 1 from pg_database where datname = ${database}`;
    if (there.length === 0) await server.unsafe(`create database ${database}`);
    return (row?.version ?? '').split(' ')[0] ?? '';
  } finally {
    await server.end({ timeout: 2 });
  }
}
