import { isAbsolute, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { formatBytes, formatCount } from '#lib/core/bytes.ts';
import { systemClock } from '#lib/core/clock.ts';
import { type LaunchConfig, readLaunchConfig } from '#lib/core/config.ts';
import { subscribeDemoMsp } from './demo-billing.ts';
import { connectDemoCustomer, foundDemoMsp, peopleOf } from './demo-customer.ts';
import { keptApiKey } from './demo-key.ts';
import { letDemoPeopleIn } from './demo-people.ts';
import { type House, startHouse } from './house.ts';
import { projectFolder } from './project.ts';
import { print, seconds, terminalReport, timed } from './report.ts';
import { runLaunched } from './run-launched.ts';
import { openServices } from './services.ts';
import { newestRun, watchRun } from './watch.ts';

/**
 * `npm start [-- --mailboxes N --messages M]`: the whole product on this machine. The numbers are for the
 * mail that the stand-in makes at its first start.
 */

await runLaunched(async ({ signal, onHouse }) => {
  const start = systemClock.monotonicMs();
  const config = readLaunchConfig();
  const { values } = parseArgs({
    options: { mailboxes: { type: 'string' }, messages: { type: 'string' } },
  });
  const dataFolder = dataFolderOf(config);
  print(`Holdfast, with its data in ${dataFolder}`);
  const house = await startHouse({
    dataFolder,
    port: config.port,
    standIn: config.microsoftConfigured ? 'none' : 'seeded',
    standInArguments: Object.entries(values).flatMap(([name, value]) => [`--${name}`, value]),
    portal: true,
    env: config.inherited,
    report: terminalReport,
    signal,
  });
  onHouse(house);
  const people = house.standIn ? await settleDemo(house) : [];
  print('');
  print(
    `Holdfast is ready after ${seconds(systemClock.monotonicMs() - start)}:  ${house.portalUrl}`,
  );
  for (const line of people) print(line);
  print('Ctrl-C stops everything; the data stays.');
  await house.broken;
});

function dataFolderOf(config: LaunchConfig): string {
  const folder = config.dataFolder ?? join(projectFolder, '.data');
  return isAbsolute(folder) ? folder : resolve(folder);
}

/** Connects Contoso and runs its first backup, where that has not happened yet. */
async function settleDemo(house: House): Promise<string[]> {
  const facts = house.standIn!;
  const services = await openServices(house);
  try {
    const ctx = services.contextFor(await foundDemoMsp(services, facts));
    const { tenantId, fresh } = await timed(
      terminalReport,
      () => connectDemoCustomer(services, ctx, facts),
      (it) =>
        it.fresh ? 'Contoso connected through the consent pages' : 'Contoso is connected already',
    );
    const run = await newestRun(ctx, tenantId, 60_000);
    if (fresh || run.endedAt === null) {
      const done = await timed(
        terminalReport,
        () => watchRun(ctx, { tenantId, runId: run.id }, 'First backup'),
        ({ counts, bytes, mailboxCounts }) =>
          `First backup: ${mailboxCounts.total} mailboxes, ${formatCount(counts.stored)} items, ${formatBytes(bytes)}`,
      );
      if (done.state !== 'done') print(`  The backup ended ${done.state}; the portal says why.`);
    }
    if (services.billing) {
      await timed(
        terminalReport,
        () => subscribeDemoMsp(services, ctx, house.portalUrl),
        (it) =>
          it.fresh
            ? 'Northwind IT subscribed at the stand-in for Stripe'
            : 'Northwind IT is subscribed already',
      );
    }
    const { secret, file } = await keptApiKey(ctx, house.dataFolder);
    await letDemoPeopleIn(services, ctx, facts, tenantId);
    const { staff, administrator, mailboxOwner } = peopleOf(facts);
    return [
      `  Sign in as ${staff.join(' or ')} (provider); the stand-in asks for no password.`,
      `  Contoso's own people: ${administrator} (administrator, every mailbox)${mailboxOwner ? ` or ${mailboxOwner} (own mailbox)` : ''}, in another browser.`,
      `  API key, kept in ${file}: ${secret}`,
      `  curl -H "Authorization: Bearer $(cat "${file}")" ${house.portalUrl}/api/v1/customers`,
    ];
  } finally {
    await services.close();
  }
}
