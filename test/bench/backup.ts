import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatBytes, formatCount } from '#lib/core/bytes.ts';
import { readLaunchConfig } from '#lib/core/config.ts';
import { connectDemoCustomer, foundDemoMsp } from '#lib/launch/demo-customer.ts';
import { startHouse } from '#lib/launch/house.ts';
import { projectFolder } from '#lib/launch/project.ts';
import { print, seconds, terminalReport } from '#lib/launch/report.ts';
import { runLaunched } from '#lib/launch/run-launched.ts';
import { openServices } from '#lib/launch/services.ts';
import { newestRun, watchRun } from '#lib/launch/watch.ts';
import { listFolders } from '#lib/services/folders/list.ts';
import { getMailbox } from '#lib/services/mailboxes/get.ts';
import { listMailboxes } from '#lib/services/mailboxes/list.ts';
import { startRun } from '#lib/services/runs/start.ts';
import type { RunView } from '#lib/services/runs/view.ts';

/**
 * `npm run bench:backup [-- --mailboxes N --messages M --large-folder L]`: a first and an unchanged
 * run over N mailboxes with M messages together, and one folder with L more; the whole path (worker, Graph over TLS with its throttle limits, vault, catalogue) against the stand-in.
 */

const peakBytesMax = 500 * 1024 * 1024;
const requestsPerFolderMax = 3;
const folderSize = 1_000;

await runLaunched(async ({ signal, onHouse }) => {
  const { values } = parseArgs({
    options: {
      mailboxes: { type: 'string', default: '12' },
      messages: { type: 'string', default: '6000' },
      'large-folder': { type: 'string', default: '1000' },
    },
  });
  const config = readLaunchConfig();
  const dataFolder = join(projectFolder, '.data', 'bench');
  await rm(dataFolder, { recursive: true, force: true });
  const house = await startHouse({
    dataFolder,
    port: 0,
    standIn: 'seeded',
    standInArguments: Object.entries(values).flatMap(([name, value]) => [`--${name}`, value]),
    portal: false,
    env: config.inherited,
    report: terminalReport,
    signal,
  });
  onHouse(house);
  const services = await openServices(house);
  try {
    const ctx = services.contextFor(await foundDemoMsp(services, house.standIn!));
    const { tenantId } = await connectDemoCustomer(services, ctx, house.standIn!);
    const { id } = await newestRun(ctx, tenantId, 60_000);
    const first = await watchRun(ctx, { tenantId, runId: id }, 'First run');
    const firstPeak = peakBytes(house.worker.pid());
    const { runId } = await startRun(ctx, { tenantId });
    const again = await watchRun(ctx, { tenantId, runId }, 'Unchanged run');
    const peak = peakBytes(house.worker.pid());

    // A folder counts once for every thousand items in it, and at least once.
    let folders = 0;
    for (const mailbox of await listMailboxes(ctx, { tenantId })) {
      const { snapshots } = await getMailbox(ctx, { tenantId, mailboxId: mailbox.id });
      const sequence = Math.max(...snapshots.map((snapshot) => snapshot.sequence));
      const tree = await listFolders(ctx, { tenantId, mailboxId: mailbox.id, sequence });
      folders += tree.reduce(
        (sum, it) => sum + Math.max(1, Math.ceil(it.itemCount / folderSize)),
        0,
      );
    }
    const perFolder = again.requests / folders;

    print('');
    tell('first run', first, first.counts.enumerated);
    tell('unchanged run', again, first.counts.enumerated);
    print('');
    verdict(
      `unchanged run: ${perFolder.toFixed(2)} Graph requests per folder of ${formatCount(folderSize)} (${folders} folders)`,
      perFolder <= requestsPerFolderMax,
      `at most ${requestsPerFolderMax}`,
    );
    if (peak === null) print('  worker peak memory: not known on this system');
    else {
      verdict(
        `worker peak memory: ${formatBytes(peak)} (first run ${formatBytes(firstPeak ?? 0)})`,
        peak <= peakBytesMax,
        `at most ${formatBytes(peakBytesMax)}`,
      );
    }
  } finally {
    await services.close();
  }
});

/** @param kept items that the mailboxes hold, seen by this run or not */
function tell(name: string, run: RunView, kept: number): void {
  const ms = run.endedAt!.getTime() - (run.startedAt ?? run.endedAt!).getTime();
  const rate = (count: number) => count / Math.max(0.001, ms / 1000);
  const items = run.counts.enumerated;
  const per1000 = (run.requests / Math.max(1, kept)) * 1_000;
  print(
    `  ${name.padEnd(14)} ${run.state}, ${formatCount(items)} items in ${seconds(ms)}: ` +
      `${rate(items).toFixed(0)} items/s, ${(rate(run.bytes) / 1e6).toFixed(1)} MB/s, ` +
      `${formatCount(run.requests)} Graph requests, ${per1000.toFixed(0)} per 1,000 items kept`,
  );
  const { stored, reused, removed, skipped, failed } = run.counts;
  print(
    `  ${''.padEnd(14)} ${stored} stored, ${reused} reused, ${removed} removed, ${skipped} skipped, ${failed} failed`,
  );
}

function verdict(text: string, good: boolean, wanted: string): void {
  print(`  ${text}: ${good ? 'good' : 'TOO MUCH'}, ${wanted}`);
  if (!good) process.exitCode = 1;
}

/** VmHWM of a Linux process, in bytes. */
function peakBytes(pid: number): number | null {
  try {
    const kib = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? null : Number(kib) * 1024;
  } catch {
    return null;
  }
}
