import {
  and,
  asc,
  count,
  countDistinct,
  desc,
  eq,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  ne,
  or,
  type SQL,
  type SQLWrapper,
  sql,
} from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import type { RunMailboxState, RunState, RunTrigger } from '#db/enums.ts';
import { olderThan } from '#db/keyset.ts';
import { mailboxes, vaults } from '#db/schema/mailboxes.ts';
import { runItems, runMailboxes, runs } from '#db/schema/runs.ts';
import { tenants } from '#db/schema/tenants.ts';
import { type AgePosition, notFound } from '../input.ts';
import { inIndexOrder } from '../transaction.ts';
import type { RunItemsWanted } from './input.ts';
import { openRunStates, type RunOutcome } from './rules.ts';

export type RunRow = typeof runs.$inferSelect;
export type RunMailboxRow = typeof runMailboxes.$inferSelect;

export interface RunKey {
  mspId: string;
  tenantId: string;
  runId: string;
}

export interface RunMailboxKey extends RunKey {
  mailboxId: string;
}

const isRun = (key: RunKey) =>
  and(eq(runs.mspId, key.mspId), eq(runs.tenantId, key.tenantId), eq(runs.id, key.runId));

const ofRun = (key: RunKey) =>
  and(
    eq(runMailboxes.mspId, key.mspId),
    eq(runMailboxes.tenantId, key.tenantId),
    eq(runMailboxes.runId, key.runId),
  );

const isRunMailbox = (key: RunMailboxKey) =>
  and(ofRun(key), eq(runMailboxes.mailboxId, key.mailboxId));

