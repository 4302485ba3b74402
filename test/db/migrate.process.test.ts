import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openDatabase } from '#db/client.ts';
import { migrateCatalogue } from '#db/migrate.ts';
import { msps } from '#db/schema/msps.ts';
import { newId } from '#lib/core/ids.ts';
import { withScope } from '#lib/services/transaction.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';

const root = join(import.meta.dirname, '../..');

function migrate(env: Record<string, string>): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [join(root, 'db/migrate.ts')],
      { env: { PATH: process.env.PATH, ...env } as unknown as NodeJS.ProcessEnv, cwd: root },
      (_error, out, err) => resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

describe('npm run migrate', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());

  /** A database on the same server that nobody has migrated. */
  async function createEmpty(name: string): Promise<string> {
    await db.owner.unsafe(`create database ${name}`);
    const url = new URL(db.url.owner);
    url.pathname = `/${name}`;
    return url.toString();
  }

  it('brings an empty database up, says each step in a line, and does nothing the second time', async () => {
    const url = await createEmpty('fresh');
    const first = await migrate({ DATABASE_URL: url });
    assert.equal(first.code, 0, first.err);
    assert.match(
      first.out,
      /^roles: all there\ncatalogue: (\d+) migration\(s\) applied, \1 in all\n$/,
    );
    const second = await migrate({ DATABASE_URL: url });
    assert.match(second.out, /^roles: all there\ncatalogue: 0 migration\(s\) applied/);
  });

  it('of five at the same time each ends well and one does the work', async () => {
    const url = await createEmpty('contended');
    const lines: string[] = [];
    await Promise.all(
      Array.from({ length: 5 }, () => migrateCatalogue(url, (line) => lines.push(line))),
    );
    assert.equal(lines.filter((line) => /[1-9]\d* migration\(s\) applied/.test(line)).length, 1);
  });

  it('without an address it names what is missing and ends with 2', async () => {
    const { code, err } = await migrate({});
    assert.equal(code, 2);
    assert.match(err, /DATABASE_URL is missing/);
  });

  it('with a server that is not there it ends with 1, and shows no password', async () => {
    const { code, err } = await migrate({ DATABASE_URL: 'postgres://me:geheim@127.0.0.1:9/x' });
    assert.equal(code, 1);
    assert.match(err, /not migrated \(ECONNREFUSED\)/);
    assert.ok(!err.includes('geheim') && !err.includes('    at '));
  });

  it('needs no superuser: an owner of the database who may become app_owner is enough', async () => {
    await db.owner.unsafe("create role house login createrole password 'test'");
    await db.owner.unsafe('grant app_owner to house with admin true');
    await db.owner.unsafe('create database managed owner house');
    const url = new URL(db.url.owner);
    url.username = 'house';
    url.pathname = '/managed';
    const { code, out, err } = await migrate({ DATABASE_URL: url.toString() });
    assert.equal(code, 0, err);
    assert.match(out, /[1-9]\d* migration\(s\) applied/);
    const portal = new URL(db.url.app_user);
    portal.pathname = '/managed';
    const pool = openDatabase(portal.toString(), { connections: 1 });
    const read = withScope(pool, { mspId: newId(), tenantId: null }, (tx) =>
      tx.select().from(msps),
    );
    assert.deepEqual(await read, []);
    await pool.close();
  });

  it('refuses roles that may bypass row-level security', async () => {
    await db.owner.unsafe('alter role app_worker bypassrls');
    try {
      const { code, err } = await migrate({ DATABASE_URL: db.url.owner });
      assert.equal(code, 1);
      assert.match(err, /app_worker may bypass row-level security/);
    } finally {
      await db.owner.unsafe('alter role app_worker nobypassrls');
    }
  });

  it('as the role of the portal it says who has to do it', async () => {
    const { code, err } = await migrate({ DATABASE_URL: db.url.app_user });
    assert.equal(code, 1);
    assert.match(err, /Migrate as the owner of the database or as a superuser/);
  });

  it('migrations are in the order of their time: drizzle skips one that is older than the last', () => {
    const journal = JSON.parse(
      readFileSync(join(root, 'db/migrations/meta/_journal.json'), 'utf8'),
    );
    const times: number[] = journal.entries.map((entry: { when: number }) => entry.when);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    assert.equal(new Set(times).size, times.length);
  });
});
