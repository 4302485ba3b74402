import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { exitOnBadConfig, readMigrateConfig } from '#lib/core/config.ts';
import { AppError, describeError } from '#lib/core/errors.ts';
import { mapDatabaseError, sqlState } from './errors.ts';
import { ensureRoles } from './roles.ts';

/** Any number that other programs on the same server do not use. */
const lockNumber = 4_870_112_026;

/**
 * Brings the catalogue to the newest form. Two of these at once wait for each other.
 * @param ownerUrl superuser, or a role that may create roles and is a member of app_owner
 * @param say told about each step, one line each
 */
export async function migrateCatalogue(
  ownerUrl: string,
  say: (line: string) => void = () => {},
): Promise<void> {
  // One connection: the lock and the role belong to the session.
  const sql = postgres(ownerUrl, { max: 1, onnotice: () => {}, connect_timeout: 10 });
  try {
    await sql`select pg_advisory_lock(${lockNumber})`;
    const made = await ensureRoles(sql);
    say(made.length > 0 ? `roles: made ${made.join(', ')}` : 'roles: all there');
    await becomeOwner(sql);
    const before = await countApplied(sql);
    await migrate(drizzle(sql), { migrationsFolder: join(import.meta.dirname, 'migrations') });
    const after = await countApplied(sql);
    say(`catalogue: ${after - before} migration(s) applied, ${after} in all`);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Whoever migrates, app_owner owns the tables: it is nobody's login. */
async function becomeOwner(sql: postgres.Sql): Promise<void> {
  try {
    const [session] = await sql<{ user: string; database: string; member: boolean }[]>`
      select quote_ident(current_user) as user, quote_ident(current_database()) as database,
        pg_has_role(current_user, 'app_owner', 'set') as member`;
    const { user, database, member } = session!;
    if (!member) await sql.unsafe(`grant app_owner to ${user} with set true`);
    await sql.unsafe(`grant create on database ${database} to app_owner`);
    await sql.unsafe('grant create, usage on schema public to app_owner');
    await sql.unsafe('revoke all on schema public from public');
    await sql.unsafe('grant usage on schema public to app_user, app_worker, app_search');
    const [search] = await sql<{ member: boolean }[]>`
      select pg_has_role('app_user', 'app_search', 'set') as member`;
    if (!search!.member) {
      await sql.unsafe('grant app_search to app_user with inherit false, set true');
    }
    await sql`set role app_owner`;
  } catch (cause) {
    if (sqlState(cause) !== '42501') throw cause;
    throw new AppError(
      'forbidden',
      'This database user may not act as app_owner. Migrate as the owner of the database or as a superuser; the portal and the worker have roles of their own.',
      { cause },
    );
  }
}

async function countApplied(sql: postgres.Sql): Promise<number> {
  const [table] = await sql`select to_regclass('drizzle.__drizzle_migrations') as name`;
  if (table?.name === null) return 0;
  const [row] = await sql`select count(*)::int as applied from drizzle.__drizzle_migrations`;
  return row?.applied ?? 0;
}

/** `npm run migrate`: 0 done, 1 refused or unreachable, 2 configuration. */
async function main(): Promise<void> {
  let url: string;
  try {
    url = readMigrateConfig().databaseUrl;
  } catch (err) {
    exitOnBadConfig(err);
  }
  try {
    await migrateCatalogue(url, (line) => process.stdout.write(`${line}\n`));
  } catch (err) {
    const state = sqlState(err);
    const reason = describeError(mapDatabaseError(err));
    process.stderr.write(
      `The catalogue was not migrated${state ? ` (${state})` : ''}: ${reason}\n`,
    );
    process.exitCode = 1;
  }
}

if (import.meta.main) await main();
