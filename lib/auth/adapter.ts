import { createHash } from 'node:crypto';
import { and, eq, gt, lt } from 'drizzle-orm';
import type { Adapter, AdapterAccount, AdapterUser } from 'next-auth/adapters';
import type { Database } from '#db/client.ts';
import { accounts, sessions, users } from '#db/schema/sign-in.ts';
import type { Clock } from '#lib/core/clock.ts';
import { AppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';

/** A user as next-auth hands it on, with the one thing that identifies it. */
export interface SignedInUser extends AdapterUser {
  /** `tid.oid` */
  subject: string;
  /** Of the session it was read with; absent for a user read without one. */
  administrator?: boolean;
  sessionId?: string;
}

export interface AdapterOptions {
  db: Database;
  clock: Clock;
  /**
   * True for the request that ends a sign-in. next-auth would add the account that just signed in
   * to the user whose session the browser still has: two people in one user. So that session ends
   * there, and the account gets its own.
   */
  signingIn: boolean;
  /** Did the id token of this sign-in name a role that may consent? Asked by `tid.oid`. */
  administrator: (subject: string) => boolean;
  /** What the browser of this request calls itself, for people to know it again in a list. */
  browser: string;
}

/** Often enough for a list to be right by the minute, seldom enough not to write at every request. */
const seenEveryMs = 60_000;

function hashToken(token: string): Uint8Array {
  return createHash('sha256').update(token).digest();
}

/** Entra's address of a person is no proof of anything, so none is kept. */
function asUser(row: { id: string; name: string; subject: string }): SignedInUser {
  return { id: row.id, name: row.name, subject: row.subject, email: '', emailVerified: null };
}

/**
 * The tables of `db/schema/sign-in.ts` for next-auth. Session tokens are kept as hashes, Microsoft's
 * tokens are not kept at all, and a user has exactly one account.
 */
export function createAdapter(options: AdapterOptions): Adapter {
  const { db, clock, signingIn, administrator, browser } = options;
  const columns = { id: users.id, name: users.name, subject: accounts.providerAccountId };

  const endSession = (token: string) =>
    db.transaction(async (tx) => {
      await tx.delete(sessions).where(eq(sessions.tokenHash, hashToken(token)));
    });

  return {
    createUser: async (user: Omit<AdapterUser, 'id'>) => {
      const row = { id: newId(), name: user.name ?? 'Unnamed', createdAt: clock.now() };
      await db.transaction((tx) => tx.insert(users).values(row));
      return { ...row, email: '', emailVerified: null };
    },

    getUser: (userId) =>
      db.transaction(async (tx) => {
        const [row] = await tx
          .select(columns)
          .from(users)
          .innerJoin(accounts, eq(accounts.userId, users.id))
          .where(eq(users.id, userId));
        return row === undefined ? null : asUser(row);
      }),

    getUserByEmail: () => null,

    getUserByAccount: ({ provider, providerAccountId }) =>
      db.transaction(async (tx) => {
        const [row] = await tx
          .select(columns)
          .from(accounts)
          .innerJoin(users, eq(users.id, accounts.userId))
          .where(
            and(eq(accounts.provider, provider), eq(accounts.providerAccountId, providerAccountId)),
          );
        return row === undefined ? null : asUser(row);
      }),

    updateUser: (change) =>
      db.transaction(async (tx) => {
        if (change.name) {
          await tx.update(users).set({ name: change.name }).where(eq(users.id, change.id));
        }
        return { ...change, email: '', emailVerified: null } as AdapterUser;
      }),

    linkAccount: async ({ userId, provider, providerAccountId }: AdapterAccount) => {
      await db.transaction(async (tx) => {
        const [other] = await tx
          .select({ userId: accounts.userId })
          .from(accounts)
          .where(eq(accounts.userId, userId));
        if (other !== undefined) {
          throw new AppError('forbidden', 'A user has one account. Sign out first.');
        }
        await tx.insert(accounts).values({ userId, provider, providerAccountId });
      });
      return undefined;
    },

    createSession: async (session) => {
      const now = clock.now();
      await db.transaction(async (tx) => {
        await tx.delete(sessions).where(lt(sessions.expiresAt, now));
        const [account] = await tx
          .select({ subject: accounts.providerAccountId })
          .from(accounts)
          .where(eq(accounts.userId, session.userId));
        await tx.insert(sessions).values({
          tokenHash: hashToken(session.sessionToken),
          id: newId(),
          userId: session.userId,
          administrator: account !== undefined && administrator(account.subject),
          createdAt: now,
          expiresAt: session.expires,
          lastSeenAt: now,
          browser: browser.slice(0, 300),
        });
      });
      return session;
    },

    getSessionAndUser: async (sessionToken) => {
      if (signingIn) {
        await endSession(sessionToken);
        return null;
      }
      return await db.transaction(async (tx) => {
        const [row] = await tx
          .select({
            ...columns,
            expires: sessions.expiresAt,
            administrator: sessions.administrator,
            sessionId: sessions.id,
            lastSeenAt: sessions.lastSeenAt,
          })
          .from(sessions)
          .innerJoin(users, eq(users.id, sessions.userId))
          .innerJoin(accounts, eq(accounts.userId, users.id))
          .where(
            and(
              eq(sessions.tokenHash, hashToken(sessionToken)),
              gt(sessions.expiresAt, clock.now()),
            ),
          );
        if (row === undefined) return null;
        const now = clock.now();
        if (now.getTime() - (row.lastSeenAt?.getTime() ?? 0) >= seenEveryMs) {
          await tx
            .update(sessions)
            .set({ lastSeenAt: now })
            .where(eq(sessions.tokenHash, hashToken(sessionToken)));
        }
        const { administrator, sessionId } = row;
        const session = { sessionToken, userId: row.id, expires: row.expires };
        return { session, user: { ...asUser(row), administrator, sessionId } };
      });
    },

    // A session ends 12 hours after sign-in, however busy it is.
    updateSession: () => null,

    deleteSession: (sessionToken) => endSession(sessionToken),
  };
}
