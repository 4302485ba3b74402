import { isAbsolute, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Day, dayOf, daysIn, periodBounds, periodOf } from '#lib/billing/days.ts';
import { formatBytes } from '#lib/core/bytes.ts';
import { addMs, systemClock } from '#lib/core/clock.ts';
import { sleep } from '#lib/core/concurrency.ts';
import { readLaunchConfig } from '#lib/core/config.ts';
import { AppError } from '#lib/core/errors.ts';
import { getInvoice } from '#lib/services/billing/get-invoice.ts';
import { listInvoices } from '#lib/services/billing/list-invoices.ts';
import { type AccountOverview, overview } from '#lib/services/billing/overview.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { type Addresses, keptAddresses } from './addresses.ts';
import { subscribeDemoMsp } from './demo-billing.ts';
import { connectDemoCustomer, foundDemoMsp } from './demo-customer.ts';
import { LaunchError } from './failure.ts';
import { startHouse } from './house.ts';
import { ProcessTable } from './processes.ts';
import { projectFolder } from './project.ts';
import { print, terminalReport, timed } from './report.ts';
import { runLaunched } from './run-launched.ts';
import { type HouseServices, openServices } from './services.ts';
import { newestRun, watchRun } from './watch.ts';

/**
 * `npm run demo:month [-- --months N]`: bills the demo's provider for a month by moving the clock that it
 * lives by at the stand-in for Stripe, day by day. Works beside a running `npm start`, whose portal then
 * shows the invoice, and by itself on the same data where none runs.
 */

/** After midnight: the day before is over, and the month's draft is not final yet. */
const afterMidnightMs = 30 * 60_000;
const beatMs = 100;
const dayMs = 24 * 3_600_000;
const patienceMs = 180_000;

await runLaunched(async ({ signal, onHouse }) => {
  const { values } = parseArgs({ options: { months: { type: 'string' } } });
  const months = Number(values.months ?? '1');
  if (!Number.isInteger(months) || months < 1 || months > 24) {
    throw new AppError('config.invalid', '--months needs a whole number from 1 to 24.');
  }
  const config = readLaunchConfig();
  const given = config.dataFolder ?? join(projectFolder, '.data');
  const dataFolder = isAbsolute(given) ? given : resolve(given);
  if (config.stripeConfigured || config.microsoftConfigured) {
    throw new AppError(
      'config.invalid',
      'This bills the demo, which lives by a clock of the stand-ins. Unset STRIPE_SECRET_KEY and ENTRA_BACKUP_CLIENT_ID.',
    );
  }
  let house = ProcessTable.isHeld(dataFolder) ? keptAddresses(dataFolder) : null;
  if (house === null) {
    print(`Holdfast, with its data in ${dataFolder}`);
    const started = await startHouse({
      dataFolder,
      port: 0,
      standIn: 'seeded',
      portal: false,
      env: config.inherited,
      report: terminalReport,
      signal,
    });
    onHouse(started);
    house = started;
  } else print(`Holdfast runs already, with its data in ${dataFolder}`);
  await billMonths(house, months);
});

async function billMonths(house: Addresses, months: number): Promise<void> {
  if (house.standIn === null || house.stripe === null) {
    throw new LaunchError('failed', 'The running Holdfast has no stand-ins, so there is no demo.');
  }
  const services = await openServices(house);
  try {
    const ctx = services.contextFor(await foundDemoMsp(services, house.standIn));
    const { tenantId } = await connectDemoCustomer(services, ctx, house.standIn);
    const run = await newestRun(ctx, tenantId, 60_000);
    if (run.endedAt === null) await watchRun(ctx, { tenantId, runId: run.id }, 'First backup');
    await timed(
      terminalReport,
      () => subscribeDemoMsp(services, ctx, house.portalUrl),
      (it) => (it.fresh ? 'Northwind IT subscribed' : 'Northwind IT is subscribed already'),
    );
    for (let month = 0; month < months; month++) await billMonth(services, ctx);
  } finally {
    await services.close();
  }
}

