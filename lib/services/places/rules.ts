import type { SelfServiceMode, TenantState } from '#db/enums.ts';

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

/** Is this person signed in as one of this customer, as `places/find` has it for who is no staff? */
export function hasPlace(
  customer: { state: TenantState; entraTid: string | null; selfService: SelfServiceMode },
  person: { subject: string; byDoor: boolean; disabledAt: Date | null },
): boolean {
  return (
    person.disabledAt === null &&
    isReachable(customer.state) &&
    customer.entraTid === organisationOf(person.subject) &&
    (customer.selfService === 'everyone' || (customer.selfService === 'invited' && !person.byDoor))
  );
}
