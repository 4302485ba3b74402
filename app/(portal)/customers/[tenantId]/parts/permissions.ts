import type { EntraApp } from '#db/enums.ts';
import { inWords, neededRoles } from '#lib/services/connect/rules.ts';
import type { ConnectionView } from '#lib/services/customers/view.ts';

export interface PermissionLine {
  /** As Microsoft calls it. */
  role: string;
  words: string;
  /** The call that proved it, and when; null when none did by itself. */
  proof: { name: string; provedAt: Date } | null;
}

/** Which call shows that a permission works; the token itself names all of them. */
const provedBy: Record<string, string> = {
  'User.Read.All': 'User list',
  'MailboxFolder.Read.All': 'Mailbox folders',
  'MailboxItem.Read.All': 'Mailbox items',
  'MailboxFolder.ReadWrite.All': 'Read a mailbox',
};

/** Every permission of an app, with what proved it. */
export function permissionsOf(app: EntraApp, link: ConnectionView | undefined): PermissionLine[] {
  const proofs = new Map((link?.proofs ?? []).map((proof) => [proof.name, proof]));
  return neededRoles[app].map((role) => ({
    role,
    words: inWords([role]),
    proof: proofs.get(provedBy[role] ?? '') ?? proofs.get('App token') ?? null,
  }));
}