/** Runs of one policy begin one after the other, whoever asks for them. */
export async function lockPolicyRuns(tx: Transaction, policyId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${policyId}, 3))`);
}

export async function addRun(tx: Transaction, row: typeof runs.$inferInsert): Promise<void> {
  await tx.insert(runs).values(row);
}

export async function findRun(tx: Transaction, key: RunKey): Promise<RunRow | undefined> {
  const [row] = await tx.select().from(runs).where(isRun(key));
  return row;
}

export async function loadRun(tx: Transaction, key: RunKey): Promise<RunRow> {
  const row = await findRun(tx, key);
  if (row === undefined) throw notFound();
  return row;
}

export async function lockRun(tx: Transaction, key: RunKey): Promise<RunRow> {
  const [row] = await tx.select().from(runs).where(isRun(key)).for('update');
  if (row === undefined) throw notFound();
  return row;
}

export async function findOpenRun(
  tx: Transaction,
  key: { mspId: string; tenantId: string; policyId: string },
): Promise<RunRow | undefined> {
  const [row] = await tx
    .select()
    .from(runs)
    .where(
      and(
        eq(runs.mspId, key.mspId),
        eq(runs.tenantId, key.tenantId),
        eq(runs.policyId, key.policyId),
        inArray(runs.state, openRunStates),
      ),
    )
    .orderBy(asc(runs.createdAt))
    .limit(1);
  return row;
}

/**
 * Whether one of every mailbox that was asked for since then has begun, and did not fail as a whole.
 * Those that people asked for may be of some mailboxes.
 */
export async function hasWholeRunSince(
  tx: Transaction,
  { mspId, tenantId }: { mspId: string; tenantId: string },
  since: Date,
): Promise<boolean> {
  const [row] = await tx
    .select({ id: runs.id })
    .from(runs)
    .where(
      and(
        eq(runs.mspId, mspId),
        eq(runs.tenantId, tenantId),
        gte(runs.createdAt, since),
        inArray(runs.trigger, ['onboarding', 'schedule']),
        isNotNull(runs.startedAt),
        ne(runs.state, 'failed'),
      ),
    )
    .limit(1);
  return row !== undefined;
}

/** Everything of a customer that has not ended. */
export async function openRunsOf(
  tx: Transaction,
  { mspId, tenantId }: { mspId: string; tenantId: string },
): Promise<RunRow[]> {
  return await tx
    .select()
    .from(runs)
    .where(
      and(eq(runs.mspId, mspId), eq(runs.tenantId, tenantId), inArray(runs.state, openRunStates)),
    )
    .orderBy(asc(runs.createdAt));
}

/** Columns of a subquery go by their bare names, and the runs beside it have the same ones. */
const total = (column: SQLWrapper, name: string) =>
  sql<number>`coalesce(sum(${column}), 0)::bigint`.mapWith(Number).as(`sum_${name}`);

const inState = (state: RunMailboxState) =>
  sql<number>`(count(*) filter (where ${runMailboxes.state} = ${state}))::int`.as(`sum_${state}`);

const runSums = {
  mailboxes: sql<number>`count(*)::int`.as('sum_mailboxes'),
  done: inState('done'),
  failedMailboxes: inState('failed'),
  cancelledMailboxes: inState('cancelled'),
  enumerated: total(runMailboxes.enumerated, 'enumerated'),
  stored: total(runMailboxes.stored, 'stored'),
  reused: total(runMailboxes.reused, 'reused'),
  removed: total(runMailboxes.removed, 'removed'),
  skipped: total(runMailboxes.skipped, 'skipped'),
  failed: total(runMailboxes.failed, 'failed_items'),
  bytes: total(runMailboxes.bytes, 'bytes'),
  storedBytes: total(runMailboxes.storedBytes, 'stored_bytes'),
  requests: total(runMailboxes.requests, 'requests'),
};

/** Sums over the mailboxes of a run: what `runs` says of it once it ended. */
export async function sumRun(tx: Transaction, key: RunKey) {
  const [row] = await tx.select(runSums).from(runMailboxes).where(ofRun(key));
  return row!;
}

export interface RunFilter {
  /** Every customer within reach when absent. */
  tenantId?: string | undefined;
  tenantIds?: readonly string[] | undefined;
  states?: readonly RunState[] | undefined;
  trigger?: RunTrigger | undefined;
  /** Under way at some time from then on, and before `until`. */
  from?: Date | undefined;
  until?: Date | undefined;
  /** Began since. */
  since?: Date | undefined;
  /** Ended since, and did not account for all that was listed. */
  unexplainedSince?: Date | undefined;
}

/** Items that an ended run listed and did not account for. */
const unexplained = sql`${runs.enumerated} - ${runs.stored} - ${runs.reused} - ${runs.removed} - ${runs.skipped} - ${runs.failed}`;

/** Newest first, with the customer's name and, while a run goes on, the sums of its mailboxes. */
export async function listRunRows(
  tx: Transaction,
  mspId: string,
  { tenantId, tenantIds, states, trigger, from, until, since, unexplainedSince }: RunFilter,
  page: { after?: AgePosition | undefined; limit: number },
) {
  // Of a run that has ended its own row tells: the condition keeps Postgres from its mailboxes.
  const sums = tx
    .select(runSums)
    .from(runMailboxes)
    .where(
      and(
        eq(runMailboxes.mspId, runs.mspId),
        eq(runMailboxes.tenantId, runs.tenantId),
        eq(runMailboxes.runId, runs.id),
        inArray(runs.state, openRunStates),
      ),
    )
    .as('sums');
  const rows = tx
    .select({
      run: runs,
      customer: tenants.name,
      sums: {
        mailboxes: sums.mailboxes,
        done: sums.done,
        failedMailboxes: sums.failedMailboxes,
        cancelledMailboxes: sums.cancelledMailboxes,
        enumerated: sums.enumerated,
        stored: sums.stored,
        reused: sums.reused,
        removed: sums.removed,
        skipped: sums.skipped,
        failed: sums.failed,
        bytes: sums.bytes,
        storedBytes: sums.storedBytes,
        requests: sums.requests,
      },
    })
    .from(runs)
    .innerJoin(tenants, and(eq(tenants.mspId, runs.mspId), eq(tenants.id, runs.tenantId)))
    .innerJoinLateral(sums, sql`true`)
    .where(
      and(
        eq(runs.mspId, mspId),
        tenantId === undefined ? undefined : eq(runs.tenantId, tenantId),
        tenantIds === undefined ? undefined : inArray(runs.tenantId, [...tenantIds]),
        states === undefined ? undefined : inArray(runs.state, [...states]),
        trigger === undefined ? undefined : eq(runs.trigger, trigger),
        from === undefined ? undefined : or(isNull(runs.endedAt), gte(runs.endedAt, from)),
        until === undefined ? undefined : lt(runs.createdAt, until),
        since === undefined ? undefined : gte(runs.createdAt, since),
        unexplainedSince === undefined
          ? undefined
          : and(gte(runs.endedAt, unexplainedSince), gt(unexplained, 0)),
        olderThan(runs.createdAt, runs.id, page.after),
      ),
    )
    .orderBy(desc(runs.createdAt), desc(runs.id))
    .limit(page.limit);
  return await inIndexOrder(tx, async () => await rows);
}

export async function updateRun(
  tx: Transaction,
  key: RunKey,
  change: Partial<typeof runs.$inferInsert>,
): Promise<void> {
  await tx.update(runs).set(change).where(isRun(key));
}

/**
 * The lines of a run, one for each protected mailbox, spread over the shards. Those that were
 * backed up longest ago come first. Does nothing where the lines are there already.
 * @returns how many mailboxes the run has
 */
export async function planMailboxes(
  tx: Transaction,
  key: RunKey,
  wanted: { mailboxIds: readonly string[] | null; shardsOf(mailboxes: number): number },
): Promise<{ mailboxes: number; shards: number }> {
  const [planned] = await tx
    .select({
      mailboxes: count(),
      shards: sql<number>`coalesce(max(${runMailboxes.shard}) + 1, 0)::int`,
    })
    .from(runMailboxes)
    .where(ofRun(key));
  if (planned !== undefined && planned.mailboxes > 0) return planned;
  const rows = await tx
    .select({ id: mailboxes.id })
    .from(mailboxes)
    .where(
      and(
        eq(mailboxes.mspId, key.mspId),
        eq(mailboxes.tenantId, key.tenantId),
        eq(mailboxes.state, 'protected'),
        wanted.mailboxIds === null ? undefined : inArray(mailboxes.id, [...wanted.mailboxIds]),
      ),
    )
    .orderBy(sql`${mailboxes.lastGoodAt} asc nulls first`, asc(mailboxes.id));
  const shards = wanted.shardsOf(rows.length);
  for (let from = 0; from < rows.length; from += 1000) {
    await tx.insert(runMailboxes).values(
      rows.slice(from, from + 1000).map((row, index) => ({
        ...key,
        mailboxId: row.id,
        shard: (from + index) % shards,
        position: Math.floor((from + index) / shards) + 1,
      })),
    );
  }
  return { mailboxes: rows.length, shards };
}

export async function claimPage(
  tx: Transaction,
  key: RunKey,
  page: { shard: number; after: number; count: number },
): Promise<{ mailboxId: string; position: number }[]> {
  return await tx
    .select({ mailboxId: runMailboxes.mailboxId, position: runMailboxes.position })
    .from(runMailboxes)
    .where(
      and(ofRun(key), eq(runMailboxes.shard, page.shard), gt(runMailboxes.position, page.after)),
    )
    .orderBy(asc(runMailboxes.position))
    .limit(page.count);
}

export async function loadRunMailbox(tx: Transaction, key: RunMailboxKey): Promise<RunMailboxRow> {
  const [row] = await tx.select().from(runMailboxes).where(isRunMailbox(key));
  if (row === undefined) throw notFound();
  return row;
}

export async function updateRunMailbox(
  tx: Transaction,
  key: RunMailboxKey,
  change: Partial<typeof runMailboxes.$inferInsert>,
): Promise<void> {
  await tx.update(runMailboxes).set(change).where(isRunMailbox(key));
}

export interface CounterDelta {
  enumerated: number;
  stored: number;
  reused: number;
  removed: number;
  skipped: number;
  failed: number;
  bytes: number;
  requests: number;
}

export async function addCounters(
  tx: Transaction,
  key: RunMailboxKey,
  delta: CounterDelta,
): Promise<void> {
  const plus = (name: keyof CounterDelta): SQL => sql`${runMailboxes[name]} + ${delta[name]}`;
  await tx
    .update(runMailboxes)
    .set({
      enumerated: plus('enumerated'),
      stored: plus('stored'),
      reused: plus('reused'),
      removed: plus('removed'),
      skipped: plus('skipped'),
      failed: plus('failed'),
      bytes: plus('bytes'),
      requests: plus('requests'),
    })
    .where(isRunMailbox(key));
}

export async function addStoredBytes(
  tx: Transaction,
  key: RunMailboxKey,
  bytes: number,
): Promise<void> {
  await tx
    .update(runMailboxes)
    .set({ storedBytes: sql`${runMailboxes.storedBytes} + ${bytes}` })
    .where(isRunMailbox(key));
}

/** What is left of a shard when it ends is named, with the reason. */
export async function closeLeftovers(
  tx: Transaction,
  key: RunKey,
  change: { shard: number | null; state: 'failed' | 'cancelled'; cause: string; at: Date },
): Promise<void> {
  await tx
    .update(runMailboxes)
    .set({
      state: change.state,
      cause: sql`coalesce(${runMailboxes.cause}, ${change.cause})`,
      endedAt: change.at,
    })
    .where(
      and(
        ofRun(key),
        change.shard === null ? undefined : eq(runMailboxes.shard, change.shard),
        inArray(runMailboxes.state, ['waiting', 'running', 'deferred']),
      ),
    );
}

export type RunSums = Awaited<ReturnType<typeof sumRun>>;

export type RunMailboxChoice = 'all' | 'busy' | 'problems' | RunOutcome;

function itemsOf(outcome: RunOutcome): SQL {
  const { enumerated, stored, reused, removed, skipped, failed } = runMailboxes;
  switch (outcome) {
    case 'open':
      return sql`${enumerated} - ${stored} - ${reused} - ${removed} - ${skipped} - ${failed}`;
    case 'left-out':
      return sql`${skipped} + ${failed}`;
    default:
      return sql`${runMailboxes[outcome]}`;
  }
}

function chosenMailboxes(choice: RunMailboxChoice): SQL | undefined {
  if (choice === 'all') return undefined;
  if (choice !== 'busy' && choice !== 'problems') return gt(itemsOf(choice), 0);
  const states = inArray(
    runMailboxes.state,
    choice === 'busy' ? ['failed', 'running', 'deferred'] : ['failed', 'deferred'],
  );
  if (choice === 'busy') return states;
  return or(states, gt(sql`${runMailboxes.skipped} + ${runMailboxes.failed}`, 0));
}

/** How many mailboxes a run has. */
export async function countRunMailboxes(tx: Transaction, key: RunKey): Promise<number> {
  return await tx.$count(runMailboxes, ofRun(key));
}

/** In trouble first, then at work, then by name. */
export async function listRunMailboxes(
  tx: Transaction,
  key: RunKey,
  { choice, limit }: { choice: RunMailboxChoice; limit: number },
) {
  const urgency = sql`array_position(array['failed', 'running', 'deferred'], ${runMailboxes.state}::text)`;
  return await tx
    .select({
      line: runMailboxes,
      name: mailboxes.displayName,
      address: mailboxes.address,
      kind: mailboxes.kind,
    })
    .from(runMailboxes)
    .innerJoin(
      mailboxes,
      and(eq(mailboxes.tenantId, runMailboxes.tenantId), eq(mailboxes.id, runMailboxes.mailboxId)),
    )
    .where(and(ofRun(key), chosenMailboxes(choice)))
    .orderBy(
      sql`${urgency} asc nulls last`,
      asc(sql`lower(${mailboxes.displayName})`),
      asc(mailboxes.id),
    )
    .limit(limit);
}

/** The mailboxes of a run by state, each with its sums: what the lines above leave out. */
export async function sumRunByState(tx: Transaction, key: RunKey) {
  return await tx
    .select({ state: runMailboxes.state, ...runSums })
    .from(runMailboxes)
    .where(ofRun(key))
    .groupBy(runMailboxes.state);
}

/** One line for an item that was skipped or failed; a second attempt in the same run replaces it. */
export async function noteItems(
  tx: Transaction,
  rows: (typeof runItems.$inferInsert)[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx
    .insert(runItems)
    .values(rows)
    .onConflictDoUpdate({
      target: [runItems.tenantId, runItems.runId, runItems.mailboxId, runItems.sourceId],
      set: {
        folderId: sql`excluded.folder_id`,
        outcome: sql`excluded.outcome`,
        cause: sql`excluded.cause`,
        detail: sql`excluded.detail`,
        at: sql`excluded.at`,
      },
    });
}

const itemsOfRun = (key: RunKey) =>
  and(
    eq(runItems.mspId, key.mspId),
    eq(runItems.tenantId, key.tenantId),
    eq(runItems.runId, key.runId),
  );

export async function countCauses(tx: Transaction, key: RunKey) {
  return await tx
    .select({
      cause: runItems.cause,
      outcome: runItems.outcome,
      count: count(),
      mailboxes: countDistinct(runItems.mailboxId),
    })
    .from(runItems)
    .where(itemsOfRun(key))
    .groupBy(runItems.cause, runItems.outcome)
    .orderBy(desc(count()), asc(runItems.cause));
}

export async function listRunItems(
  tx: Transaction,
  key: RunKey,
  { cause, outcome, mailboxId, limit }: Omit<RunItemsWanted, 'tenantId' | 'runId'>,
) {
  return await tx
    .select({
      id: runItems.id,
      mailboxId: runItems.mailboxId,
      mailbox: mailboxes.displayName,
      sourceId: runItems.sourceId,
      folderId: runItems.folderId,
      outcome: runItems.outcome,
      cause: runItems.cause,
      detail: runItems.detail,
      at: runItems.at,
    })
    .from(runItems)
    .innerJoin(
      mailboxes,
      and(eq(mailboxes.tenantId, runItems.tenantId), eq(mailboxes.id, runItems.mailboxId)),
    )
    .where(
      and(
        itemsOfRun(key),
        cause === undefined ? undefined : eq(runItems.cause, cause),
        outcome === undefined ? undefined : eq(runItems.outcome, outcome),
        mailboxId === undefined ? undefined : eq(runItems.mailboxId, mailboxId),
      ),
    )
    .orderBy(asc(runItems.mailboxId), asc(runItems.at), asc(runItems.id))
    .limit(limit);
}

export async function saveVaultFigures(
  tx: Transaction,
  row: typeof vaults.$inferInsert,
): Promise<void> {
  const { target, keyId, storedBytes, packs, freeBytes, measuredAt } = row;
  await tx.insert(vaults).values(row).onConflictDoUpdate({
    target: vaults.tenantId,
    set: { target, keyId, storedBytes, packs, freeBytes, measuredAt },
  });
}
