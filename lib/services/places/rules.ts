import type { TenantState } from '#db/enums.ts';

/** The Entra tenant id of a proven `tid.oid`. */
export function organisationOf(subject: string): string {
  return subject.split('.')[0] ?? '';
}

/** The object id of a proven `tid.oid`. */
export function accountOf(subject: string): string {
  return subject.split('.')[1] ?? '';
}

/** Is the organisation proven to be this customer? The copies stay readable where new ones stopped. */
export function isReachable(state: TenantState): boolean {
  return state === 'connected' || state === 'consent-lost';
}
