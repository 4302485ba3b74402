import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import postgres from 'postgres';
import { type Database, openDatabase } from '#db/client.ts';
import { migrateCatalogue } from '#db/migrate.ts';
import { type LoginRole, setLoginPasswords } from '#db/roles.ts';
import { freePort } from '#lib/launch/ports.ts';
import { startPostgres } from '#lib/launch/postgres.ts';
import { ProcessTable } from '#lib/launch/processes.ts';

/**
 * A real Postgres for tests: one server a process, migrated once into a template, one clone of it
 * for each test file. Tests connect as the roles of production; `owner` is for looking from outside.
 */

const password = 'test';
const template = 'holdfast_template';
const folderPrefix = 'holdfast-test-pg-';

interface Cluster {
  url(user: string, database: string): string;
  admin: postgres.Sql;
  stop(): Promise<void>;
}

export interface TestDatabase {
  url: { owner: string; app_user: string; app_worker: string };
  /** The portal's view. */
  user: Database;
  /** The worker's view. */
  worker: Database;
  /** A superuser's connection: sees everything, as no process of Holdfast does. */
  owner: postgres.Sql;
  /** More pools, closed with the rest. */
  open(role: LoginRole, connections?: number): Database;
  close(): Promise<void>;
}

let running: Promise<Cluster> | undefined;

after(async () => {
  const cluster = await running?.catch(() => undefined);
  await cluster?.stop();
});

/** Call in `before`, and `close()` in `after`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  running ??= startCluster();
  const cluster = await running;
  const name = `test_${randomBytes(6).toString('hex')}`;
  await cluster.admin.unsafe(`create database ${name} template ${template}`);
  const url = {
    owner: cluster.url('postgres', name),
    app_user: cluster.url('app_user', name),
    app_worker: cluster.url('app_worker', name),
  };
  const pools: Database[] = [];
  const open = (role: LoginRole, connections = 4) => {
    const pool = openDatabase(url[role], { connections });
    pools.push(pool);
    return pool;
  };
  const owner = postgres(url.owner, { max: 2, onnotice: () => {} });
  return {
    url,
    user: open('app_user'),
    worker: open('app_worker'),
    owner,
    open,
    close: async () => {
      await Promise.all([...pools.map((pool) => pool.close()), owner.end({ timeout: 5 })]);
      await cluster.admin.unsafe(`drop database if exists ${name} with (force)`);
    },
  };
}

/**
 * What happens to an act that begins before a change is committed and meets it: the change is made,
 * the act waits for its rows, then the change is committed.
 */
export async function whileHeld<T>(
  db: TestDatabase,
  change: (sql: postgres.TransactionSql) => Promise<unknown>,
  act: () => Promise<T>,
): Promise<PromiseSettledResult<T>> {
  let acting: Promise<PromiseSettledResult<T>[]> | undefined;
  await db.owner.begin(async (sql) => {
    await change(sql);
    let ended = false;
    acting = Promise.allSettled([act()]).finally(() => {
      ended = true;
    });
    while (!ended) {
      const [waiting] = await sql`select 1 from pg_locks where not granted
        and pid in (select pid from pg_stat_activity where datname = current_database())`;
      if (waiting !== undefined) return;
    }
  });
  return (await acting!)[0]!;
}

async function startCluster(): Promise<Cluster> {
  await sweepAbandoned();
  // Not mkdtemp: the server runs as another user when tests run as root, and must get in.
  const folder = join(tmpdir(), `${folderPrefix}${process.pid}-${randomBytes(4).toString('hex')}`);
  await mkdir(folder, { mode: 0o755 });
  const table = await ProcessTable.claim(folder);
  const server = await startPostgres(table, {
    dataFolder: folder,
    port: await freePort(),
    password,
    env: process.env,
    careless: true,
  });
  const url = (user: string, database: string) =>
    `postgres://${user}:${password}@127.0.0.1:${server.port}/${database}`;
  const admin = postgres(url('postgres', 'postgres'), { max: 2, onnotice: () => {} });
  await admin.unsafe(`create database ${template}`);
  await migrateCatalogue(url('postgres', template));
  await setLoginPasswords(url('postgres', template), { app_user: password, app_worker: password });
  return {
    url,
    admin,
    stop: async () => {
      await admin.end({ timeout: 5 });
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Folders of test processes that were killed. Their servers end by themselves, since they watch the
 * process that started them.
 */
async function sweepAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = name.startsWith(folderPrefix) ? Number(name.split('-')[3]) : Number.NaN;
    if (!Number.isInteger(owner) || isAlive(owner)) continue;
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => {});
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (err) {
    return (err as NodeJS.ErrnoException).code === 'EPERM';
  }
}
