import postgres from 'postgres';
import { AppError } from '#lib/core/errors.ts';

/** The roles of the catalogue; what each may do is in `db/migrations`. */
export const loginRoles = ['app_user', 'app_worker'] as const;
export type LoginRole = (typeof loginRoles)[number];

/** app_owner owns the tables; app_search is what app_user turns into for a search by words. */
const otherRoles = ['app_owner', 'app_search'];

interface RoleRow {
  rolname: string;
  rolsuper: boolean;
  rolbypassrls: boolean;
}

/**
 * Makes the roles that are missing, and refuses to go on with roles that could look past
 * row-level security.
 * @param sql a connection as superuser, or as a role that may create roles
 */
export async function ensureRoles(sql: postgres.Sql): Promise<string[]> {
  const wanted = [...otherRoles, ...loginRoles];
  const found = await sql<RoleRow[]>`
    select rolname, rolsuper, rolbypassrls from pg_roles where rolname in ${sql(wanted)}`;
  const missing = wanted.filter((name) => !found.some((row) => row.rolname === name));
  for (const name of missing) {
    const login = otherRoles.includes(name) ? 'nologin' : 'login';
    try {
      await sql.unsafe(
        `create role ${name} ${login} noinherit nosuperuser nobypassrls nocreatedb nocreaterole`,
      );
    } catch (cause) {
      throw new AppError(
        'forbidden',
        `The roles ${missing.join(', ')} are missing, and this database user may not create them. Create them (app_owner and app_search without login) or migrate once as a superuser.`,
        { cause },
      );
    }
  }
  const unsafe = found.filter((row) => row.rolsuper || row.rolbypassrls);
  if (unsafe.length > 0) {
    throw new AppError(
      'forbidden',
      `The database roles ${unsafe.map((row) => row.rolname).join(', ')} may bypass row-level security. Alter them to nosuperuser nobypassrls.`,
    );
  }
  return missing;
}

/** `'` and `\` are the only characters that end or bend a literal. */
function literal(text: string): string {
  return `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
}

/** Sets the passwords that the portal and the worker connect with; a new one replaces the old. */
export async function setLoginPasswords(
  ownerUrl: string,
  passwords: Record<LoginRole, string>,
): Promise<void> {
  const sql = postgres(ownerUrl, { max: 1, onnotice: () => {} });
  try {
    for (const role of loginRoles) {
      await sql.unsafe(`alter role ${role} password E${literal(passwords[role])}`);
    }
  } finally {
    await sql.end({ timeout: 5 });
  }
}
