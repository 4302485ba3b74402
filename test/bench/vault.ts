/**
 * Backs a folder of .eml up into a fresh vault, twice, beside other backup programs:
 *
 *   npm run bench:vault -- --mail DIR [--keep] [--peers restic,borg,kopia] [--verify] [--work DIR]
 *
 * DIR holds one folder a mailbox (or .eml files). All run in turn on a page cache that was read
 * through just before, write below one temporary folder, encrypt, compress and fsync. "Unchanged"
 * is decided by size and modification time by every one of them: ours reads them from the
 * mailbox's last snapshot. The programs' own start is part of every figure.
 */
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { formatBytes, formatCount } from '#lib/core/bytes.ts';
import { createKeyFile } from '#lib/vault/keys.ts';
import { folderBytes, type Measured, measure } from './measure.ts';
import { findPeers } from './peers.ts';

/** Wanted on the generated tenant of 50 mailboxes (3 GB, 1.9 copies of a message); real lists share less. */
const targets = { stored: 0.36, wall: 0.7 };

interface Row {
  name: string;
  settings: string;
  first: Measured;
  second: Measured;
  storedBytes: number;
  secondBytes: number;
}

const { values: options } = parseArgs({
  options: {
    mail: { type: 'string' },
    keep: { type: 'boolean', default: false },
    peers: { type: 'string', default: 'restic,borg,kopia' },
    verify: { type: 'boolean', default: false },
    work: { type: 'string', default: tmpdir() },
  },
});
if (!options.mail) {
  console.error('Say which mail: npm run bench:vault -- --mail DIR');
  process.exit(2);
}
const work = await mkdtemp(join(options.work, 'holdfast-bench-vault-'));
try {
  await run(options.mail);
} catch (err) {
  console.error(err instanceof Error ? err.message : err);
  process.exitCode = 1;
} finally {
  if (options.keep) console.log(`\nKept: ${work}`);
  else await rm(work, { recursive: true, force: true });
}

async function run(mail: string): Promise<void> {
  const { files, bytes } = await folderBytes(mail);
  console.log(`${mail}: ${formatCount(files)} files, ${megabytes(bytes)} MB`);
  console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'processor'}, Node ${process.version}`);
  const { found, missing } = findPeers(options.peers.split(',').filter(Boolean));
  for (const name of missing) console.log(`${name} is not on PATH: left out`);

  const rows = [await ours(mail)];
  for (const peer of found) {
    const repository = join(work, peer.name);
    await peer.prepare(repository);
    rows.push(
      await twice(mail, repository, `${peer.name} ${peer.version}`, peer.settings, () =>
        peer.backup(repository, mail),
      ),
    );
  }
  print(rows, bytes);
  judge(rows);
}

async function ours(mail: string): Promise<Row> {
  const vault = join(work, 'vault');
  const key = join(work, 'vault.key');
  await createKeyFile(key);
  const child = fileURLToPath(new URL('./vault-backup.ts', import.meta.url));
  const command = (verb: string) => [
    process.execPath,
    child,
    verb,
    ...['--mail', mail, '--vault', vault, '--key', key],
  ];
  const row = await twice(mail, vault, 'holdfast', 'zstd 3, AES-256-GCM', async () => {
    const measured = await measure(command('backup'));
    const own = JSON.parse(measured.stdout);
    return { ...measured, memoryBytes: own.memoryBytes ?? measured.memoryBytes };
  });
  if (options.verify) {
    const verified = await measure(command('verify'));
    const { problems, items, snapshots } = JSON.parse(verified.stdout);
    console.log(
      `Read back and compared: ${formatCount(items)} items of ${snapshots} snapshots in ` +
        `${seconds(verified.wallMs)} s, ${problems.length} problems`,
    );
    if (problems.length > 0) process.exitCode = 1;
  }
  return row;
}

async function twice(
  mail: string,
  repository: string,
  name: string,
  settings: string,
  backup: () => Promise<Measured>,
): Promise<Row> {
  await warm(mail);
  const first = await backup();
  const { bytes: storedBytes } = await folderBytes(repository);
  await warm(mail);
  const second = await backup();
  const secondBytes = (await folderBytes(repository)).bytes - storedBytes;
  console.log(`${name}: ${seconds(first.wallMs)} s, then ${seconds(second.wallMs)} s`);
  return { name, settings, first, second, storedBytes, secondBytes };
}

/** Reads every file once, so that nobody pays for the disk that holds the mail. */
async function warm(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const file = createReadStream(join(entry.parentPath, entry.name), { highWaterMark: 1 << 20 });
    for await (const _ of file);
  }
}

function print(rows: Row[], rawBytes: number): void {
  const table = [
    ['', 'wall', 'CPU', 'memory', 'stored', 'of raw', 'MB/s', '2nd wall', '2nd CPU', '2nd +'],
    ...rows.map((row) => [
      row.name,
      `${seconds(row.first.wallMs)} s`,
      `${seconds(row.first.cpuMs)} s`,
      row.first.memoryBytes === null ? '—' : formatBytes(row.first.memoryBytes),
      `${megabytes(row.storedBytes)} MB`,
      (row.storedBytes / rawBytes).toFixed(3),
      (rawBytes / 1000 / row.first.wallMs).toFixed(0),
      `${seconds(row.second.wallMs)} s`,
      `${seconds(row.second.cpuMs)} s`,
      formatBytes(row.secondBytes),
    ]),
  ];
  const widths = table[0]!.map((_, column) =>
    Math.max(...table.map((line) => line[column]!.length)),
  );
  console.log();
  for (const line of table) {
    const cells = line.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!),
    );
    console.log(cells.join('  '));
  }
  console.log();
  for (const row of rows) console.log(`${row.name}: ${row.settings}`);
}

function judge([own, ...peers]: Row[]): void {
  if (!own || peers.length === 0) {
    console.log('\nNo peer is here: nothing to judge against.');
    return;
  }
  const by = (value: (row: Row) => number) =>
    peers.reduce((best, row) => (value(row) < value(best) ? row : best));
  const smallest = by((row) => row.storedBytes);
  const fastest = by((row) => row.first.wallMs);
  const leanest = by((row) => row.first.cpuMs);
  const ratios = [
    ['stored', own.storedBytes / smallest.storedBytes, targets.stored, smallest.name, 'smallest'],
    ['wall', own.first.wallMs / fastest.first.wallMs, targets.wall, fastest.name, 'fastest'],
  ] as const;
  console.log();
  for (const [what, ratio, target, name, which] of ratios) {
    const verdict = ratio <= target ? 'MET' : 'MISSED';
    console.log(
      `${what}: ${ratio.toFixed(2)} of the ${which} (${name}), wanted ≤ ${target}: ${verdict}`,
    );
  }
  console.log(
    `CPU: ${(own.first.cpuMs / leanest.first.cpuMs).toFixed(2)} of the leanest (${leanest.name}); ` +
      'the figure to look at where other work shares the processors',
  );
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(ms < 10_000 ? 2 : 1);
}

function megabytes(bytes: number): string {
  return formatCount(Math.round(bytes / 100_000) / 10);
}
