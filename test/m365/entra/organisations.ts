import { createHash } from 'node:crypto';
import { stableGuid } from '../store/ids.ts';
import type { Identity, RegisteredCertificate } from '../tls/identity.ts';

export interface Account {
  oid: string;
  name: string;
  username: string;
  /** Directory role as Entra names it; null for an ordinary user. */
  role: 'Global Administrator' | 'Privileged Role Administrator' | null;
}

export interface Organisation {
  tid: string;
  name: string;
  domain: string;
  accounts: Account[];
}

export interface AppRegistration {
  key: 'signIn' | 'backup' | 'restore' | 'helpdesk';
  clientId: string;
  name: string;
  /** Microsoft Graph application permissions that admin consent grants. */
  roles: readonly string[];
  redirectUris: readonly string[];
  secret: string;
  certificate: RegisteredCertificate | null;
  /** Single-tenant apps exist in their own organisation only, consented from the start. */
  home: string | null;
}

function organisation(name: string, domain: string, people: Array<[string, Account['role']]>) {
  return {
    tid: stableGuid('tenant', name),
    name,
    domain,
    accounts: people.map(([person, role]) => ({
      oid: stableGuid('user', name, person),
      name: person,
      username: `${addressName(person)}@${domain}`,
      role,
    })),
  };
}

/** "Jürgen Möller" → "jurgen.moller". */
export function addressName(person: string): string {
  return person
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/[^a-z0-9]+/g, '.');
}

export const northwind: Organisation = organisation('Northwind IT', 'northwind-it.example', [
  ['Mira Keller', 'Global Administrator'],
  ['Jon Berg', null],
]);
export const contoso: Organisation = organisation('Contoso', 'contoso.example', [
  ['Adele Vance', 'Global Administrator'],
  ['Tom Brandt', null],
]);
export const fabrikam: Organisation = organisation('Fabrikam', 'fabrikam.example', [
  ['Sara Lindqvist', 'Global Administrator'],
  ['Paul Okafor', null],
]);
export const organisations: readonly Organisation[] = [northwind, contoso, fabrikam];

const readingRoles = [
  'User.Read.All',
  'Organization.Read.All',
  'MailboxSettings.Read',
  'MailboxFolder.Read.All',
  'MailboxItem.Read.All',
  'MailboxItem.Export.All',
  'Mail.Read',
  'Calendars.Read',
  'Contacts.Read',
  'Tasks.Read.All',
];
const restoringRoles = [
  'MailboxFolder.ReadWrite.All',
  'MailboxItem.ReadWrite.All',
  'MailboxItem.ImportExport.All',
  'Mail.ReadWrite',
  'Calendars.ReadWrite',
  'Contacts.ReadWrite',
  'Tasks.ReadWrite.All',
];
const helpdeskRoles = [
  'User.ReadWrite.All',
  'MailboxSettings.Read',
  'Mail.ReadWrite',
  'Calendars.ReadWrite',
  'Contacts.ReadWrite',
  'Tasks.ReadWrite.All',
];

/** The registrations that a product under test is given. */
export function registerApps(identity: Identity, portalUrl: string): AppRegistration[] {
  const portal = portalUrl.replace(/\/+$/, '');
  const returnUris = [`${portal}/connect/return`];
  const app = (key: AppRegistration['key'], name: string) => ({
    key,
    name,
    clientId: stableGuid('app', key),
    secret: `${key}~${createHash('sha256').update(`secret of ${key}`).digest('base64url')}`,
    certificate: key === 'helpdesk' ? null : identity.certificates[key],
  });
  return [
    {
      ...app('signIn', 'Holdfast'),
      roles: [],
      redirectUris: [`${portal}/api/auth/callback/entra`],
      home: null,
    },
    {
      ...app('backup', 'Holdfast Backup'),
      roles: readingRoles,
      redirectUris: returnUris,
      home: null,
    },
    {
      ...app('restore', 'Holdfast Restore'),
      roles: restoringRoles,
      redirectUris: returnUris,
      home: null,
    },
    {
      ...app('helpdesk', 'Contoso Helpdesk'),
      roles: helpdeskRoles,
      redirectUris: [],
      home: contoso.tid,
    },
  ];
}
