import { and, desc, eq, gte, inArray, isNotNull, or, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { customerFigures, incidentNotes } from '#db/schema/figures.ts';
import { mailboxes } from '#db/schema/mailboxes.ts';
import { members } from '#db/schema/msps.ts';
import { runs } from '#db/schema/runs.ts';
import { connectLinks, tenants } from '#db/schema/tenants.ts';
import { isRefusalCode, refusalSentence } from '../connect/refusals.ts';
import { isLate } from '../mailboxes/health.ts';
import type { DeadLink, LateGroup, LeaverFacts, TroubledGroup } from './rules.ts';

/** As the index `mailboxes_in_trouble` says it: literals, so that Postgres sees that it serves. */
const inTrouble = sql`(${mailboxes.state} = 'discovered' or (${mailboxes.state} = 'protected' and (${mailboxes.lastGoodAt} is null or ${mailboxes.lastOutcome} not like 'done%')))`;

const ofTenant = (tenantId: string | null) =>
  tenantId === null ? undefined : eq(mailboxes.tenantId, tenantId);

/** Mailboxes that need somebody, by customer and cause. */
export async function troubledMailboxes(
  tx: Transaction,
  mspId: string,
  tenantId: string | null,
): Promise<TroubledGroup[]> {
  const cause = sql<string>`case when ${mailboxes.state} = 'discovered' then 'not-covered' when ${mailboxes.lastOutcome} is null or ${mailboxes.lastOutcome} like 'done%' then 'first' else ${mailboxes.lastOutcome} end`;
  return await tx
    .select({
      tenantId: mailboxes.tenantId,
      cause: cause.as('cause'),
      count: sql<number>`count(*)::int`,
      never: sql<number>`(count(*) filter (where ${mailboxes.state} = 'protected' and ${mailboxes.lastGoodAt} is null))::int`,
      archives: sql<number>`(count(*) filter (where ${mailboxes.kind} = 'archive'))::int`,
      oldestGoodAt: sql<Date | null>`min(${mailboxes.lastGoodAt})`.mapWith(mailboxes.lastGoodAt),
      mailboxId: sql<string>`min(${mailboxes.id}::text)`,
      name: sql<string>`min(${mailboxes.displayName})`,
    })
    .from(mailboxes)
    .where(and(eq(mailboxes.mspId, mspId), ofTenant(tenantId), inTrouble))
    .groupBy(mailboxes.tenantId, sql`2`);
}

/**
 * Mailboxes whose good copy is older than their customer's target.
 * @param cutoffs only of the customers where one may be
 */
export async function lateMailboxes(
  tx: Transaction,
  mspId: string,
  cutoffs: readonly { tenantId: string; before: Date }[],
): Promise<LateGroup[]> {
  if (cutoffs.length === 0) return [];
  const list = sql.join(
    cutoffs.map(
      ({ tenantId, before }) => sql`(${tenantId}::uuid, ${before.toISOString()}::timestamptz)`,
    ),
    sql`, `,
  );
  const late = isLate(sql`c.before`);
  return await tx
    .select({
      tenantId: mailboxes.tenantId,
      late: sql<number>`(count(*) filter (where ${late}))::int`,
      outside: sql<number>`(count(*) filter (where ${mailboxes.lastGoodAt} is null or ${mailboxes.lastGoodAt} < c.before))::int`,
      oldestGoodAt: sql<Date | null>`min(${mailboxes.lastGoodAt}) filter (where ${late})`.mapWith(
        mailboxes.lastGoodAt,
      ),
      mailboxId: sql<string | null>`min(${mailboxes.id}::text) filter (where ${late})`,
      name: sql<string | null>`min(${mailboxes.displayName}) filter (where ${late})`,
    })
    .from(mailboxes)
    .innerJoin(
      sql`(values ${list}) as c(tenant_id, before)`,
      sql`c.tenant_id = ${mailboxes.tenantId}`,
    )
    .where(and(eq(mailboxes.mspId, mspId), sql`${mailboxes.state} = 'protected'`))
    .groupBy(mailboxes.tenantId);
}

/** So many who left at once are one event, which the list of leavers shows. */
const leaversMax = 1_000;

/** Mailboxes whose owners left since then. */
export async function recentLeavers(
  tx: Transaction,
  mspId: string,
  since: Date,
  tenantId: string | null,
): Promise<LeaverFacts[]> {
  const rows = await tx
    .select({
      tenantId: mailboxes.tenantId,
      mailboxId: mailboxes.id,
      name: mailboxes.displayName,
      sealedAt: mailboxes.sealedAt,
      lastGoodAt: mailboxes.lastGoodAt,
    })
    .from(mailboxes)
    .where(
      and(
        eq(mailboxes.mspId, mspId),
        ofTenant(tenantId),
        sql`${mailboxes.state} = 'sealed'`,
        gte(mailboxes.sealedAt, since),
        // Whoever disconnected a customer knows that nobody there is copied any more.
        sql`${mailboxes.sealedCause} is distinct from 'disconnected'`,
      ),
    )
    .orderBy(desc(mailboxes.sealedAt))
    .limit(leaversMax);
  return rows.map((row) => ({ ...row, sealedAt: row.sealedAt! }));
}

/** Newest links of these customers that lead nowhere any more. */
export async function deadLinks(
  tx: Transaction,
  mspId: string,
  tenantIds: readonly string[],
  now: Date,
): Promise<DeadLink[]> {
  if (tenantIds.length === 0) return [];
  const rows = await tx
    .selectDistinctOn([connectLinks.tenantId], {
      tenantId: connectLinks.tenantId,
      app: connectLinks.app,
      step: connectLinks.step,
      refusal: connectLinks.refusal,
      facts: connectLinks.refusalFacts,
      createdAt: connectLinks.createdAt,
      expiresAt: connectLinks.expiresAt,
      customerName: tenants.name,
    })
    .from(connectLinks)
    .innerJoin(tenants, eq(tenants.id, connectLinks.tenantId))
    .where(and(eq(connectLinks.mspId, mspId), inArray(connectLinks.tenantId, [...tenantIds])))
    .orderBy(connectLinks.tenantId, desc(connectLinks.createdAt));
  return rows.flatMap((link): DeadLink[] => {
    const { tenantId, app, step, refusal: code, facts, customerName } = link;
    if (step === 'connected') return [];
    const isOver = link.expiresAt <= now;
    if (!isOver && step !== 'refused') return [];
    const refusal =
      step === 'refused' && code !== null && isRefusalCode(code)
        ? refusalSentence(code, { customerName, ...facts })
        : null;
    const at = isOver ? link.expiresAt : link.createdAt;
    return [{ tenantId, app, why: isOver ? 'expired' : 'refused', refusal, at }];
  });
}

export async function listNotes(tx: Transaction, mspId: string, tenantId: string | null) {
  return await tx
    .select({ note: incidentNotes, takenByName: members.name })
    .from(incidentNotes)
    .leftJoin(
      members,
      and(eq(members.mspId, incidentNotes.mspId), eq(members.subject, incidentNotes.takenBy)),
    )
    .where(
      and(
        eq(incidentNotes.mspId, mspId),
        tenantId === null ? undefined : eq(incidentNotes.tenantId, tenantId),
        or(
          sql`${incidentNotes.takenBy} is not null`,
          sql`${incidentNotes.snoozedUntil} is not null`,
          sql`${incidentNotes.ticket} is not null`,
        ),
      ),
    );
}

/**
 * @param unlessTaken changes nothing where somebody else than that has taken the incident
 * @returns false where nothing was changed
 */
export async function saveNote(
  tx: Transaction,
  key: { mspId: string; tenantId: string; cause: string },
  change: Partial<typeof incidentNotes.$inferInsert> & { changedAt: Date },
  unlessTaken?: { by: string },
): Promise<boolean> {
  const isFree =
    unlessTaken &&
    sql`${incidentNotes.takenBy} is null or ${incidentNotes.takenBy} = ${unlessTaken.by}`;
  const rows = await tx
    .insert(incidentNotes)
    .values({ ...key, ...change })
    .onConflictDoUpdate({
      target: [incidentNotes.tenantId, incidentNotes.cause],
      set: change,
      ...(isFree && { setWhere: isFree }),
    })
    .returning({ cause: incidentNotes.cause });
  return rows.length > 0;
}

/** Runs since then by the slot they began in, and how they went. */
export async function countNight(tx: Transaction, mspId: string, from: Date, slotMs: number) {
  const start = from.toISOString();
  const slot = sql<number>`floor(extract(epoch from ${runs.createdAt} - ${start}::timestamptz) * 1000 / ${sql.raw(String(slotMs))})::int`;
  const inStates = (states: string) =>
    sql<number>`(count(*) filter (where ${runs.state} in (${sql.raw(states)})))::int`;
  return await tx
    .select({
      slot: slot.as('slot'),
      complete: inStates("'done', 'incomplete'"),
      running: inStates("'queued', 'running', 'paused'"),
      stopped: inStates("'failed', 'cancelled'"),
    })
    .from(runs)
    .where(and(eq(runs.mspId, mspId), gte(runs.createdAt, from)))
    .groupBy(sql`1`)
    .orderBy(sql`1`);
}

/** Of the customers' usual times between two good copies, the one in the middle. */
export async function medianGap(tx: Transaction, mspId: string): Promise<number | null> {
  const [row] = await tx
    .select({
      gap: sql<
        number | null
      >`percentile_disc(0.5) within group (order by ${customerFigures.medianGapMs})`.mapWith(
        Number,
      ),
    })
    .from(customerFigures)
    .where(and(eq(customerFigures.mspId, mspId), isNotNull(customerFigures.medianGapMs)));
  return row?.gap ?? null;
}
