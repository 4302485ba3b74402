import type { ConnectStep, EntraApp } from '#db/enums.ts';
import type { Proof } from '#db/schema/tenants.ts';
import { isRefusalCode, type RefusalCode, type RefusalFacts, refusalSentence } from './refusals.ts';
import { nextApp, tidOf } from './rules.ts';
import type { LoadedLink } from './store.ts';

export interface Refusal {
  code: RefusalCode;
  sentence: string;
  /** For a page that writes the sentence with times in its reader's zone. */
  facts: RefusalFacts;
}

export interface ConnectView {
  mspName: string;
  customerName: string;
  /** Who of the MSP sent the link. */
  requestedBy: string | null;
  /** The app this step is about; the restore app gets an approval of its own. */
  app: EntraApp;
  step: ConnectStep;
  refusal: Refusal | null;
  proofs: { name: string; provedAt: Date }[];
  /** How many were found; null while nobody counted. */
  mailboxes: number | null;
  /** When it was made to be sent. */
  sentAt: Date;
  /** When somebody first looked at it. */
  openedAt: Date | null;
  /** When the last approval came back from Microsoft. */
  approvedAt: Date | null;
  /** When every approval it asks for was proved. */
  usedAt: Date | null;
  expiresAt: Date;
  apps: EntraApp[];
  /** Which of them were connected through this link. */
  connected: EntraApp[];
}

export function viewProofs(proofs: Proof[]): ConnectView['proofs'] {
  return proofs.map((proof) => ({ name: proof.name, provedAt: new Date(proof.provedAt) }));
}

/** Who a view is for: only the MSP learns which of its customers an organisation is. */
type Side = 'msp' | 'customer';

function viewRefusal(
  code: string | null,
  stored: Record<string, string>,
  names: RefusalFacts,
  side: Side,
): Refusal | null {
  if (code === null || !isRefusalCode(code)) return null;
  const { customerId, ...others } = stored;
  const known = side === 'msp' && customerId !== undefined ? { customerId } : {};
  const facts = { ...names, ...others, ...known };
  return { code, sentence: refusalSentence(code, facts), facts };
}

/** @param reader.subject who is signed in in this browser, null for nobody */
export function viewLink(
  loaded: LoadedLink,
  requestedBy: string | null,
  reader: { side: Side; subject: string | null; now: Date },
): ConnectView {
  const { link, tenant, mspName } = loaded;
  const next = nextApp(link.apps, link.connected);
  // With one app connected and another wanted, the link stands open again for the second.
  const waitsForNext = link.step === 'connected' && next !== null;
  const stored = waitsForNext ? 'open' : link.step;
  const settled = stored === 'checking' || stored === 'connected';
  const expired = !settled && link.expiresAt <= reader.now;
  const names = { mspName, customerName: tenant.name };
  // That nothing was found to protect stays true while the second approval is waited for.
  const told = waitsForNext && link.refusal !== 'no-mailboxes' ? null : link.refusal;
  const code = expired ? 'expired' : told;
  const step = expired ? 'refused' : stored;
  return {
    mspName,
    customerName: tenant.name,
    requestedBy,
    app: next ?? link.app,
    step: step === 'open' && reader.subject !== null ? 'signed-in' : step,
    refusal: viewRefusal(code, expired ? {} : link.refusalFacts, names, reader.side),
    proofs: viewProofs(link.proofs),
    mailboxes: link.mailboxes,
    sentAt: link.createdAt,
    openedAt: link.openedAt,
    approvedAt: settled || link.connected.length > 0 ? link.stateUsedAt : null,
    usedAt: link.usedAt,
    expiresAt: link.expiresAt,
    apps: link.apps,
    connected: link.connected,
  };
}

/** Enough of an organisation to tell it from another where its name is not known to us. */
export function organisationOf(subject: string): string {
  return `the organisation ${tidOf(subject)}`;
}
