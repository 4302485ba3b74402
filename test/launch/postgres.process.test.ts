import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import postgres from 'postgres';
import { LaunchError } from '#lib/launch/failure.ts';
import { freePort } from '#lib/launch/ports.ts';
import { type RunningPostgres, startPostgres } from '#lib/launch/postgres.ts';
import { ProcessTable } from '#lib/launch/processes.ts';

/** The database of one machine starts again after everything that can happen to it, with its data. */

async function query<T>(url: string, act: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await act(sql);
  } finally {
    await sql.end({ timeout: 2 });
  }
}

describe('the database of one machine', () => {
  let root = '';
  let dataFolder = '';
  let port = 0;
  let table: ProcessTable;

  const start = (): Promise<RunningPostgres> =>
    startPostgres(table, { dataFolder, port, password: 'a: secret/1', env: process.env });

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast postgres '));
    await chmod(root, 0o755);
    dataFolder = join(root, 'data');
    await mkdir(dataFolder);
    table = await ProcessTable.claim(dataFolder);
    port = await freePort();
  });
  after(async () => {
    await table.stopAll(5_000);
    await rm(root, { recursive: true, force: true });
  });

  test('data survives a stop, a killed server and a lost port', async () => {
    const first = await start();
    assert.equal(first.fresh, true);
    assert.match(first.version, /^18\./);
    await query(first.ownerUrl, (sql) => sql.unsafe("create table kept as select 'ä' as word"));
    await first.stop();

    const second = await start();
    assert.equal(second.fresh, false);
    const server = Number(
      readFileSync(join(dataFolder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0],
    );
    process.kill(server, 'SIGKILL');
    await second.child.exited;

    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    try {
      const third = await start();
      assert.notEqual(third.port, port);
      assert.deepEqual(
        await query(third.ownerUrl, async (sql) => [...(await sql`select word from kept`)]),
        [{ word: 'ä' }],
      );
      await third.stop();
    } finally {
      other.close();
    }
  });

  test('below a folder that only root may enter it starts all the same, or says which folder', async (t) => {
    if (process.getuid?.() !== 0) return t.skip('only root has the problem');
    const closed = join(root, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const own = await ProcessTable.claim(join(closed, 'data'));
    try {
      const running = await startPostgres(own, {
        dataFolder: join(closed, 'data'),
        port: await freePort(),
        password: 'secret',
        env: process.env,
      });
      await running.stop();
    } catch (err) {
      assert.ok(err instanceof LaunchError);
      assert.equal(err.problem, 'folder-closed');
      assert.ok(err.message.includes(`cannot enter ${closed}.`), err.message);
    }
  });
});
