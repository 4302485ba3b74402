import { customerRoles, memberRoles } from '#db/enums.ts';
import { actOf, may, type Permission, permissions, type Role } from './roles.ts';

export interface RoleRow {
  permission: Permission;
  /** "Restore mail" */
  act: string;
  /** One for each of the roles, in their order. */
  allowed: boolean[];
}

/** Staff first, then people of customers. */
export const tableRoles: readonly Role[] = [...memberRoles, ...customerRoles];

/** Who may do what, as the verbs decide it: for people to read. */
export function roleTable(roles: readonly Role[] = tableRoles): RoleRow[] {
  return permissions.map((permission) => ({
    permission,
    act: actOf(permission).replace(/^./, (letter) => letter.toUpperCase()),
    allowed: roles.map((role) => may(role, permission)),
  }));
}

/** The same for a README. */
export function roleTableText(): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(['', ...tableRoles]),
    line(['---', ...tableRoles.map(() => ':---:')]),
    ...roleTable().map((row) => line([row.act, ...row.allowed.map((yes) => (yes ? 'yes' : ''))])),
  ].join('\n');
}
