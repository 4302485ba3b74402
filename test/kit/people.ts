import type { MemberRole } from '#db/enums.ts';
import { newId } from '#lib/core/ids.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import type { Invitee } from '#lib/services/invitations/accept.ts';
import { wholeReach } from '#lib/services/reach.ts';
import type { TestDatabase } from './database.ts';
import type { World } from './msp.ts';

/** Somebody whom a sign-in has proven, at home in this organisation. */
export function signedIn(displayName = 'Jon Berg', tid = newId(), oid = newId()): Invitee {
  return { userId: newId(), subject: `${tid}.${oid}`, displayName };
}

/** A member whose row is there, and the context of their requests. */
export async function createMember(
  db: TestDatabase,
  world: World,
  role: MemberRole,
  customers: string[] | null = null,
): Promise<{ subject: string; ctx: ServiceContext }> {
  const subject = `${newId()}.${newId()}`;
  await db.owner`insert into members (msp_id, subject, name, role, customers, enrolled_at)
    values (${world.mspId}, ${subject}, 'Jon Berg', ${role}, ${customers}, now())`;
  const ctx = world.as(role);
  const reach = customers === null ? wholeReach : { customers, mailboxes: 'all' as const };
  const actor = { kind: 'user' as const, userId: newId(), subject, role, reach };
  return { subject, ctx: { ...ctx, actor } };
}

/** Signs an account in, in a browser of its own. */
export async function createSession(
  db: TestDatabase,
  subject: string,
  more: { expiresAt?: string; browser?: string } = {},
): Promise<string> {
  const id = newId();
  const [known] =
    await db.owner`select user_id from accounts where provider_account_id = ${subject}`;
  const userId: string = known?.user_id ?? newId();
  if (known === undefined) {
    await db.owner`insert into users (id, name, created_at) values (${userId}, 'Jon Berg', now())`;
    await db.owner`insert into accounts (provider, provider_account_id, user_id)
      values ('entra', ${subject}, ${userId})`;
  }
  const expiresAt = more.expiresAt ?? '2030-01-01T00:00:00Z';
  await db.owner`insert into sessions (token_hash, id, user_id, administrator, created_at, expires_at, browser)
    values (${Buffer.from(newId())}, ${id}, ${userId}, false, now(), ${expiresAt}, ${more.browser ?? ''})`;
  return id;
}

export async function sessionsOf(db: TestDatabase, subject: string): Promise<number> {
  const rows = await db.owner`select 1 from sessions s join accounts a on a.user_id = s.user_id
    where a.provider_account_id = ${subject}`;
  return rows.length;
}
