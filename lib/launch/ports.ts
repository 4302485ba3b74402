import { randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { systemClock } from '#lib/core/clock.ts';
import { sleep } from '#lib/core/concurrency.ts';
import { explainFailure } from './failure.ts';

const host = '127.0.0.1';

/**
 * Below those that systems take for connections that go out (from 32768 on Linux, higher elsewhere). One
 * of those may be in use by the time it is listened on: a port of the portal waits for the build.
 */
const range = { from: 16_384, to: 32_768 };

/** A port that this process listens on, so that nobody else takes it before the part it is for starts. */
export interface HeldPort {
  readonly port: number;
  /** Gives it free for the part, which listens on it next. */
  take(): Promise<number>;
}

/** Null where somebody listens on it already. */
export async function holdPort(port: number): Promise<HeldPort | null> {
  const server = await listen(port);
  if (server === null) return null;
  server.unref();
  const closed = new Promise<number>((resolve) => server.once('close', () => resolve(port)));
  return {
    port,
    take: () => {
      if (server.listening) server.close();
      return closed;
    },
  };
}

export async function holdFreePort(): Promise<HeldPort> {
  for (let tries = 0; tries < 100; tries++) {
    const held = await holdPort(randomInt(range.from, range.to));
    if (held) return held;
  }
  throw new Error(`no port from ${range.from} to ${range.to - 1} is free`);
}

/** A port nobody listens on now. Somebody may take it before it is used: see `onFreePort`. */
export async function freePort(): Promise<number> {
  return (await holdFreePort()).take();
}

export async function isPortFree(port: number): Promise<boolean> {
  const held = await holdPort(port);
  await held?.take();
  return held !== null;
}

const portsTriedMax = 5;

/**
 * Starts a part on the port, and on another where somebody took that one in the moment between: houses
 * that start beside each other draw from the same range.
 */
export async function onFreePort<Part>(
  port: number,
  start: (port: number) => Promise<Part>,
): Promise<Part> {
  for (let tried = 1, next = port; ; tried++) {
    try {
      return await start(next);
    } catch (err) {
      if (explainFailure('It', err).problem !== 'port-busy' || tried === portsTriedMax) throw err;
      next = await freePort();
    }
  }
}

function listen(port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    // Whoever calls here meant somebody else.
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(null));
    server.listen(port, host, () => resolve(server));
  });
}

/**
 * The ports of the inner parts, kept beside their data so that addresses stay the same from start to
 * start. A port that somebody else took meanwhile is replaced. Each is held until its part takes it.
 */
export async function keptPorts<Name extends string>(
  dataFolder: string,
  names: readonly Name[],
): Promise<Record<Name, HeldPort>> {
  const file = join(dataFolder, 'ports.json');
  const kept = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, number | undefined>)
    : {};
  const ports = {} as Record<Name, HeldPort>;
  try {
    for (const name of names) {
      const old = kept[name];
      const same = old === undefined ? null : await holdPort(old);
      ports[name] = same ?? (await holdFreePort());
      kept[name] = ports[name].port;
    }
    await writeFile(`${file}.new`, JSON.stringify(kept, null, 2));
    await rename(`${file}.new`, file);
    return ports;
  } catch (err) {
    for (const held of Object.values<HeldPort>(ports)) await held.take();
    throw err;
  }
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
