import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface Measured {
  wallMs: number;
  /** User and system time of the process and all it waited for. */
  cpuMs: number;
  /** Highest resident memory of the process, null where /proc does not tell. */
  memoryBytes: number | null;
  stdout: string;
}

const tickMs = 10;

/** Runs a program to its end and measures it; an exit code but 0 is an error with what it said. */
export async function measure(
  command: string[],
  env: Record<string, string> = {},
): Promise<Measured> {
  const cpuBefore = childrenCpuMs();
  const start = performance.now();
  const child = spawn(command[0]!, command.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  let memoryBytes: number | null = null;
  const look = () => {
    memoryBytes = peakMemory(child.pid) ?? memoryBytes;
  };
  const timer = setInterval(look, 10);
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  }).finally(() => clearInterval(timer));
  const wallMs = performance.now() - start;
  if (code !== 0) {
    throw new Error(`${command.join(' ')} ended with ${code}:\n${stderr.slice(-2000)}`);
  }
  return { wallMs, cpuMs: childrenCpuMs() - cpuBefore, memoryBytes, stdout };
}

/** Bytes of all files below a folder. */
export async function folderBytes(folder: string): Promise<{ files: number; bytes: number }> {
  const total = { files: 0, bytes: 0 };
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    total.files++;
    total.bytes += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return total;
}

/** CPU time of the children that have ended (proc(5), cutime and cstime). */
function childrenCpuMs(): number {
  try {
    const line = readFileSync('/proc/self/stat', 'utf8');
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[13]) + Number(fields[14])) * tickMs;
  } catch {
    return Number.NaN;
  }
}

function peakMemory(pid: number | undefined): number | null {
  try {
    const match = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return match ? Number(match[1]) * 1024 : null;
  } catch {
    return null;
  }
}
