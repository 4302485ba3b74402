import { and, desc, eq, gt, inArray, isNull, max, ne, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { members } from '#db/schema/msps.ts';
import { customerPeople } from '#db/schema/people.ts';
import { accounts, sessions, users } from '#db/schema/sign-in.ts';
import { tenants } from '#db/schema/tenants.ts';
import { hasPlace } from '../places/rules.ts';

/**
 * Sign-in knows no MSP, so no policy stands behind these tables: every query goes through subjects
 * that were found among the members and people of one.
 */

const usersOf = (tx: Transaction, subject: string) =>
  tx.select({ id: accounts.userId }).from(accounts).where(eq(accounts.providerAccountId, subject));

/** Signs an account out everywhere, or everywhere but in one session; tells how many that were. */
export async function endSessionsOf(
  tx: Transaction,
  subject: string,
  except?: string,
): Promise<number> {
  const ended = await tx
    .delete(sessions)
    .where(
      and(
        inArray(sessions.userId, usersOf(tx, subject)),
        except === undefined ? undefined : ne(sessions.id, except),
      ),
    )
    .returning({ id: sessions.id });
  return ended.length;
}

export async function endSessionRow(tx: Transaction, sessionId: string): Promise<boolean> {
  const ended = await tx
    .delete(sessions)
    .where(eq(sessions.id, sessionId))
    .returning({ id: sessions.id });
  return ended.length > 0;
}

/** Whose session that is; undefined when it has ended or never was. */
export async function findSessionSubject(
  tx: Transaction,
  sessionId: string,
  now: Date,
): Promise<string | undefined> {
  const [row] = await tx
    .select({ subject: accounts.providerAccountId })
    .from(sessions)
    .innerJoin(accounts, eq(accounts.userId, sessions.userId))
    .where(and(eq(sessions.id, sessionId), gt(sessions.expiresAt, now)));
  return row?.subject;
}

/** When each of these was last seen in a session that still lives. */
export async function lastSeenOf(
  tx: Transaction,
  subjects: readonly string[],
  now: Date,
): Promise<Map<string, Date>> {
  if (subjects.length === 0) return new Map();
  const rows = await tx
    .select({
      subject: accounts.providerAccountId,
      seen: max(sessions.lastSeenAt),
      began: max(sessions.createdAt),
    })
    .from(sessions)
    .innerJoin(accounts, eq(accounts.userId, sessions.userId))
    .where(and(inArray(accounts.providerAccountId, [...subjects]), gt(sessions.expiresAt, now)))
    .groupBy(accounts.providerAccountId);
  return new Map(rows.map((row) => [row.subject, row.seen ?? row.began!]));
}

/** Living sessions of these subjects, the latest first. */
export async function listSessionRows(tx: Transaction, subjects: readonly string[], now: Date) {
  if (subjects.length === 0) return [];
  return await tx
    .select({
      id: sessions.id,
      subject: accounts.providerAccountId,
      name: users.name,
      browser: sessions.browser,
      createdAt: sessions.createdAt,
      lastSeenAt: sessions.lastSeenAt,
      expiresAt: sessions.expiresAt,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .innerJoin(accounts, eq(accounts.userId, sessions.userId))
    .where(and(inArray(accounts.providerAccountId, [...subjects]), gt(sessions.expiresAt, now)))
    .orderBy(desc(sessions.lastSeenAt), desc(sessions.createdAt), desc(sessions.id))
    .limit(500);
}

/**
 * For which MSP each of these works, as `places/find` has it; who is nobody's staff is missing. An
 * account has one place: who left for another MSP, or works for one, is signed in there and not here.
 */
export async function workplacesOf(
  tx: Transaction,
  subjects: readonly string[],
): Promise<Map<string, string>> {
  if (subjects.length === 0) return new Map();
  const rows = await tx.execute<{ subject: string; msp_id: string }>(
    sql`select subject, msp_id from workplaces(array[${sql.join(
      [...new Set(subjects)].map((subject) => sql`${subject}`),
      sql`, `,
    )}]::text[])`,
  );
  return new Map(rows.map((row) => [row.subject, row.msp_id]));
}

/** Everybody who can be signed in: members of an MSP, and the people of its customers in reach. */
export async function listKnown(tx: Transaction, mspId: string, subject?: string) {
  const staff = await tx
    .select({
      subject: members.subject,
      name: members.name,
      role: members.role,
      customers: members.customers,
    })
    .from(members)
    .where(
      and(
        eq(members.mspId, mspId),
        isNull(members.disabledAt),
        subject === undefined ? undefined : eq(members.subject, subject),
      ),
    );
  const people = await tx
    .select({
      subject: customerPeople.subject,
      name: customerPeople.name,
      role: customerPeople.role,
      byDoor: customerPeople.byDoor,
      disabledAt: customerPeople.disabledAt,
      tenantId: customerPeople.tenantId,
      customer: {
        name: tenants.name,
        state: tenants.state,
        entraTid: tenants.entraTid,
        selfService: tenants.selfService,
      },
    })
    .from(customerPeople)
    .innerJoin(
      tenants,
      and(eq(tenants.mspId, customerPeople.mspId), eq(tenants.id, customerPeople.tenantId)),
    )
    .where(
      and(
        eq(customerPeople.mspId, mspId),
        isNull(customerPeople.disabledAt),
        subject === undefined ? undefined : eq(customerPeople.subject, subject),
      ),
    );
  return [
    ...staff.map((row) => ({ ...row, isStaff: true, tenantId: null, customerName: null })),
    ...people
      .filter((row) => hasPlace(row.customer, row))
      .map(({ customer, byDoor: _, disabledAt: __, ...row }) => ({
        ...row,
        isStaff: false,
        customers: [row.tenantId],
        customerName: customer.name,
      })),
  ];
}

export type Known = Awaited<ReturnType<typeof listKnown>>[number];
