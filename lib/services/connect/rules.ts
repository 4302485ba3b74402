import type { EntraApp } from '#db/enums.ts';

/** How long the customer's administrator may take to open the link. */
export const linkLifeMs = 24 * 60 * 60_000;

/** From "Continue to Microsoft" to the way back. */
export const stateLifeMs = 15 * 60_000;

/**
 * The app roles that each Entra app of ours cannot do its work without (`research/graph.md` §1.11).
 * A new customer is backed up in both forms, so the readable one's roles are among them.
 */
export const neededRoles: Record<EntraApp, readonly string[]> = {
  backup: [
    'User.Read.All',
    'MailboxFolder.Read.All',
    'MailboxItem.Read.All',
    'MailboxItem.Export.All',
    'Mail.Read',
    'Calendars.Read',
    'Contacts.Read',
    'Tasks.Read.All',
  ],
  restore: [
    'MailboxFolder.ReadWrite.All',
    'MailboxItem.ReadWrite.All',
    'MailboxItem.ImportExport.All',
  ],
};

const roleWords: Record<string, string> = {
  'User.Read.All': 'read the list of users',
  'MailboxFolder.Read.All': 'read mailbox folders',
  'MailboxItem.Read.All': 'read mailbox items',
  'MailboxItem.Export.All': 'export mailbox items',
  'Mail.Read': 'read mail',
  'Calendars.Read': 'read calendars',
  'Contacts.Read': 'read contacts',
  'Tasks.Read.All': 'read tasks',
  'MailboxFolder.ReadWrite.All': 'create mailbox folders',
  'MailboxItem.ReadWrite.All': 'replace mailbox items',
  'MailboxItem.ImportExport.All': 'put mailbox items back',
};

export function missingRoles(app: EntraApp, granted: readonly string[]): string[] {
  return neededRoles[app].filter((role) => !granted.includes(role));
}

/** "read mailbox items, export mailbox items" */
export function inWords(roles: readonly string[]): string {
  return roles.map((role) => roleWords[role] ?? role).join(', ');
}

/** The app the link asks for next; null when all of them are connected. */
export function nextApp(
  apps: readonly EntraApp[],
  connected: readonly EntraApp[],
): EntraApp | null {
  return apps.find((app) => !connected.includes(app)) ?? null;
}

/** "019a….contoso-oid" → the Entra tenant id in front. */
export function tidOf(subject: string): string {
  return subject.slice(0, subject.indexOf('.'));
}
