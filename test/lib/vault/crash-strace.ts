import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createKeyFile, keyFile } from '#lib/vault/keys.ts';
import { openTarget } from '#lib/vault/targets/open.ts';
import { type Acknowledged, judge, readAcknowledged } from './crash-case.ts';

/** Whatever touches a file in the vault: what changes one, and what only looks. */
const calls = (
  'openat,write,pwrite64,writev,pwritev,fsync,fdatasync,close,rename,renameat,renameat2,' +
  'link,linkat,unlink,unlinkat,mkdir,mkdirat,ftruncate,statx,read,pread64,getdents64'
).split(',');

/** A place to die at: before the `count`-th call of this name. */
export interface CrashPoint {
  call: string;
  count: number;
}

/** Null when strace works here, else why not. */
export function straceMissing(): string | null {
  try {
    execFileSync('strace', ['-o', '/dev/null', '-e', 'trace=none', 'true'], { stdio: 'pipe' });
    return null;
  } catch (err) {
    return (err as NodeJS.ErrnoException).code === 'ENOENT'
      ? 'strace is not installed'
      : 'strace may not trace here';
  }
}

/**
 * Every call an undisturbed run makes on its vault, as places to die at. `everything` adds the
 * calls of the same thread that do something else: how many come between two writes to the vault
 * changes a little from run to run.
 */
export async function findCrashPoints(everything = false): Promise<CrashPoint[]> {
  return withFolder(async (folder) => {
    const path = join(folder, 'strace.log');
    await runVictim(folder, ['-y', '-o', path, '-e', `trace=${calls.join(',')}`]);
    const counts = new Map<string, number>();
    const points: CrashPoint[] = [];
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      const call = /^(?:\d+ +)?(\w+)\(/.exec(line)?.[1];
      if (call === undefined) continue;
      const count = (counts.get(call) ?? 0) + 1;
      counts.set(call, count);
      if (everything || line.includes(join(folder, 'vault'))) points.push({ call, count });
    }
    return points;
  });
}

/** Kills a victim at the point and judges what is left; false when the point was not reached. */
export async function crashAt({ call, count }: CrashPoint): Promise<boolean> {
  return withFolder(async (folder) => {
    const said = await runVictim(folder, [
      ...['-o', '/dev/null', '-e', `trace=${call}`],
      ...['-e', `inject=${call}:signal=KILL:when=${count}`],
    ]);
    const target = openTarget(pathToFileURL(join(folder, 'vault')), 'crash');
    await judge(target, await keyFile(join(folder, 'key')), said, `killed at ${call} ${count}`);
    return !said.done;
  });
}

async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-crash-'));
  try {
    await createKeyFile(join(folder, 'key'));
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Starts a victim, sets strace on the one thread that does its file work, lets it go, waits for
 * its end. Only that thread is traced: calls are counted by thread, and loading modules makes many.
 */
async function runVictim(folder: string, trace: string[]): Promise<Acknowledged> {
  const script = fileURLToPath(new URL('./crash-child.program.ts', import.meta.url));
  const victim = spawn(process.execPath, [script, join(folder, 'vault'), join(folder, 'key')], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      ...process.env,
      UV_THREADPOOL_SIZE: '1',
      NODE_COMPILE_CACHE: join(tmpdir(), 'holdfast-crash-compile-cache'),
    },
  });
  const said = listen(victim);
  victim.stdin.on('error', () => {});
  try {
    await said.until('"ready"');
    const strace = spawn('strace', [...trace, '-p', String(fileThread(victim.pid!))], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const traced = listen(strace);
    await traced.until('attached');
    victim.stdin.write('go\n');
    await Promise.all([said.ended, traced.ended]);
    const text = said.output();
    if (victim.signalCode !== 'SIGKILL' && victim.exitCode !== 0) {
      throw new Error(`the victim failed by itself:\n${said.errors().slice(-2000)}`);
    }
    return readAcknowledged(text);
  } finally {
    victim.kill('SIGKILL');
  }
}

function listen(child: ChildProcess) {
  let output = '';
  let errors = '';
  let look = () => {};
  child.stdout?.on('data', (bytes) => {
    output += bytes;
    look();
  });
  child.stderr?.on('data', (bytes) => {
    errors += bytes;
    look();
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve());
  });
  const until = (text: string) =>
    Promise.race([
      new Promise<void>((resolve) => {
        look = () => {
          if (output.includes(text) || errors.includes(text)) resolve();
        };
        look();
      }),
      ended.then(() => {
        throw new Error(`ended before saying ${text}:\n${errors.slice(-2000)}`);
      }),
    ]);
  return { until, ended, output: () => output, errors: () => errors };
}

/** The one thread of libuv's pool. */
function fileThread(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`).filter(
    (id) => readFileSync(`/proc/${pid}/task/${id}/comm`, 'utf8').trim() === 'libuv-worker',
  );
  if (threads.length !== 1) throw new Error(`${threads.length} threads do file work`);
  return Number(threads[0]);
}
