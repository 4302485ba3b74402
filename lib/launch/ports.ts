import { randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { systemClock } from '#lib/core/clock.ts';
import { sleep } from '#lib/core/concurrency.ts';

const host = '127.0.0.1';

/**
 * Below those that systems take for connections that go out (from 32768 on Linux, higher elsewhere). One
 * of those may be in use by the time it is listened on: a port of the portal waits for the build.
 */
const range = { from: 16_384, to: 32_768 };

/** A port nobody listens on now. Somebody may take it before it is used: callers retry. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = randomInt(range.from, range.to);
    if (await isPortFree(port)) return port;
  }
  throw new Error(`no port from ${range.from} to ${range.to - 1} is free`);
}

export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

/**
 * The ports of the inner parts, kept beside their data so that addresses stay the same from start to
 * start. A port that somebody else took meanwhile is replaced.
 */
export async function keptPorts<Name extends string>(
  dataFolder: string,
  names: readonly Name[],
): Promise<Record<Name, number>> {
  const file = join(dataFolder, 'ports.json');
  const kept = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, number | undefined>)
    : {};
  const ports = {} as Record<Name, number>;
  for (const name of names) {
    const old = kept[name];
    ports[name] = old !== undefined && (await isPortFree(old)) ? old : await freePort();
  }
  await writeFile(`${file}.new`, JSON.stringify({ ...kept, ...ports }, null, 2));
  await rename(`${file}.new`, file);
  return ports;
}

/** Resolves when something accepts connections on the port; rejects after `ms` or on `signal`. */
export async function untilAnswers(port: number, ms: number, signal?: AbortSignal): Promise<void> {
  const start = systemClock.monotonicMs();
  for (;;) {
    if (await answers(port)) return;
    if (systemClock.monotonicMs() - start > ms) {
      throw new Error(`nothing answers on ${host}:${port} after ${ms / 1000} s`);
    }
    await sleep(25, signal);
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    const end = (value: boolean) => {
      socket.destroy();
      resolve(value);
    };
    socket.setTimeout(1_000, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
