import { type ChildProcess, spawn } from 'node:child_process';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Connection } from '@temporalio/client';
import type { TemporalConfig } from '#lib/core/config.ts';
import { searchAttributes } from '#lib/jobs/contract.ts';
import { freePort, onFreePort } from '#lib/launch/ports.ts';
import { findTemporal } from '#lib/launch/temporal-binary.ts';

/** A real Temporal server for tests, in memory: one a process. */
export interface TestTemporal {
  config: TemporalConfig;
  stop(): Promise<void>;
}

const keeper = fileURLToPath(new URL('../../lib/launch/keeper.ts', import.meta.url));

let running: Promise<TestTemporal> | undefined;

after(async () => {
  await (await running?.catch(() => undefined))?.stop();
});

export function startTestTemporal(): Promise<TestTemporal> {
  running ??= start();
  return running;
}

async function start(): Promise<TestTemporal> {
  const { binary, tried } = await findTemporal();
  if (binary === null) throw new Error(`no Temporal server: tried ${tried}`);
  // It takes more ports than the one it is told.
  return onFreePort(await freePort(), (port) => startOn(binary.path, port));
}

async function startOn(binary: string, port: number): Promise<TestTemporal> {
  // The keeper ends the server when this process is gone, also when it was killed.
  const child = spawn(
    process.execPath,
    [
      ...[keeper, 'SIGKILL', '0', binary],
      ...['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port)],
      ...['--namespace', 'test', '--log-level', 'error'],
      ...Object.values(searchAttributes).flatMap((name) => [
        '--search-attribute',
        `${name}=Keyword`,
      ]),
    ],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  );
  let log = '';
  child.stderr.on('data', (chunk) => {
    log = (log + chunk).slice(-4000);
  });
  const address = `127.0.0.1:${port}`;
  for (let attempt = 0; ; attempt++) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: 1000 });
      await connection.workflowService.describeNamespace({ namespace: 'test' });
      await connection.close();
      break;
    } catch (err) {
      if (child.exitCode !== null || attempt > 100) {
        child.kill('SIGTERM');
        throw new Error(`Temporal did not start: ${log}`, { cause: err });
      }
      await sleep(100);
    }
  }
  return {
    config: { address, namespace: 'test', apiKey: undefined, tls: false },
    stop: () => end(child),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}
