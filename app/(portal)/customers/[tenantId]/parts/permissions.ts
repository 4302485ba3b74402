import type { EntraApp } from '#db/enums.ts';
import { inWords, neededRoles } from '#lib/services/connect/rules.ts';
import type { ConnectionView } from '#lib/services/customers/view.ts';

export interface PermissionLine {
  /** As Microsoft calls it. */
  role: string;
  words: string;
  /** The call that proved it, and when; null where none has used it yet. */
  proof: { name: string; provedAt: Date } | null;
  /** When the token was read that names it. */
  grantedAt: Date | null;
}

/**
 * Which call shows that a permission works. The token names all of them, which is a promise and no
 * proof.
 */
const provedBy: Record<string, string> = {
  'User.Read.All': 'User list',
  'MailboxFolder.Read.All': 'Mailbox folders',
  'MailboxItem.Read.All': 'Mailbox items',
  'MailboxItem.Export.All': 'Export',
  'Mail.Read': 'Mail',
  'Calendars.Read': 'Calendars',
  'Contacts.Read': 'Contacts',
  'Tasks.Read.All': 'Tasks',
  'MailboxItem.ImportExport.All': 'Import session',
  'MailboxFolder.ReadWrite.All': 'Read a mailbox',
};

/** Every permission of an app, with what proved it. */
export function permissionsOf(app: EntraApp, link: ConnectionView | undefined): PermissionLine[] {
  const proofs = new Map((link?.proofs ?? []).map((proof) => [proof.name, proof]));
  return neededRoles[app].map((role) => ({
    role,
    words: inWords([role]),
    proof: proofs.get(provedBy[role] ?? '') ?? null,
    grantedAt: proofs.get('App token')?.provedAt ?? null,
  }));
}
