import { roleTexts, staffTexts } from '#app/_texts/people.ts';
import type { MemberRole } from '#db/enums.ts';
import { mayGrant } from '#lib/auth/roles.ts';

/** Why somebody with a role may not hand another out; null when they may. */
export function whyNotGrant(own: MemberRole, role: MemberRole): string | null {
  if (mayGrant(own, role)) return null;
  const { ownerOnly, granterOnly } = staffTexts.form;
  return role === 'owner' ? ownerOnly : granterOnly(roleTexts[role].name);
}
