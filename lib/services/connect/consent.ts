import type { EntraApp } from '#db/enums.ts';
import { AppError } from '#lib/core/errors.ts';
import type { PublicContext } from '../context.ts';
import { type RefusalCode, type RefusalFacts, refusalSentence } from './refusals.ts';

/** Where administrators approve, and as which apps. */
export interface ConsentSettings {
  loginUrl: string;
  graphUrl: string;
  portalUrl: string;
  clientIds: Record<EntraApp, string>;
}

export type ConnectContext = PublicContext & { consent: ConsentSettings };

/** Must be registered as a redirect address of both apps. */
export function returnUrl(settings: ConsentSettings): string {
  return `${settings.portalUrl}/connect/return`;
}

/**
 * The v2 admin consent page (`research/graph.md` §1.2). `organizations` leaves the choice of the
 * organisation to the administrator; what comes back is compared with who signed in.
 */
export function consentUrl(settings: ConsentSettings, app: EntraApp, state: string): string {
  const url = new URL(`${settings.loginUrl}/organizations/v2.0/adminconsent`);
  url.searchParams.set('client_id', settings.clientIds[app]);
  url.searchParams.set('scope', `${settings.graphUrl}/.default`);
  url.searchParams.set('redirect_uri', returnUrl(settings));
  url.searchParams.set('state', state);
  return url.toString();
}

/** The error a refusal becomes where there is no page of a link to show it on. */
export function refused(code: RefusalCode, facts: RefusalFacts = {}): AppError {
  return new AppError('consent.refused', refusalSentence(code, facts), { data: { refusal: code } });
}
