import { may, type Permission, type Role } from '#lib/auth/roles.ts';
import type { Audience } from './routes.ts';
import type { IsolationWorld, MarkName, Place, PlaceName, Visitor } from './world.ts';

/** Does somebody with this role, who belongs to the own customer, have to do with the place? */
export function reachesPlace(role: Role, place: PlaceName): boolean {
  if (place === 'own') return true;
  return place === 'neighbour' && role !== 'mailbox-owner';
}

const isStaff = (role: Role) => role !== 'administrator' && role !== 'mailbox-owner';

export type Expected = 'shown' | 'reason' | 'missing' | 'sign-in' | 'staff home' | 'customer home';

/** What a page answers, worked out from the matrix of roles alone. */
export function expectedOfPage(
  page: { audience: Audience; permission: Permission | null; ofMsp?: boolean },
  visitor: Visitor,
  place: PlaceName | null,
): Expected {
  const { role } = visitor;
  if (page.audience === 'anybody') return 'shown';
  if (role === null) return 'sign-in';
  if (page.audience === 'staff' && !isStaff(role)) return 'customer home';
  if (page.audience === 'customer' && isStaff(role)) return 'staff home';
  if (page.permission !== null && !may(role, page.permission)) {
    // It may say why it is not shown: of the role, and of nothing that an id names.
    return 'reason';
  }
  const isColleague = page.ofMsp === true && place === 'sibling';
  return place === null || isColleague || reachesPlace(role, place) ? 'shown' : 'missing';
}

/** The marks that may not stand in anything this visitor is sent. */
export function forbiddenMarks(world: IsolationWorld, role: Role | null): string[] {
  const all: string[] = [];
  // The neighbour is of the same customer, so some marks stand with both.
  const met = new Set<string>();
  for (const [name, { marks }] of Object.entries(world.places) as [PlaceName, Place][]) {
    for (const [kind, mark] of Object.entries(marks) as [MarkName, string][]) {
      all.push(mark);
      if (role !== null && mayMeet(role, name, kind)) met.add(mark);
    }
  }
  return all.filter((mark) => !met.has(mark));
}

function mayMeet(role: Role, place: PlaceName, kind: MarkName): boolean {
  // Colleagues are the MSP's, whichever customers they are for.
  if (kind === 'colleague') return isStaff(role) ? place !== 'foreign' : place === 'own';
  if (place !== 'own' && place !== 'neighbour') return false;
  if (kind === 'customer') return true;
  if (kind === 'key') return may(role, 'keys.manage');
  if (kind === 'people') return role !== 'mailbox-owner';
  if (!reachesPlace(role, place)) return false;
  return kind === 'mailbox' || may(role, 'content.read');
}
