import { createHash } from 'node:crypto';
import { and, eq, gt, inArray, isNull, lte, or, sql } from 'drizzle-orm';
import type { Database, Transaction } from '#db/client.ts';
import type { EntraApp } from '#db/enums.ts';
import { apiKeys } from '#db/schema/api-keys.ts';
import { mailboxes } from '#db/schema/mailboxes.ts';
import { msps } from '#db/schema/msps.ts';
import {
  connectDoors,
  connections,
  connectLinks,
  type Proof,
  tenants,
} from '#db/schema/tenants.ts';
import { newId } from '#lib/core/ids.ts';
import { withDoor, withScope } from '../transaction.ts';

export type LinkRow = typeof connectLinks.$inferSelect;

export interface LinkScope {
  mspId: string;
  tenantId: string;
  linkId: string;
}

/** Tokens and states have 256 random bits, so a plain hash is enough to keep them. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** The link a token or state belongs to; undefined when the secret is not one of ours. */
export async function findDoor(db: Database, hash: string): Promise<LinkScope | undefined> {
  const [door] = await withDoor(db, hash, (tx) =>
    tx
      .select({
        mspId: connectDoors.mspId,
        tenantId: connectDoors.tenantId,
        linkId: connectDoors.linkId,
      })
      .from(connectDoors)
      .where(eq(connectDoors.hash, hash)),
  );
  return door;
}

export async function addDoor(tx: Transaction, hash: string, scope: LinkScope): Promise<void> {
  await tx.insert(connectDoors).values({ hash, ...scope });
}

export async function addLink(tx: Transaction, row: typeof connectLinks.$inferInsert) {
  await tx.insert(connectLinks).values(row);
  const scope = { mspId: row.mspId, tenantId: row.tenantId, linkId: row.id };
  await addDoor(tx, row.tokenHash, scope);
}

/**
 * Ends every link of a customer that could still be opened, with the states it sent to Microsoft. An
 * approval that came back already is checked to its end.
 */
export async function endLinks(
  tx: Transaction,
  scope: { mspId: string; tenantId: string },
  now: Date,
  linkIds: readonly string[] | 'all' = 'all',
): Promise<void> {
  await tx
    .update(connectLinks)
    .set({
      expiresAt: now,
      stateUsedAt: sql`coalesce(${connectLinks.stateUsedAt}, ${now.toISOString()})`,
    })
    .where(
      and(
        eq(connectLinks.mspId, scope.mspId),
        eq(connectLinks.tenantId, scope.tenantId),
        linkIds === 'all' ? undefined : inArray(connectLinks.id, [...linkIds]),
        isNull(connectLinks.usedAt),
        gt(connectLinks.expiresAt, now),
      ),
    );
}

/** Ends approvals that came back and are still being checked: what they were to connect is over. */
export async function endChecks(
  tx: Transaction,
  scope: { mspId: string; tenantId: string },
  now: Date,
): Promise<void> {
  await tx
    .update(connectLinks)
    .set({ step: 'refused', refusal: 'expired', refusalFacts: {}, expiresAt: now })
    .where(
      and(
        eq(connectLinks.mspId, scope.mspId),
        eq(connectLinks.tenantId, scope.tenantId),
        eq(connectLinks.step, 'checking'),
      ),
    );
}

/** Links that could still be opened, of all customers, which somebody or a key of theirs handed out. */
export async function openLinksBy(
  tx: Transaction,
  by: { mspId: string; subject: string },
  now: Date,
): Promise<{ tenantId: string; id: string }[]> {
  const keys = tx
    .select({ name: sql<string>`'key:' || ${apiKeys.id}` })
    .from(apiKeys)
    .where(and(eq(apiKeys.mspId, by.mspId), eq(apiKeys.createdBy, by.subject)));
  return await tx
    .select({ tenantId: connectLinks.tenantId, id: connectLinks.id })
    .from(connectLinks)
    .where(
      and(
        eq(connectLinks.mspId, by.mspId),
        or(eq(connectLinks.createdBy, by.subject), inArray(connectLinks.createdBy, keys)),
        isNull(connectLinks.usedAt),
        gt(connectLinks.expiresAt, now),
      ),
    )
    .orderBy(connectLinks.tenantId);
}

const isLink = (scope: LinkScope) =>
  and(
    eq(connectLinks.mspId, scope.mspId),
    eq(connectLinks.tenantId, scope.tenantId),
    eq(connectLinks.id, scope.linkId),
  );

export async function loadLink(tx: Transaction, scope: LinkScope) {
  const [row] = await tx
    .select({ link: connectLinks, tenant: tenants, mspName: msps.name })
    .from(connectLinks)
    .innerJoin(
      tenants,
      and(eq(tenants.mspId, connectLinks.mspId), eq(tenants.id, connectLinks.tenantId)),
    )
    .innerJoin(msps, eq(msps.id, connectLinks.mspId))
    .where(isLink(scope));
  return row;
}
export type LoadedLink = NonNullable<Awaited<ReturnType<typeof loadLink>>>;

/** The newest link of a customer, which is the one its waiting page tells about. */
export async function latestLink(tx: Transaction, mspId: string, tenantId: string) {
  const [row] = await tx
    .select()
    .from(connectLinks)
    .where(and(eq(connectLinks.mspId, mspId), eq(connectLinks.tenantId, tenantId)))
    .orderBy(sql`${connectLinks.createdAt} desc`)
    .limit(1);
  return row;
}

