import type { Account } from './account.ts';
import { type Faults, type MeterErrorCode, meterErrorCodes, noFaults } from './faults.ts';

/** Names by which the portal's two destinations are found again. */
const portalNames = { snapshot: "the portal's webhooks", thin: "the portal's thin events" };

/** Kinds of thin events that tell of meters. */
const meterEvents = ['v1.billing.meter.error_report_triggered', 'v1.billing.meter.no_meter_found'];

export interface PortalSecrets {
  snapshot: string;
  thin: string;
}

/** The private route: what goes wrong, what time it is, where the portal is. Answers null for another path. */
export function control(
  account: Account,
  secrets: PortalSecrets,
  path: string,
  given: Record<string, unknown>,
): object | null {
  switch (path) {
    case '/_control/faults':
      return setFaults(account, given);
    case '/_control/clock':
      return moveClock(account, Number(given.advanceMs ?? 0));
    case '/_control/portal':
      return registerPortal(account, secrets, String(given.url));
    case '/_control/release':
      account.delivery.release();
      return { released: true };
    case '/_control/meter-error':
      return reportMeterError(account, given);
    default:
      return null;
  }
}

function setFaults(account: Account, given: Record<string, unknown>): Faults {
  const known = noFaults();
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(known, name)) throw new Error(`There is no fault called ${name}`);
    Object.assign(account.faults, { [name]: value });
  }
  return account.faults;
}

function moveClock(account: Account, advanceMs: number): { nowMs: number } {
  const before = account.store.get('setting', 'clock offset ms')?.value ?? 0;
  account.store.put('setting', { id: 'clock offset ms', value: before + advanceMs });
  return { nowMs: account.nowMs() };
}

/** Where snapshots and where thin events go, each with a secret of its own, as at Stripe. */
export function registerPortal(account: Account, secrets: PortalSecrets, url: string): object {
  for (const endpoint of account.store.all('endpoint')) {
    if (Object.values(portalNames).includes(endpoint.name)) {
      account.store.remove('endpoint', endpoint.id);
    }
  }
  const common = { created: account.now(), url, metadata: {} };
  account.store.put('endpoint', {
    ...common,
    id: 'we_portal',
    secret: secrets.snapshot,
    events: ['*'],
    thin: false,
    name: portalNames.snapshot,
  });
  account.store.put('endpoint', {
    ...common,
    id: 'ed_portal',
    secret: secrets.thin,
    events: meterEvents,
    thin: true,
    name: portalNames.thin,
  });
  account.store.commit();
  return { url };
}

/** Stripe has second thoughts about an event that it took: it no longer counts, and a report says so. */
function reportMeterError(account: Account, given: Record<string, unknown>): object {
  const code = String(given.code) as MeterErrorCode;
  if (!meterErrorCodes.includes(code)) throw new Error(`There is no code ${code}`);
  const identifier = String(given.identifier);
  const event = account.usage.withIdentifier(identifier);
  if (event) account.usage.cancel(event);
  return account.reportMeterError(code, identifier, event?.meter ?? null);
}
