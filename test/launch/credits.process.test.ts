import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createAccount, createPlan } from '#test/kit/billing.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createWorld, type World } from '#test/kit/msp.ts';

const project = join(import.meta.dirname, '../..');

describe('npm run credits', () => {
  let db: TestDatabase;
  let world: World;

  before(async () => {
    db = await createTestDatabase();
    world = await createWorld(db);
    await createAccount(db, world, { planId: await createPlan(db, world) });
  });
  after(() => db.close());

  const run = (...args: string[]) =>
    new Promise<{ code: number; out: string; err: string }>((resolve) => {
      execFile(
        process.execPath,
        ['lib/launch/credits.ts', ...args],
        { cwd: project, env: { ...process.env, DATABASE_URL: db.url.owner, TEMPORAL_ADDRESS: '' } },
        (failure, out, err) => resolve({ code: Number(failure?.code ?? 0), out, err }),
      );
    });
  const rows = async () =>
    (await db.owner<{ n: number }[]>`select count(*)::int as n from billing_credits`)[0]!.n;

  it('shows who pays, gives a credit, and shows it', async () => {
    const empty = await run();
    assert.equal(empty.code, 0, empty.err);
    assert.ok(empty.out.includes(`--msp ${world.mspId}`), empty.out);
    const give = ['give', '--msp', world.mspId, '--amount', '12.50', '--reason', 'A slow night'];
    const given = await run(...give);
    assert.equal(given.code, 0, given.err);
    assert.match(given.out, /^12\.50 USD go off the invoice for 2026-01 \([0-9a-f-]{36}\)\.$/m);
    const listed = await run();
    assert.match(listed.out, /12\.50 USD off the invoice for 2026-01, "A slow night": waits/);
    assert.equal(await rows(), 1);
  });

  it('refuses in a sentence and writes nothing', async () => {
    const before = await rows();
    const give = ['give', '--msp', world.mspId, '--reason', 'Another'];
    for (const [more, code, says] of [
      [['--amount', '0'], 1, /above zero/],
      [['--amount', '1', '--refund'], 1, /--invoice/],
      [['--amount', '1', '--customer', world.mspId], 1, /no account of its own/],
      [[], 2, /Write npm run credits/],
    ] as const) {
      const refused = await run(...give, ...more);
      assert.equal(refused.code, code, refused.err);
      assert.match(refused.err, says);
    }
    assert.equal(await rows(), before);
  });
});