export async function updateLink(
  tx: Transaction,
  scope: LinkScope,
  change: Partial<typeof connectLinks.$inferInsert>,
): Promise<void> {
  await tx.update(connectLinks).set(change).where(isLink(scope));
}

/** The same while that approval is being checked; false when it no longer is, and nothing was changed. */
export async function updateCheck(
  tx: Transaction,
  scope: LinkScope,
  approval: Pick<LinkRow, 'stateHash'>,
  change: Partial<typeof connectLinks.$inferInsert>,
): Promise<boolean> {
  const rows = await tx
    .update(connectLinks)
    .set(change)
    .where(
      and(
        isLink(scope),
        eq(connectLinks.step, 'checking'),
        sql`${connectLinks.stateHash} is not distinct from ${approval.stateHash}`,
      ),
    )
    .returning({ id: connectLinks.id });
  return rows.length > 0;
}

/** False when it was opened before. */
export async function markOpened(tx: Transaction, scope: LinkScope, at: Date): Promise<boolean> {
  const rows = await tx
    .update(connectLinks)
    .set({ openedAt: at })
    .where(and(isLink(scope), isNull(connectLinks.openedAt)))
    .returning({ id: connectLinks.id });
  return rows.length > 0;
}

export interface StateBinding {
  stateHash: string;
  browserHash: string;
  subject: string;
}

/**
 * Uses a state up. One statement decides: of any number of returns with one state, exactly one
 * gets the row.
 */
export async function consumeState(
  tx: Transaction,
  scope: LinkScope,
  binding: StateBinding,
  now: Date,
): Promise<LinkRow | undefined> {
  const [row] = await tx
    .update(connectLinks)
    .set({ stateUsedAt: now })
    .where(
      and(
        isLink(scope),
        eq(connectLinks.stateHash, binding.stateHash),
        eq(connectLinks.browserHash, binding.browserHash),
        eq(connectLinks.adminSubject, binding.subject),
        isNull(connectLinks.stateUsedAt),
        gt(connectLinks.stateExpiresAt, now),
      ),
    )
    .returning();
  return row;
}

export async function listConnections(tx: Transaction, mspId: string, tenantId: string) {
  return await tx
    .select()
    .from(connections)
    .where(and(eq(connections.mspId, mspId), eq(connections.tenantId, tenantId)));
}

/**
 * Microsoft no longer lets our app in; what it proved before stays readable. False where that is known,
 * or where it was let in again since it was asked.
 */
export async function loseConnection(
  tx: Transaction,
  scope: { mspId: string; tenantId: string },
  app: EntraApp,
  { askedAt, at }: { askedAt: Date; at: Date },
): Promise<boolean> {
  const rows = await tx
    .update(connections)
    .set({ state: 'lost', lostAt: at })
    .where(
      and(
        eq(connections.mspId, scope.mspId),
        eq(connections.tenantId, scope.tenantId),
        eq(connections.app, app),
        eq(connections.state, 'connected'),
        or(isNull(connections.verifiedAt), lte(connections.verifiedAt, askedAt)),
      ),
    )
    .returning({ id: connections.id });
  return rows.length > 0;
}

/** Some mailbox to read a folder of, when the list of users is not what is asked about. */
export async function firstExchangeId(tx: Transaction, scope: LinkScope): Promise<string | null> {
  const [row] = await tx
    .select({ exchangeId: mailboxes.exchangeId })
    .from(mailboxes)
    .where(
      and(
        eq(mailboxes.mspId, scope.mspId),
        eq(mailboxes.tenantId, scope.tenantId),
        eq(mailboxes.state, 'protected'),
      ),
    )
    .orderBy(mailboxes.id)
    .limit(1);
  return row?.exchangeId ?? null;
}

export interface ConnectionChange {
  state: 'waiting' | 'connected' | 'refused';
  proofs: Proof[];
  refusal: string | null;
  at: Date;
}

/** One row for each app of a customer; a later approval replaces what the earlier one said. */
export async function saveConnection(
  tx: Transaction,
  scope: { mspId: string; tenantId: string },
  app: EntraApp,
  change: ConnectionChange,
): Promise<void> {
  const values = {
    state: change.state,
    proofs: change.proofs,
    refusal: change.refusal,
    verifiedAt: change.state === 'connected' ? change.at : null,
    ...(change.state === 'connected' ? { lostAt: null } : {}),
  };
  await tx
    .insert(connections)
    .values({
      mspId: scope.mspId,
      tenantId: scope.tenantId,
      id: newId(),
      app,
      createdAt: change.at,
      ...values,
    })
    .onConflictDoUpdate({ target: [connections.tenantId, connections.app], set: values });
}

/**
 * The customer of this MSP that an organisation is connected as. A read of its own over all the
 * MSP's customers: inside the scope of a link, the others do not exist.
 */
export async function linkedHere(
  db: Database,
  mspId: string,
  entraTid: string,
): Promise<{ id: string; name: string } | undefined> {
  return await withScope(db, { mspId, tenantId: null }, async (tx) => {
    const [row] = await tx
      .select({ id: tenants.id, name: tenants.name })
      .from(tenants)
      .where(
        and(
          eq(tenants.mspId, mspId),
          eq(tenants.entraTid, entraTid),
          sql`${tenants.state} in ('connected', 'consent-lost')`,
        ),
      );
    return row;
  });
}
