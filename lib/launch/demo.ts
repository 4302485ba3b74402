import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { formatBytes, formatCount } from '#lib/core/bytes.ts';
import { systemClock } from '#lib/core/clock.ts';
import { readLaunchConfig } from '#lib/core/config.ts';
import { AppError } from '#lib/core/errors.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { listMailboxes } from '#lib/services/mailboxes/list.ts';
import { startRun } from '#lib/services/runs/start.ts';
import type { RunView } from '#lib/services/runs/view.ts';
import { compareMailboxes, type Difference } from './comparison.ts';
import { connectDemoCustomer, foundDemoMsp, tenantNamed } from './demo-customer.ts';
import { LaunchError } from './failure.ts';
import { Helpdesk, type SourceMailbox } from './helpdesk.ts';
import { type House, startHouse } from './house.ts';
import { chooseLoss } from './loss.ts';
import { ProcessTable } from './processes.ts';
import { projectFolder } from './project.ts';
import { print, seconds, terminalReport } from './report.ts';
import { restoreSelection } from './restore-selection.ts';
import { runLaunched } from './run-launched.ts';
import { openServices } from './services.ts';
import { vaultContents } from './vault-contents.ts';
import { newestRun, watchRun } from './watch.ts';

/** `npm run demo [-- --mail DIR]`: the whole story without a browser; ends with 1 when a byte differs. */

interface Row {
  step: string;
  ms: number;
  count: string;
  bytes: number | null;
  requests: number | null;
}

await runLaunched(async ({ signal, onHouse }) => {
  const { values } = parseArgs({ options: { mail: { type: 'string' } } });
  const mail = values.mail === undefined ? undefined : mailFolder(values.mail);
  const config = readLaunchConfig();
  const dataFolder = join(config.dataFolder ?? join(projectFolder, '.data'), 'demo');
  // What an earlier demo left running must be gone before its folder is.
  const before = await ProcessTable.claim(dataFolder);
  before.release();
  await rm(dataFolder, { recursive: true, force: true });

  print(`Holdfast's demo, in ${dataFolder}`);
  const house = await startHouse({
    dataFolder,
    port: 0,
    standIn: mail === undefined ? 'seeded' : { mail },
    portal: false,
    env: config.inherited,
    report: terminalReport,
    signal,
  });
  onHouse(house);
  await Promise.race([tellStory(house, mail), house.broken]);
});

async function tellStory(house: House, mail: string | undefined): Promise<void> {
  const facts = house.standIn!;
  const rows: Row[] = [];
  const differences: Difference[] = [];
  const step = async <T>(
    name: string,
    task: () => Promise<T>,
    result: (value: T) => Pick<Row, 'count'> & Partial<Row>,
  ): Promise<T> => {
    const start = systemClock.monotonicMs();
    const value = await task();
    const ms = systemClock.monotonicMs() - start;
    rows.push({ step: name, ms, bytes: null, requests: null, ...result(value) });
    terminalReport.step(`${name}: ${result(value).count}`, ms);
    return value;
  };

  const services = await openServices(house);
  try {
    const ctx = services.contextFor(await foundDemoMsp(services, facts));
    const { tenantId } = await step(
      'Connect Contoso',
      () => connectDemoCustomer(services, ctx, facts),
      () => ({ count: 'two applications approved' }),
    );
    const first = await step(
      'First backup',
      async () => {
        const { id } = await newestRun(ctx, tenantId, 60_000);
        return watchRun(ctx, { tenantId, runId: id }, 'First backup');
      },
      runResult,
    );
    mustBeDone(first);

    const helpdesk = new Helpdesk(facts, tenantNamed(facts, 'Contoso').tid);
    const users = await helpdesk.users();
    const survey = async () => {
      const all: SourceMailbox[] = [];
      for (const user of users) all.push(await helpdesk.survey(user));
      return all;
    };
    const source = await step('Read the source', survey, surveyResult);
    await step(
      'Vault against the source',
      () => compareVault(house, ctx, tenantId, source, differences),
      (it) => it,
    );
    if (mail !== undefined) {
      await step(
        'Vault against the .eml files',
        async () => compareFiles(mail, source, differences),
        (it) => it,
      );
    }

    const loss = chooseLoss(source);
    await step(
      'Delete mail',
      async () => {
        for (const { userId, id } of loss.messages) await helpdesk.deleteMessage(userId, id);
        if (loss.folder) await helpdesk.deleteFolder(loss.folder.userId, loss.folder.id);
      },
      () => ({
        count: `${loss.messages.length} messages${loss.folder ? ` and the folder ${loss.folder.path} (${loss.folder.messages})` : ''}`,
      }),
    );
    const second = await step(
      'Second backup',
      async () => {
        const { runId } = await startRun(ctx, { tenantId });
        return watchRun(ctx, { tenantId, runId }, 'Second backup');
      },
      runResult,
    );
    mustBeDone(second);
    await step(
      'Restore',
      () => restoreSelection(ctx, tenantId, loss),
      (it) => ({
        count: `${it.written} written, ${it.verified} read back and equal`,
        bytes: it.bytes,
      }),
    );
    const after = await step('Read the source again', survey, surveyResult);
    differences.push(...compareMailboxes(source, after));
  } finally {
    await services.close();
  }
  printTable(rows);
  if (differences.length > 0) {
    for (const { mailbox, what } of differences.slice(0, 20)) print(`  ${mailbox}: ${what}`);
    throw new LaunchError('failed', `${differences.length} difference(s) found.`);
  }
  print('Everything is as it was: every message byte for byte, every folder in its place.');
}

