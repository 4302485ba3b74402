import type { CustomerRole, MemberRole } from '#db/enums.ts';

/** What somebody may be allowed to do; which customers and mailboxes they reach is another question. */
export const permissions = [
  'customers.read',
  /** Which mailboxes there are, and how well each is backed up. */
  'mailboxes.read',
  'customers.connect',
  'policies.manage',
  'backups.run',
  /** Folders, subjects and text of mail. */
  'content.read',
  'restores.read',
  'restores.run',
  'exports.run',
  'audit.read',
  /** What was counted, mailbox by mailbox and day by day. */
  'usage.read',
  'billing.read',
  /** Subscribe, payment, price lists, who is billed directly. */
  'billing.manage',
  /** Who of a customer may help themselves. */
  'people.manage',
  'members.manage',
  /** Sessions of others; one's own are always one's own. */
  'sessions.manage',
  'keys.manage',
] as const;
export type Permission = (typeof permissions)[number];

export type Role = MemberRole | CustomerRole;

/** Somebody of a customer rather than of the MSP? */
export function isCustomerRole(role: Role): role is CustomerRole {
  return role === 'administrator' || role === 'mailbox-owner';
}

const reading = ['customers.read', 'mailboxes.read', 'restores.read'] as const;

const money: readonly Permission[] = ['usage.read', 'billing.read', 'billing.manage'];

const matrix: Record<Role, readonly Permission[]> = {
  owner: permissions,
  admin: permissions.filter((permission) => !money.includes(permission)),
  technician: [
    ...reading,
    'customers.connect',
    'backups.run',
    'content.read',
    'restores.run',
    'exports.run',
  ],
  billing: [...reading, ...money],
  auditor: [...reading, 'audit.read'],
  administrator: [...reading, 'content.read', 'restores.run', 'exports.run', 'audit.read'],
  'mailbox-owner': [
    'mailboxes.read',
    'content.read',
    'restores.read',
    'restores.run',
    'exports.run',
  ],
};

/** What a key may be given: nothing that makes people, keys or sessions. */
export const keyScopes = [
  ...reading,
  'customers.connect',
  'policies.manage',
  'backups.run',
  'content.read',
  'restores.run',
  'exports.run',
  'audit.read',
  'usage.read',
] as const satisfies readonly Permission[];
export type KeyScope = (typeof keyScopes)[number];

/** Pages ask it to disable a button with a reason; verbs ask it before they act. */
export function may(role: Role, permission: Permission): boolean {
  return matrix[role].includes(permission);
}

/** Nobody makes another more than they are: a role is handed out by who may do all that it may. */
export function mayGrant(own: Role, role: MemberRole): boolean {
  return matrix[role].every((permission) => may(own, permission));
}

const allowed: Record<Permission, string> = {
  'customers.read': 'see customers',
  'mailboxes.read': 'see mailboxes',
  'customers.connect': 'connect customers',
  'policies.manage': 'change what is backed up and how often',
  'backups.run': 'start or stop backups',
  'content.read': 'see mail content',
  'restores.read': 'see restores',
  'restores.run': 'restore mail',
  'exports.run': 'export mail',
  'audit.read': 'read the audit log',
  'usage.read': 'see usage',
  'billing.read': 'see billing',
  'billing.manage': 'manage billing',
  'people.manage': 'say who of a customer may use the portal',
  'members.manage': 'manage staff',
  'sessions.manage': 'end the sessions of others',
  'keys.manage': 'manage API keys',
};

/** The act as a sentence goes on: "may not <act>". */
export function actOf(permission: Permission): string {
  return allowed[permission];
}

const called: Record<Role, string> = {
  owner: 'owner',
  admin: 'admin',
  technician: 'technician',
  billing: 'billing',
  auditor: 'auditor',
  administrator: 'administrator of your organisation',
  'mailbox-owner': 'owner of a mailbox',
};

/** "Your role, auditor, may not restore mail. Ask an owner of your organisation." */
export function refusalSentence(role: Role, permission: Permission): string {
  const whom = isCustomerRole(role) ? 'your provider' : 'an owner of your organisation';
  return `Your role, ${called[role]}, may not ${allowed[permission]}. Ask ${whom}.`;
}
