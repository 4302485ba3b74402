import { and, asc, desc, eq, inArray, isNull, lt, or, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { apiAllowances, apiAnswers, apiKeys } from '#db/schema/api-keys.ts';
import { members } from '#db/schema/msps.ts';
import { tenants } from '#db/schema/tenants.ts';
import { notFound } from '../input.ts';

export type KeyRow = typeof apiKeys.$inferSelect;

const isKey = (mspId: string, keyId: string) =>
  and(eq(apiKeys.mspId, mspId), eq(apiKeys.id, keyId));

export async function addKey(tx: Transaction, row: typeof apiKeys.$inferInsert): Promise<void> {
  await tx.insert(apiKeys).values(row);
}

/** Before its MSP is known; only inside `withDoor` of that hash. */
export async function findKeyByHash(tx: Transaction, hash: string): Promise<KeyRow | undefined> {
  const [row] = await tx.select().from(apiKeys).where(eq(apiKeys.secretHash, hash));
  return row;
}

export async function lockKey(tx: Transaction, mspId: string, keyId: string): Promise<KeyRow> {
  const [row] = await tx.select().from(apiKeys).where(isKey(mspId, keyId)).for('update');
  if (row === undefined) throw notFound();
  return row;
}

/** Those that work first, then newest first, each with the name of who made it. */
export async function listKeyRows(tx: Transaction, mspId: string) {
  return await tx
    .select({ key: apiKeys, maker: members.name, makerDisabledAt: members.disabledAt })
    .from(apiKeys)
    .leftJoin(
      members,
      and(eq(members.mspId, apiKeys.mspId), eq(members.subject, apiKeys.createdBy)),
    )
    .where(eq(apiKeys.mspId, mspId))
    .orderBy(sql`${apiKeys.revokedAt} is not null`, desc(apiKeys.createdAt), desc(apiKeys.id));
}

export async function revokeKeyRow(
  tx: Transaction,
  mspId: string,
  keyId: string,
  at: Date,
): Promise<void> {
  await tx.update(apiKeys).set({ revokedAt: at }).where(isKey(mspId, keyId));
}

/** Ends every key that somebody made; tells how many of them still opened something. */
export async function revokeKeysBy(
  tx: Transaction,
  by: { mspId: string; subject: string },
  at: Date,
): Promise<number> {
  const ended = await tx
    .update(apiKeys)
    .set({ revokedAt: at })
    .where(
      and(
        eq(apiKeys.mspId, by.mspId),
        eq(apiKeys.createdBy, by.subject),
        isNull(apiKeys.revokedAt),
      ),
    )
    .returning({ expiresAt: apiKeys.expiresAt });
  return ended.filter(({ expiresAt }) => expiresAt === null || expiresAt > at).length;
}

/** Not at every request: that it was used in this minute is all anybody wants to know. */
export async function noteUse(
  tx: Transaction,
  mspId: string,
  keyId: string,
  at: Date,
  unlessSince: Date,
): Promise<void> {
  await tx
    .update(apiKeys)
    .set({ lastUsedAt: at })
    .where(
      and(isKey(mspId, keyId), or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, unlessSince))),
    );
}

/** Whoever made a key, as they are now; nothing where they work here no longer. */
export async function findMaker(tx: Transaction, mspId: string, subject: string) {
  const [row] = await tx
    .select({ role: members.role, customers: members.customers })
    .from(members)
    .where(and(eq(members.mspId, mspId), eq(members.subject, subject), isNull(members.disabledAt)));
  return row;
}

/** Of these customers, those that are there. */
export async function namesOfCustomers(
  tx: Transaction,
  mspId: string,
  ids: readonly string[] | 'all',
): Promise<{ id: string; name: string }[]> {
  return await tx
    .select({ id: tenants.id, name: tenants.name })
    .from(tenants)
    .where(and(eq(tenants.mspId, mspId), ids === 'all' ? undefined : inArray(tenants.id, [...ids])))
    .orderBy(asc(sql`lower(${tenants.name})`), asc(tenants.id));
}

export interface Bucket {
  /** Most requests at once. */
  size: number;
  perSecond: number;
}

/**
 * Takes one from the bucket of a key, in one statement, so that requests which come at once cannot
 * all take the last.
 * @returns what is left; negative where there was none, and then nothing was taken
 */
export async function takeToken(
  tx: Transaction,
  key: { mspId: string; keyId: string },
  bucket: Bucket,
  now: Date,
): Promise<number> {
  const at = sql`${now.toISOString()}::timestamptz`;
  // A clock that went back fills nothing, and empties nothing.
  const filled = sql`least(${bucket.size}::real, ${apiAllowances.tokens} + greatest(0, extract(epoch from ${at} - ${apiAllowances.at})::real) * ${bucket.perSecond}::real)`;
  const [row] = await tx
    .insert(apiAllowances)
    .values({ ...key, tokens: bucket.size - 1, at: now })
    .onConflictDoUpdate({
      target: [apiAllowances.mspId, apiAllowances.keyId],
      set: {
        tokens: sql`${filled} - 1`,
        at: now,
      },
      setWhere: sql`${filled} >= 1`,
    })
    .returning({ tokens: apiAllowances.tokens });
  if (row !== undefined) return row.tokens;
  const [short] = await tx
    .select({ tokens: sql<number>`${filled} - 1` })
    .from(apiAllowances)
    .where(and(eq(apiAllowances.mspId, key.mspId), eq(apiAllowances.keyId, key.keyId)));
  return Math.min(short?.tokens ?? -1, -0.001);
}

export type AnswerRow = typeof apiAnswers.$inferSelect;

export interface AnswerKey {
  mspId: string;
  keyId: string;
  idempotencyKey: string;
}

const isAnswer = (key: AnswerKey) =>
  and(
    eq(apiAnswers.mspId, key.mspId),
    eq(apiAnswers.keyId, key.keyId),
    eq(apiAnswers.idempotencyKey, key.idempotencyKey),
  );

export async function dropExpiredAnswers(tx: Transaction, mspId: string, now: Date): Promise<void> {
  await tx
    .delete(apiAnswers)
    .where(and(eq(apiAnswers.mspId, mspId), lt(apiAnswers.expiresAt, now)));
}

/** True when nobody has claimed this key before: exactly one of several at once. */
export async function addAnswer(
  tx: Transaction,
  row: typeof apiAnswers.$inferInsert,
): Promise<boolean> {
  const rows = await tx
    .insert(apiAnswers)
    .values(row)
    .onConflictDoNothing()
    .returning({ key: apiAnswers.idempotencyKey });
  return rows.length > 0;
}

export async function findAnswer(tx: Transaction, key: AnswerKey): Promise<AnswerRow | undefined> {
  const [row] = await tx.select().from(apiAnswers).where(isAnswer(key));
  return row;
}

export async function saveAnswer(
  tx: Transaction,
  key: AnswerKey,
  answer: { status: number; body: unknown; location: string | null },
): Promise<void> {
  await tx.update(apiAnswers).set(answer).where(isAnswer(key));
}

export async function dropAnswer(tx: Transaction, key: AnswerKey): Promise<void> {
  await tx.delete(apiAnswers).where(isAnswer(key));
}
