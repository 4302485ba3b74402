import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { systemClock } from '#lib/core/clock.ts';
import { createKeyFile, keyFile } from '#lib/vault/keys.ts';
import { openTarget } from '#lib/vault/targets/open.ts';
import { Vault } from '#lib/vault/vault.ts';
import { all, collect } from './fixture.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-two-'));
  await createKeyFile(join(folder, 'key'));
});
after(() => rm(folder, { recursive: true }));

interface Told {
  snapshot: string;
  refs: string[];
}

/** Starts a session; `onTold` hears of every commit and may kill it. */
function session(
  mailboxId: string,
  rounds: number,
  onTold: (child: ChildProcess, count: number) => void = () => {},
): Promise<Told[]> {
  const url = pathToFileURL(join(folder, 'target')).href;
  const script = join(import.meta.dirname, 'session.program.ts');
  const child = spawn(
    process.execPath,
    [script, url, join(folder, 'key'), mailboxId, String(rounds)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const told: Told[] = [];
  createInterface({ input: child.stdout! }).on('line', (line) => {
    told.push(JSON.parse(line) as Told);
    onTold(child, told.length);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(told));
  });
}

it('processes that write one vault at once, one of them killed, lose nothing they were told', async () => {
  const kill = (child: ChildProcess, count: number) => {
    if (count === 3) child.kill('SIGKILL');
  };
  const [killed, whole] = await Promise.all([session('a', 5_000, kill), session('b', 6)]);
  assert.ok(killed.length >= 3 && killed.length < 5_000);
  assert.equal(whole.length, 6);
  // No lock is left: the killed one's mailbox goes on at once, from what was committed.
  const next = await session('a', 2);
  assert.equal(next.length, 2);

  await using vault = await Vault.open({
    target: openTarget(pathToFileURL(join(folder, 'target')), 'tenant-1'),
    keys: await keyFile(join(folder, 'key')),
    tenantId: 'tenant-1',
    clock: systemClock,
  });
  const reader = vault.reader();
  for (const { snapshot, refs } of [...killed, ...whole, ...next]) {
    const listed = await all((await reader.snapshot(snapshot)).items());
    for (const ref of refs) {
      assert.ok(listed.some((row) => row.ref === ref));
      const opened = await reader.openReadable(ref);
      assert.equal((await collect(opened!.body)).length, opened!.bytes);
    }
  }
  assert.deepEqual((await vault.verify({ deep: true })).problems, []);
});
