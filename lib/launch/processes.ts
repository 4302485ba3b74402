import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { systemClock } from '#lib/core/clock.ts';
import { sleep } from '#lib/core/concurrency.ts';
import { LaunchError } from './failure.ts';
import { projectFolder } from './project.ts';

/** A process of ours, told apart from a later one with the same number by when it was born. */
interface Known {
  name: string;
  pid: number;
  born: string;
}

interface Running {
  pid: number;
  group: number;
  born: string;
  command: string;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Lines the child prints on standard output, while somebody listens. */
  onLine(listener: (line: string) => void): void;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  hasExited(): boolean;
  /** Ends standard input, which every child takes as the order to end; SIGKILL after `graceMs`. */
  stop(graceMs: number): Promise<void>;
  /** SIGKILL to the child and everything it started. */
  kill(): void;
  /** The last lines of its log, to say why it ended. */
  lastWords(): string;
}

export interface ChildOptions {
  name: string;
  program: string;
  args: string[];
  env: Record<string, string | undefined>;
  /** First line given on standard input; the pipe then stays open as the thread of life. */
  input?: string;
  cwd?: string;
  uid?: number;
  gid?: number;
}

/**
 * The processes of one data folder. `processes.json` names them with their birth, so that the start
 * after a `kill -9` can end what was left, and only that.
 */
export class ProcessTable {
  private readonly file: string;
  private readonly folder: string;
  private readonly known: Known[] = [];
  private readonly children = new Set<Child>();
  private closed = false;

  private constructor(folder: string) {
    this.folder = folder;
    this.file = join(folder, 'processes.json');
  }

  /**
   * Takes the data folder for this process and ends what an earlier launcher left running.
   * @throws LaunchError 'already-running' while another launcher lives on it
   */
  static async claim(dataFolder: string): Promise<ProcessTable> {
    await mkdir(join(dataFolder, 'logs'), { recursive: true });
    const table = new ProcessTable(dataFolder);
    const before = readKnown(table.file);
    const launcher = before.find((entry) => entry.name === 'launcher');
    if (launcher && launcher.pid !== process.pid && isAlive(launcher)) {
      throw new LaunchError(
        'already-running',
        `Holdfast already runs on ${dataFolder} (process ${launcher.pid}). Stop that one first.`,
      );
    }
    await endLeftovers(
      before.filter((entry) => entry.name !== 'launcher'),
      dataFolder,
    );
    table.remember('launcher', process.pid);
    return table;
  }

  /** Whether a launcher lives on the data folder now. */
  static isHeld(dataFolder: string): boolean {
    const launcher = readKnown(join(dataFolder, 'processes.json')).find(
      (entry) => entry.name === 'launcher',
    );
    return launcher !== undefined && isAlive(launcher);
  }

  /** Starts a child in a process group of its own, so that Ctrl-C reaches the launcher alone. */
  spawn(options: ChildOptions): Child {
    if (this.closed) throw new LaunchError('failed', 'Holdfast is stopping.');
    const logFile = join(this.folder, 'logs', `${options.name}.log`);
    if (existsSync(logFile) && statSync(logFile).size > 16 * 1024 * 1024) {
      renameSync(logFile, `${logFile}.old`);
    }
    const log = openSync(logFile, 'a', 0o600);
    const startOfLog = statSync(logFile).size;
    const spawned = spawn(options.program, options.args, {
      cwd: options.cwd ?? projectFolder,
      env: options.env as NodeJS.ProcessEnv,
      detached: true,
      stdio: ['pipe', 'pipe', log],
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.gid }),
    });
    closeSync(log);
    if (spawned.pid !== undefined) this.remember(options.name, spawned.pid);
    const child = follow(options.name, spawned, logFile, startOfLog);
    if (options.input !== undefined) spawned.stdin?.write(`${options.input}\n`);
    this.children.add(child);
    child.exited.then(() => {
      this.children.delete(child);
      this.forget(child.pid);
    });
    return child;
  }

  /** Orders every child to end, all at the same time, and waits for it. No other is started. */
  async stopAll(graceMs: number): Promise<void> {
    this.closed = true;
    await Promise.all([...this.children].map((child) => child.stop(graceMs)));
  }

  /** Ends every child at once, without asking. */
  killAll(): void {
    for (const child of this.children) child.kill();
  }

  /** Gives the folder back. */
  release(): void {
    this.forget(process.pid);
  }

  private remember(name: string, pid: number): void {
    const born = bornOf(pid);
    if (born === null) return;
    this.known.push({ name, pid, born });
    this.save();
  }

  private forget(pid: number): void {
    const at = this.known.findIndex((entry) => entry.pid === pid);
    if (at === -1) return;
    this.known.splice(at, 1);
    this.save();
  }

  private save(): void {
    try {
      writeFileSync(`${this.file}.new`, JSON.stringify(this.known, null, 2));
      renameSync(`${this.file}.new`, this.file);
    } catch (err) {
      // The folder may be gone after the last child (a demo removes its own); that ends nothing.
      if ((err as NodeJS.ErrnoException).code !== 'ENOENT') throw err;
    }
  }
}

