import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep } from '#lib/core/concurrency.ts';
import { searchAttributes } from '#lib/jobs/contract.ts';
import { explainFailure, LaunchError } from './failure.ts';
import { onFreePort, untilAnswers } from './ports.ts';
import type { Child, ProcessTable } from './processes.ts';
import { projectFolder } from './project.ts';
import { findTemporal, type TemporalBinary } from './temporal-binary.ts';

const saidMs = 30_000;

export const temporalNamespace = 'holdfast';

export interface RunningTemporal {
  address: string;
  binary: TemporalBinary;
  child: Child;
  stop(): Promise<void>;
}

/** Starts the development server with its database file in `<dataFolder>/temporal`. */
export async function startTemporal(
  table: ProcessTable,
  options: { dataFolder: string; port: number; env: Record<string, string | undefined> },
): Promise<RunningTemporal> {
  const { binary, tried } = await findTemporal();
  if (binary === null) {
    throw new LaunchError(
      'binary-missing',
      `The Temporal server is missing. Tried: ${tried}. Install it (https://docs.temporal.io/cli) or name it with TEMPORAL_CLI.`,
    );
  }
  // The server does not make the folder of its file.
  const folder = join(options.dataFolder, 'temporal');
  await mkdir(folder, { recursive: true });
  return onFreePort(options.port, async (port) => {
    const child = table.spawn({
      name: 'temporal',
      program: process.execPath,
      args: [
        join(projectFolder, 'lib', 'launch', 'keeper.ts'),
        ...['SIGTERM', '8000', binary.path],
        ...serverArguments(port, join(folder, 'temporal.db')),
      ],
      env: options.env,
    });
    const watch = new AbortController();
    try {
      await Promise.race([
        Promise.all([
          untilAnswers(port, 30_000, watch.signal),
          untilSaid(child, port, watch.signal),
        ]),
        child.exited.then(() => Promise.reject(new Error(child.lastWords()))),
      ]);
      const stop = () => child.stop(12_000);
      return { address: `127.0.0.1:${port}`, binary, child, stop };
    } catch (err) {
      child.kill();
      throw explainFailure('The Temporal server', err, child.logFile);
    } finally {
      watch.abort(new Error('not waiting any more'));
    }
  });
}

/**
 * Somebody else may answer on the port that it lost. The server names its address once it listens; one
 * that does not, as other versions may, has failed by then or is taken at its port's word.
 */
async function untilSaid(child: Child, port: number, signal: AbortSignal): Promise<void> {
  const said = new Promise<void>((resolve) => {
    child.onLine((line) => {
      if (line.includes('Server') && line.includes(`:${port}`)) resolve();
    });
  });
  await Promise.race([said, sleep(saidMs, signal)]);
}

/** Flags and why they are as they are: `research/temporal.md` §5.4. */
function serverArguments(port: number, file: string): string[] {
  const dynamic = [
    'matching.enableFairness=true',
    'matching.numTaskqueueReadPartitions=1',
    'matching.numTaskqueueWritePartitions=1',
    'frontend.enableServerVersionCheck=false',
  ];
  return [
    ...['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port)],
    ...['--namespace', temporalNamespace, '--db-filename', file, '--log-level', 'error'],
    ...Object.values(searchAttributes).flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
    ...dynamic.flatMap((value) => ['--dynamic-config-value', value]),
  ];
}