/** Lets the days of the account's month pass, one at a time, and the first night of the next. */
async function billMonth(services: HouseServices, ctx: ServiceContext): Promise<void> {
  const before = await ownAccount(services, ctx);
  const period = before.period;
  const { start, end } = periodBounds(period);
  print('');
  print(`${period}, day by day:`);
  const from = before.account.clockAt ?? start;
  for (let at = nextMidnight(from); at <= end; at = addMs(at, dayMs)) {
    await moveTo(services, ctx, addMs(at, afterMidnightMs));
    const now = await ownAccount(services, ctx);
    const day = dayOf(addMs(at, -1));
    print(`  ${day}   ${accrued(periodOf(day) === now.period ? now : null)}`);
  }
  const invoice = await until(
    async () =>
      (await listInvoices(ctx)).find(
        (it) => it.period === period && it.tenantId === null && it.finalisedAt !== null,
      ) ?? null,
    `the invoice of ${period} is not final`,
    services,
    ctx,
  );
  await printInvoice(ctx, invoice.id);
}

async function moveTo(services: HouseServices, ctx: ServiceContext, to: Date): Promise<void> {
  const { account } = await ownAccount(services, ctx);
  const { jobs } = services;
  const last: Day = dayOf(addMs(to, -dayMs));
  await until(
    async () => {
      // One that is on its way to an earlier stop is joined; then it is asked again.
      await jobs.startMoveClock({
        mspId: ctx.mspId,
        accountId: account.id,
        to: to.toISOString(),
      });
      const now = (await ownAccount(services, ctx)).account;
      const there = now.clockAt !== null && now.clockAt >= to;
      return there && (now.observedThrough ?? '') >= last ? true : null;
    },
    `the clock does not reach ${to.toISOString()}`,
    services,
    ctx,
  );
}

async function printInvoice(ctx: ServiceContext, invoiceId: string): Promise<void> {
  const invoice = await getInvoice(ctx, { invoiceId });
  print('');
  print(`Invoice ${invoice.number} for ${invoice.period}, ${invoice.status}`);
  const width = Math.max(20, ...invoice.lines.map(({ description }) => description.length));
  for (const line of invoice.lines) {
    print(`  ${line.description.padEnd(width)}  ${money(line.amount, invoice.currency)}`);
    for (const share of line.shares) {
      const use =
        line.dimension === 'stored-gib'
          ? `${formatBytes(Number(share.unitDays) / daysIn(invoice.period))} on average`
          : `${share.unitDays} mailbox-days`;
      print(`    ${share.name}: ${use}, ${money(share.amount, invoice.currency).trim()}`);
    }
  }
  print(`  ${'Total'.padEnd(width)}  ${money(invoice.total, invoice.currency)}`);
  if (invoice.hash) print(`  Ledger of the month: sha256 ${invoice.hash}`);
  const { check } = invoice;
  print('');
  if (check === null) throw new LaunchError('failed', 'The invoice was never compared.');
  print(`Ledger, meters and invoice of ${check.period}: ${check.verdict}.`);
  for (const line of check.lines) {
    print(
      `  ${line.dimension.padEnd(20)} ledger ${line.ledger}, meter ${line.meter ?? 0}, invoice ${line.invoice ?? 0}`,
    );
  }
  if (check.verdict !== 'equal') {
    throw new LaunchError('failed', check.reason ?? 'They are not equal.');
  }
}

function accrued(own: AccountOverview | null): string {
  if (own?.month == null) return 'the month is over';
  const parts = own.month.lines
    .filter((line) => line.quantity > 0)
    .map((line) => `${line.quantity} ${line.dimension}`);
  return `${parts.join(', ') || 'nothing yet'}, ${money(own.month.total, own.month.currency).trim()} so far`;
}

async function ownAccount(services: HouseServices, ctx: ServiceContext): Promise<AccountOverview> {
  const { own } = await overview(ctx, services.billing);
  if (own === null) throw new LaunchError('failed', 'The provider has no billing account.');
  return own;
}

/** Looks again until there is something, or until it has been too long; then says how the account stands. */
async function until<T>(
  look: () => Promise<T | null>,
  otherwise: string,
  services: HouseServices,
  ctx: ServiceContext,
): Promise<T> {
  const start = systemClock.monotonicMs();
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (systemClock.monotonicMs() - start > patienceMs) {
      const { troubles, closings } = await ownAccount(services, ctx);
      const reasons = [
        ...troubles.map(({ kind }) => kind),
        ...closings.map(({ period, step, reason }) => `${period} at ${step}: ${reason ?? ''}`),
      ];
      throw new LaunchError(
        'failed',
        `After ${patienceMs / 1000} s ${otherwise}. ${reasons.join('; ')}`,
      );
    }
    await sleep(beatMs);
  }
}

function nextMidnight(at: Date): Date {
  return addMs(new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate())), dayMs);
}

function money(amount: string, currency: string): string {
  return `${amount} ${currency.toUpperCase()}`.padStart(14);
}