function follow(name: string, spawned: ChildProcess, logFile: string, startOfLog: number): Child {
  let ended = false;
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    spawned.once('exit', (code, signal) => {
      ended = true;
      resolve({ code, signal });
    });
    spawned.once('error', () => {
      ended = true;
      resolve({ code: 127, signal: null });
    });
  });
  // A child that dies while it is written to is reported by its exit, not by the pipe.
  spawned.stdin?.on('error', () => {});
  const listeners: Array<(line: string) => void> = [];
  if (spawned.stdout) {
    createInterface({ input: spawned.stdout }).on('line', (line) => {
      for (const listener of listeners) listener(line);
    });
  }
  const kill = () => {
    if (ended || spawned.pid === undefined) return;
    signalGroup(spawned.pid, 'SIGKILL');
  };
  return {
    name,
    pid: spawned.pid ?? -1,
    logFile,
    onLine: (listener) => listeners.push(listener),
    exited,
    hasExited: () => ended,
    kill,
    async stop(graceMs) {
      if (ended) return;
      spawned.stdin?.end();
      const patience = new AbortController();
      const tooLong = sleep(graceMs, patience.signal).then(kill, () => {});
      await Promise.race([exited, tooLong.then(() => exited)]);
      patience.abort();
    },
    lastWords: () =>
      readFileSync(logFile)
        .subarray(startOfLog)
        .toString('utf8')
        .trim()
        .split('\n')
        .slice(-8)
        .join('\n'),
  };
}

function readKnown(file: string): Known[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Known[];
  } catch {
    // Missing, or cut off by a kill in an older version: then nothing is known.
    return [];
  }
}

function isAlive(entry: Known): boolean {
  return bornOf(entry.pid) === entry.born;
}

/**
 * Ends the groups of the named processes. A group whose leader is gone counts as ours only when its
 * command line names our folders, since numbers are used again.
 */
async function endLeftovers(left: Known[], dataFolder: string): Promise<void> {
  const ours = () => {
    const running = listRunning();
    return left.filter((entry) =>
      running.some(
        (process) =>
          (process.pid === entry.pid && process.born === entry.born) ||
          (process.group === entry.pid &&
            process.pid !== entry.pid &&
            (process.command.includes(dataFolder) || process.command.includes(projectFolder))),
      ),
    );
  };
  // Children of a dead launcher are already ending by themselves; most are gone within a second.
  const start = systemClock.monotonicMs();
  for (let waited = 0; ours().length > 0; waited = systemClock.monotonicMs() - start) {
    if (waited > 4_000) for (const entry of ours()) signalGroup(entry.pid, 'SIGKILL');
    else if (waited > 1_500) for (const entry of ours()) signalGroup(entry.pid, 'SIGTERM');
    if (waited > 15_000) {
      const names = ours().map((entry) => `${entry.name} (process ${entry.pid})`);
      throw new LaunchError(
        'already-running',
        `An earlier start left ${names.join(', ')}, which does not end.`,
      );
    }
    await sleep(100);
  }
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // Gone meanwhile.
  }
}

/** When the process was born, as text that no later process with its number shares; null when gone. */
function bornOf(pid: number): string | null {
  return listRunning(pid)[0]?.born ?? null;
}

function listRunning(only?: number): Running[] {
  return existsSync('/proc/self/stat') ? listFromProc(only) : listFromPs(only);
}

function listFromProc(only?: number): Running[] {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const names =
    only === undefined ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [only];
  const found: Running[] = [];
  for (const name of names) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // The command may hold spaces and brackets; the numbers start after the last bracket.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z') continue;
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      found.push({
        pid: Number(name),
        group: Number(fields[2]),
        born: `${boot}/${fields[19]}`,
        command,
      });
    } catch {
      // Ended while we looked.
    }
  }
  return found;
}

function listFromPs(only?: number): Running[] {
  const which = only === undefined ? ['-ax'] : ['-p', String(only)];
  let text = '';
  try {
    text = execFileSync('ps', [...which, '-o', 'pid=,pgid=,lstart=,command='], {
      encoding: 'utf8',
    });
  } catch {
    // ps ends with 1 when no process matches.
  }
  return [...text.matchAll(/^\s*(\d+)\s+(\d+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/gm)].map(
    ([, pid, group, born, command]) => ({
      pid: Number(pid),
      group: Number(group),
      born: born ?? '',
      command: command ?? '',
    }),
  );
}
