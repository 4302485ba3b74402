import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { globSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { freePort } from '#lib/launch/ports.ts';
import { projectFolder } from '#lib/launch/project.ts';

/** `npm start`, as a newcomer sees it: what it says, how it ends, and what it finds again. */

const script = join(projectFolder, 'lib', 'launch', 'start.ts');

const launchers: ChildProcess[] = [];

interface Started {
  process: ChildProcess;
  out(): string;
  err(): string;
  /** Resolves to the exit code. */
  ended: Promise<number | null>;
  /** Resolves when the text was printed; rejects when the process ends before. */
  printed(text: RegExp): Promise<void>;
}

function start(env: Record<string, string>): Started {
  const child = spawn(process.execPath, [script, '--mailboxes', '2', '--messages', '60'], {
    cwd: tmpdir(),
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  launchers.push(child);
  let out = '';
  let err = '';
  const waiting: Array<() => void> = [];
  const heard = () => {
    for (const look of waiting) look();
  };
  child.stdout.on('data', (chunk) => {
    out += chunk;
    heard();
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  return {
    process: child,
    out: () => out,
    err: () => err,
    ended,
    printed: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (text.test(out)) resolve();
        };
        waiting.push(look);
        look();
        ended.then((code) => reject(new Error(`ended with ${code}:\n${out}\n${err}`)));
      }),
  };
}

/** Processes whose command line or environment names the folder. */
function processesOf(folder: string): string[] {
  return globSync('/proc/[0-9]*').flatMap((process) => {
    try {
      const command = readFileSync(`${process}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const environment = readFileSync(`${process}/environ`, 'utf8');
      return command.includes(folder) || environment.includes(folder) ? [command] : [];
    } catch {
      // Ended while we looked, or somebody else's.
      return [];
    }
  });
}

describe('npm start', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast start '));
  });
  after(async () => {
    // A failed assertion must not leave a launcher that the test runner then waits for.
    for (const launcher of launchers) launcher.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  });

  test('a taken port gives one line and code 3', async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port));
    });
    try {
      const started = start({ HOLDFAST_DATA: join(folder, 'port'), PORT: String(port) });
      assert.equal(await started.ended, 3);
      assert.match(started.err(), new RegExp(`^Port ${port} is taken[^\n]*\n$`));
    } finally {
      other.close();
    }
  });

  test('a missing Temporal server gives one line and code 4, and leaves nothing running', async () => {
    const data = join(folder, 'binary');
    const started = start({
      HOLDFAST_DATA: data,
      PORT: String(await freePort()),
      TEMPORAL_CLI: '/nowhere/temporal',
    });
    assert.equal(await started.ended, 4);
    assert.match(started.err(), /^The Temporal server is missing\. Tried: TEMPORAL_CLI[^\n]*\n$/);
    assert.deepEqual(processesOf(data), []);
  });

  test('a data folder that cannot be made gives one line and code 6', async () => {
    const started = start({ HOLDFAST_DATA: '/dev/null/holdfast' });
    assert.equal(await started.ended, 6);
    assert.match(started.err(), /^Holdfast cannot write to \/dev\/null\/holdfast[^\n]*\n$/);
  });

  test('everything is found again after kill -9, and Ctrl-C leaves no process', async () => {
    const data = join(folder, 'whole');
    const env = { HOLDFAST_DATA: data, PORT: String(await freePort()) };
    const first = start(env);
    await first.printed(/Ctrl-C stops everything/);
    assert.match(first.out(), /Holdfast is ready after [\d.]+ s: {2}http:\/\/localhost:\d+/);
    assert.match(first.out(), /Contoso connected through the consent pages/);
    assert.match(first.out(), /First backup: \d+ mailboxes, [\d,]+ items/);
    assert.match(first.out(), /Northwind IT subscribed at the stand-in for Stripe/);
    assert.match(first.out(), /Sign in as Mira Keller/);
    const answer = await fetch(`http://localhost:${env.PORT}/`, { redirect: 'manual' });
    assert.ok(answer.status < 400, `the portal answers ${answer.status}`);
    const key = /API key, kept in .*: (hfk_[\w-]{43})\n/.exec(first.out())![1]!;
    assert.equal(statSync(join(data, 'api-key')).mode & 0o777, 0o600);
    const asked = { headers: { authorization: `Bearer ${key}` } };
    const customers = await fetch(`http://localhost:${env.PORT}/api/v1/customers`, asked);
    assert.deepEqual(
      ((await customers.json()) as { items: { name: string }[] }).items.map(({ name }) => name),
      ['Contoso'],
    );
    first.process.kill('SIGKILL');
    await first.ended;

    const second = start(env);
    await second.printed(/Ctrl-C stops everything/);
    assert.match(second.out(), /Contoso is connected already/);
    assert.match(second.out(), /Northwind IT is subscribed already/);
    assert.doesNotMatch(second.out(), /First backup/);
    assert.ok(second.out().includes(key), 'the key is the same after a restart');
    const third = start(env);
    assert.equal(await third.ended, 8);
    second.process.kill('SIGINT');
    assert.equal(await second.ended, 0);
    assert.deepEqual(processesOf(data), []);
  });
});
