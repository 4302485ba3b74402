import { createHash } from 'node:crypto';
import type { BrowserContext } from 'playwright-core';
import postgres from 'postgres';
import { newId, newToken } from '#lib/core/ids.ts';

export interface TestSession {
  /** What the browser holds. */
  token: string;
  sessionId: string;
  userId: string;
  /** For `fetch`. */
  cookie: string;
}

/** The name of the session's cookie over http, where no prefix is accepted. */
export const sessionCookie = 'holdfast.session';

/**
 * A session as sign-in leaves it, without the way through Microsoft's pages.
 * @param ownerUrl an owner of the catalogue, `House.ownerUrl`
 * @param subject `tid.oid`
 */
export async function beginSession(
  ownerUrl: string,
  person: { subject: string; name: string; administrator?: boolean; hours?: number },
): Promise<TestSession> {
  const sql = postgres(ownerUrl, { max: 1, onnotice: () => {} });
  try {
    const [known] = await sql<{ user_id: string }[]>`
      select user_id from accounts where provider_account_id = ${person.subject}`;
    const userId = known?.user_id ?? newId();
    if (!known) {
      await sql`insert into users (id, name, created_at) values (${userId}, ${person.name}, now())`;
      await sql`insert into accounts (provider, provider_account_id, user_id)
        values ('entra', ${person.subject}, ${userId})`;
    }
    const token = newToken();
    const sessionId = newId();
    const hash = createHash('sha256').update(token).digest();
    await sql`insert into sessions (token_hash, id, user_id, administrator, created_at, expires_at)
      values (${hash}, ${sessionId}, ${userId}, ${person.administrator ?? false}, now(),
        now() + make_interval(hours => ${person.hours ?? 12}))`;
    return { token, sessionId, userId, cookie: `${sessionCookie}=${token}` };
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Gives a browser that session, and the zone that it would otherwise tell at its first page. */
export async function wear(
  context: BrowserContext,
  portalUrl: string,
  session: TestSession,
): Promise<void> {
  await context.addCookies([
    { name: sessionCookie, value: session.token, url: portalUrl, httpOnly: true, sameSite: 'Lax' },
    { name: 'zone', value: 'Europe/Vienna', url: portalUrl },
  ]);
}
