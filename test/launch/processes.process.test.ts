import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import type { LaunchError } from '#lib/launch/failure.ts';
import { ProcessTable } from '#lib/launch/processes.ts';
import { projectFolder } from '#lib/launch/project.ts';

/** No process of a launcher survives it, and nothing that is not ours is ever ended. */

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast processes '));
});
after(() => rm(folder, { recursive: true, force: true }));

const launch = join(projectFolder, 'lib', 'launch');
const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    // A zombie waits for its parent to notice; it runs no more.
    return (
      !existsSync('/proc/self') || !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    );
  } catch (err) {
    if (!['ESRCH', 'ENOENT'].includes(String((err as NodeJS.ErrnoException).code))) throw err;
    return false;
  }
};

async function until(condition: () => boolean, ms: number): Promise<void> {
  const start = performance.now();
  while (!condition()) {
    if (performance.now() - start > ms) throw new Error(`not so after ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A launcher that starts `args` under its table, prints the pids and then waits for its end. */
async function launcher(
  data: string,
  children: string[][],
): Promise<{ process: ChildProcess; pids: number[] }> {
  const script = join(folder, 'launcher.ts');
  await writeFile(
    script,
    `import { ProcessTable } from '${join(launch, 'processes.ts')}';
     const table = await ProcessTable.claim(process.argv[2]);
     const all = JSON.parse(process.argv[3]);
     const pids = [];
     for (const [index, args] of all.entries()) {
       const child = table.spawn({ name: 'child-' + index, program: process.execPath, args, env: process.env });
       pids.push(child.pid);
       await new Promise((resolve) => child.onLine((line) => {
         const inner = Number(line);
         if (inner) pids.push(inner);
         resolve(undefined);
       }));
     }
     console.log(JSON.stringify(pids));
     setInterval(() => {}, 1000);`,
  );
  const started = spawn(process.execPath, [script, data, JSON.stringify(children)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve) => {
    createInterface({ input: started.stdout }).once('line', resolve);
  });
  return { process: started, pids: JSON.parse(line) as number[] };
}

const preload = ['--import', `file://${join(launch, 'end-with-parent.ts').replaceAll(' ', '%20')}`];
/** Has a thread, which preloads what the process preloads. */
const waits =
  "new (require('node:worker_threads').Worker)('setTimeout(() => {}, 100)', { eval: true }).on('exit', () => { console.log(process.pid); setInterval(() => {}, 1000); });";
const ignores = `process.on('SIGTERM', () => {}); ${waits}`;

describe('processes of a launcher', () => {
  test('a Node child and a kept program end when the launcher is killed with -9', async () => {
    const kept = [join(launch, 'keeper.ts'), 'SIGTERM', '2000', process.execPath, '-e', waits];
    const { process: parent, pids } = await launcher(join(folder, 'a'), [
      [...preload, '-e', waits],
      kept,
    ]);
    assert.equal(new Set(pids).size, 3);
    parent.kill('SIGKILL');
    await until(() => pids.every((pid) => !isAlive(pid)), 20_000);
  });

  test('what ignores its end is ended by the next launcher on the same folder', async () => {
    const data = join(folder, 'b');
    const { process: parent, pids } = await launcher(data, [['-e', ignores]]);
    parent.kill('SIGKILL');
    await until(() => !isAlive(parent.pid!), 20_000);
    assert.ok(pids.every(isAlive));
    const table = await ProcessTable.claim(data);
    assert.ok(pids.every((pid) => !isAlive(pid)));
    table.release();
  });

  test('a second launcher is refused while the first one lives, and says so', async () => {
    const data = join(folder, 'c');
    const { process: parent, pids } = await launcher(data, [[...preload, '-e', waits]]);
    await assert.rejects(ProcessTable.claim(data), (err: LaunchError) => {
      assert.equal(err.problem, 'already-running');
      assert.match(err.message, new RegExp(`process ${parent.pid}\\)`));
      return true;
    });
    assert.ok(pids.every(isAlive));
    parent.kill('SIGKILL');
    await until(() => pids.every((pid) => !isAlive(pid)), 20_000);
  });

  test('a number that another program got meanwhile is left alone', async () => {
    const data = join(folder, 'd');
    const first = await ProcessTable.claim(data);
    first.release();
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      detached: true,
      stdio: 'ignore',
    });
    try {
      await writeFile(
        join(data, 'processes.json'),
        JSON.stringify([{ name: 'worker', pid: stranger.pid, born: 'another time' }]),
      );
      const table = await ProcessTable.claim(data);
      assert.ok(isAlive(stranger.pid!));
      table.release();
    } finally {
      stranger.kill('SIGKILL');
    }
  });
});
