import type { MemberRole } from '#db/enums.ts';

/** What a member of an MSP may be allowed to do. */
export const permissions = [
  'customers.read',
  'customers.connect',
  'policies.manage',
  'backups.run',
  /** Folders, subjects and text of mail. */
  'content.read',
  'restores.run',
  'exports.run',
  'audit.read',
  'billing.read',
  'members.manage',
] as const;
export type Permission = (typeof permissions)[number];

const matrix: Record<MemberRole, readonly Permission[]> = {
  owner: permissions,
  admin: permissions.filter((permission) => permission !== 'billing.read'),
  technician: [
    'customers.read',
    'customers.connect',
    'backups.run',
    'content.read',
    'restores.run',
    'exports.run',
  ],
  billing: ['customers.read', 'billing.read'],
  auditor: ['customers.read', 'audit.read'],
};

/** Pages ask it to disable a button with a reason; verbs ask it before they act. */
export function may(role: MemberRole, permission: Permission): boolean {
  return matrix[role].includes(permission);
}

const allowed: Record<Permission, string> = {
  'customers.read': 'see customers',
  'customers.connect': 'connect customers',
  'policies.manage': 'change what is backed up and how often',
  'backups.run': 'start or stop backups',
  'content.read': 'see mail content',
  'restores.run': 'restore mail',
  'exports.run': 'export mail',
  'audit.read': 'read the audit log',
  'billing.read': 'see billing',
  'members.manage': 'manage staff',
};

/** "Your role, auditor, may not restore mail. Ask an owner of your organisation." */
export function refusalSentence(role: MemberRole, permission: Permission): string {
  return `Your role, ${role}, may not ${allowed[permission]}. Ask an owner of your organisation.`;
}