function mailFolder(path: string): string {
  const folder = resolve(path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new AppError(
      'config.invalid',
      `--mail: ${folder} is no folder. Give a folder of folders with .eml files, one mailbox each.`,
    );
  }
  return folder;
}

function runResult({ counts, bytes, requests, state }: RunView) {
  const { stored, reused, removed, skipped, failed } = counts;
  const parts = [`${formatCount(stored)} stored`, `${formatCount(reused)} reused`];
  if (removed > 0) parts.push(`${removed} removed`);
  if (skipped > 0) parts.push(`${skipped} skipped`);
  if (failed > 0) parts.push(`${failed} failed`);
  return { count: `${state}, ${parts.join(', ')}`, bytes, requests };
}

function mustBeDone(run: RunView): void {
  if (run.state === 'done') return;
  const causes = run.byCause.map(({ sentence, count }) => `${count}: ${sentence}`).join('; ');
  throw new LaunchError('failed', `The backup ended ${run.state}. ${causes}`);
}

function surveyResult(source: SourceMailbox[]) {
  const messages = source.flatMap((mailbox) => mailbox.messages);
  return {
    count: `${formatCount(messages.length)} messages in ${source.length} mailboxes`,
    bytes: messages.reduce((sum, message) => sum + message.bytes, 0),
  };
}

/** Opens the vault with its folder and its key alone and compares every message with the source. */
async function compareVault(
  house: House,
  ctx: ServiceContext,
  tenantId: string,
  source: SourceMailbox[],
  differences: Difference[],
): Promise<{ count: string; bytes: number }> {
  const mailboxes = await listMailboxes(ctx, { tenantId });
  const target = pathToFileURL(join(house.dataFolder, 'vaults'));
  const keyPath = join(house.dataFolder, 'vault.key');
  let equal = 0;
  let bytes = 0;
  const vault = await vaultContents({ target, keyPath, tenantId });
  try {
    for (const mailbox of source) {
      const row = mailboxes.find((it) => it.name === mailbox.name);
      const kept = row ? await vault.messages(row.id) : new Map<string, string>();
      for (const message of mailbox.messages) {
        if (kept.get(message.id) === message.sha256) {
          equal++;
          bytes += message.bytes;
        } else {
          const why = kept.has(message.id) ? 'differs in the vault' : 'is not in the vault';
          differences.push({
            mailbox: mailbox.name,
            what: `${message.folder}: "${message.subject}" ${why}`,
          });
        }
      }
    }
  } finally {
    await vault.close();
  }
  return { count: `${formatCount(equal)} messages equal`, bytes };
}

/** What the vault was compared with is compared with the files it came from. */
function compareFiles(
  mail: string,
  source: SourceMailbox[],
  differences: Difference[],
): { count: string; bytes: number } {
  const files = globSync('**/*.eml', { cwd: mail }).map((name) => readFileSync(join(mail, name)));
  const served = new Map<string, number>();
  for (const { sha256 } of source.flatMap((mailbox) => mailbox.messages)) {
    served.set(sha256, (served.get(sha256) ?? 0) + 1);
  }
  let equal = 0;
  let bytes = 0;
  for (const file of files) {
    const sha256 = createHash('sha256').update(file).digest('hex');
    const left = served.get(sha256) ?? 0;
    if (left === 0) differences.push({ mailbox: mail, what: `a file with ${sha256} is nowhere` });
    else {
      served.set(sha256, left - 1);
      equal++;
      bytes += file.length;
    }
  }
  return { count: `${formatCount(equal)} of ${formatCount(files.length)} files equal`, bytes };
}

function printTable(rows: Row[]): void {
  const cells = rows.map((row) => [
    row.step,
    seconds(row.ms),
    row.count,
    row.bytes === null ? '' : formatBytes(row.bytes),
    row.requests === null ? '' : formatCount(row.requests),
  ]);
  const all = [['step', 'time', 'count', 'bytes', 'requests'], ...cells];
  const widths = [0, 1, 2, 3, 4].map((at) => Math.max(...all.map((line) => line[at]!.length)));
  print('');
  for (const [index, line] of all.entries()) {
    const text = line.map((cell, at) =>
      at === 0 || at === 2 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!),
    );
    print(`  ${text.join('  ').trimEnd()}`);
    if (index === 0) print(`  ${widths.map((width) => '─'.repeat(width)).join('  ')}`);
  }
  print('');
}
