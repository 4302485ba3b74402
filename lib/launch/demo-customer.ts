import { systemClock } from '#lib/core/clock.ts';
import { sleep } from '#lib/core/concurrency.ts';
import { newToken } from '#lib/core/ids.ts';
import { acceptConsent } from '#lib/services/connect/accept.ts';
import { beginConsent } from '#lib/services/connect/begin.ts';
import { lookAtLink } from '#lib/services/connect/look.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { addCustomer } from '#lib/services/customers/add.ts';
import { listCustomers } from '#lib/services/customers/list.ts';
import { newConnectLink } from '#lib/services/customers/new-link.ts';
import { foundMsp } from '#lib/services/msps/found.ts';
import { LaunchError } from './failure.ts';
import { FormBrowser } from './form-browser.ts';
import type { HouseServices } from './services.ts';
import type { StandInFacts } from './stand-in.ts';

const mspName = 'Northwind IT';
const customerName = 'Contoso';
const connectMs = 60_000;

type StandInTenant = StandInFacts['tenants'][number];

export function tenantNamed(facts: StandInFacts, name: string): StandInTenant {
  const tenant = facts.tenants.find((it) => it.name.startsWith(name));
  if (!tenant) throw new LaunchError('failed', `The stand-in knows no organisation ${name}.`);
  return tenant;
}

/** The provider of the demo with its staff; found again when it is there. */
export async function foundDemoMsp(services: HouseServices, facts: StandInFacts): Promise<string> {
  const { tid, accounts } = tenantNamed(facts, mspName);
  const members = accounts.map((account, index) => ({
    subject: `${tid}.${account.oid}`,
    name: account.name,
    role: index === 0 ? ('owner' as const) : ('technician' as const),
  }));
  const { mspId } = await foundMsp(services.open, { name: mspName, members });
  return mspId;
}

/** Who may sign in, for the last lines of a start. */
export function peopleOf(facts: StandInFacts): {
  staff: string[];
  administrator: string;
  /** Somebody of the customer who has a mailbox and no role. */
  mailboxOwner: string | null;
} {
  const staff = tenantNamed(facts, mspName).accounts.map((account) => account.name);
  const owner = tenantNamed(facts, customerName).accounts.find(({ role }) => !role);
  return {
    staff,
    administrator: administratorOf(facts).name,
    mailboxOwner: owner?.name ?? null,
  };
}

function administratorOf(facts: StandInFacts): StandInTenant['accounts'][number] {
  const { accounts } = tenantNamed(facts, customerName);
  return accounts.find((account) => /admin/i.test(String(account.role ?? ''))) ?? accounts[0]!;
}

/**
 * Connects Contoso the way a person does: a link, a sign-in, Microsoft's approval page for each of the
 * two applications. Does nothing where it is connected already.
 */
export async function connectDemoCustomer(
  services: HouseServices,
  ctx: ServiceContext,
  facts: StandInFacts,
): Promise<{ tenantId: string; fresh: boolean }> {
  const before = (await listCustomers(ctx)).find((customer) => customer.name === customerName);
  if (before?.state === 'connected') return { tenantId: before.id, fresh: false };
  const { tenantId, linkUrlToken } = before
    ? await newConnectLink(ctx, { tenantId: before.id })
    : await addCustomer(ctx, { name: customerName });

  const { tid } = tenantNamed(facts, customerName);
  const administrator = administratorOf(facts);
  const subject = `${tid}.${administrator.oid}`;
  // Nobody signs in to the portal here, so the stand-in's own list says which role the account has.
  const person = { subject, administrator: administrator.role != null, browserNonce: newToken() };
  const browser = new FormBrowser(services.consent.portalUrl);
  const open = { ...services.open, consent: services.consent };
  for (;;) {
    const link = await lookAtLink(services.open, { token: linkUrlToken, subject });
    if (link.apps.every((app) => link.connected.includes(app))) break;
    const { redirectTo } = await beginConsent(open, { token: linkUrlToken, ...person });
    const back = await approve(browser, redirectTo, administrator);
    const { refusal } = await acceptConsent(open, {
      state: back.get('state') ?? '',
      tenantClaim: back.get('tenant'),
      error: back.get('error'),
      errorDescription: back.get('error_description'),
      ...person,
    });
    if (refusal) throw new LaunchError('failed', `The approval was refused: ${refusal.sentence}`);
    await untilProven(services, linkUrlToken, subject, link.connected.length);
  }
  return { tenantId, fresh: true };
}

/** Chooses the account where Microsoft asks for one, then accepts. Returns what comes back. */
async function approve(
  browser: FormBrowser,
  url: string,
  administrator: StandInTenant['accounts'][number],
): Promise<URLSearchParams> {
  let page = await browser.open(url);
  const account = new RegExp(administrator.name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i');
  for (let step = 0; step < 4 && !page.arrived; step++) {
    page = /\baccept\b/i.test(page.html)
      ? await browser.press(page, /^accept$/i)
      : await browser.press(page, account);
  }
  if (!page.arrived) {
    throw new LaunchError('failed', `Microsoft's approval page did not lead back: ${page.url}`);
  }
  return new URL(page.url).searchParams;
}

async function untilProven(
  services: HouseServices,
  token: string,
  subject: string,
  connectedBefore: number,
): Promise<void> {
  const start = systemClock.monotonicMs();
  for (;;) {
    const link = await lookAtLink(services.open, { token, subject });
    if (link.connected.length > connectedBefore) return;
    if (link.refusal && link.step === 'refused') {
      throw new LaunchError('failed', `Contoso was not connected: ${link.refusal.sentence}`);
    }
    if (systemClock.monotonicMs() - start > connectMs) {
      throw new LaunchError(
        'failed',
        'Contoso is not connected after 60 s; the worker does not answer.',
      );
    }
    await sleep(100);
  }
}
