import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * `npm test`: the checks, then the quick tests in one process, then those that start servers or
 * kill processes, each file in a process of its own. `npm test -- PATTERN` runs the files whose
 * path contains PATTERN and leaves the checks out.
 */

const wanted = process.argv.slice(2);

if (!process.version.startsWith('v24.')) {
  process.stderr.write(
    `Holdfast's tests need Node 24, this is ${process.version}. Run them with "npm test": it uses the Node that npm ci installed.\n`,
  );
  process.exit(1);
}

function run(command: string, args: string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit' });
    child.on('error', () => resolve(1));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

const files = globSync('test/**/*.test.ts')
  .filter((file) => !file.includes('.work'))
  .filter((file) => wanted.length === 0 || wanted.some((pattern) => file.includes(pattern)))
  .sort();
const alone = files.filter((file) => file.endsWith('.process.test.ts'));
const together = files.filter((file) => !file.endsWith('.process.test.ts'));

const failures: string[] = [];
async function step(name: string, command: string, args: string[]): Promise<void> {
  if ((await run(command, args)) !== 0) failures.push(name);
}

if (wanted.length === 0) {
  await step('lint and format', 'biome', ['check', '.']);
  await step('route types', 'next', ['typegen']);
  await step('types', 'tsc', ['--noEmit']);
  await step('dead exports', 'knip', []);
}
if (together.length > 0) {
  await step('quick tests', process.execPath, ['--test', '--test-isolation=none', ...together]);
}
if (alone.length > 0) {
  // Once and before, since two files want the pages and no two builds may run at a time.
  if (wanted.length === 0) {
    await step('build', process.execPath, ['lib/launch/build.ts']);
    // Fetched once and before, so that no test counts the time of a download as its own.
    const { findTemporal } = await import('#lib/launch/temporal-binary.ts');
    const { binary, tried } = await findTemporal();
    if (binary === null) {
      failures.push('Temporal server');
      process.stderr.write(`No Temporal server: tried ${tried}.\n`);
    }
  }
  // Each starts servers of its own and waits for them half the time.
  const width = Math.max(1, Math.min(2, availableParallelism()));
  await step('process tests', process.execPath, [
    '--test',
    `--test-concurrency=${width}`,
    '--test-timeout=600000',
    ...alone,
  ]);
}

if (failures.length > 0) {
  process.stderr.write(`\nNot green: ${failures.join(', ')}.\n`);
  process.exit(1);
}
process.stdout.write(`\nGreen: ${files.length} test files.\n`);
