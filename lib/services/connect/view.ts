import type { ConnectStep, EntraApp } from '#db/enums.ts';
import type { Proof } from '#db/schema/tenants.ts';
import { isRefusalCode, type RefusalCode, refusalSentence } from './refusals.ts';
import { nextApp, tidOf } from './rules.ts';
import type { LoadedLink } from './store.ts';

export interface Refusal {
  code: RefusalCode;
  sentence: string;
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
  expiresAt: Date;
  apps: EntraApp[];
  /** Which of them were connected through this link. */
  connected: EntraApp[];
}

export function viewProofs(proofs: Proof[]): ConnectView['proofs'] {
  return proofs.map((proof) => ({ name: proof.name, provedAt: new Date(proof.provedAt) }));
}

export function viewRefusal(
  code: string | null,
  facts: Record<string, string>,
  names: { mspName: string; customerName: string },
): Refusal | null {
  if (code === null || !isRefusalCode(code)) return null;
  return { code, sentence: refusalSentence(code, { ...names, ...facts }) };
}

/** @param subject who is signed in in this browser, null for nobody */
export function viewLink(
  loaded: LoadedLink,
  requestedBy: string | null,
  subject: string | null,
): ConnectView {
  const { link, tenant, mspName } = loaded;
  const next = nextApp(link.apps, link.connected);
  // With one app connected and another wanted, the link stands open again for the second.
  const waitsForNext = link.step === 'connected' && next !== null;
  const stored = waitsForNext ? 'open' : link.step;
  const names = { mspName, customerName: tenant.name };
  return {
    mspName,
    customerName: tenant.name,
    requestedBy,
    app: next ?? link.app,
    step: stored === 'open' && subject !== null ? 'signed-in' : stored,
    refusal: waitsForNext ? null : viewRefusal(link.refusal, link.refusalFacts, names),
    proofs: viewProofs(link.proofs),
    mailboxes: link.mailboxes,
    expiresAt: link.expiresAt,
    apps: link.apps,
    connected: link.connected,
  };
}

/** Enough of an organisation to tell it from another where its name is not known to us. */
export function organisationOf(subject: string): string {
  return `the organisation ${tidOf(subject)}`;
}
