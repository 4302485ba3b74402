import { sql } from 'drizzle-orm';
import {
  foreignKey,
  index,
  integer,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { count, moment, tenantKey, tenantScope } from '../columns.ts';
import { runMailboxStates, runStates, runTriggers } from '../enums.ts';
import { itemOutcome, mailboxes } from './mailboxes.ts';
import { policies } from './policies.ts';
import { ofTenant } from './tenants.ts';

export const runState = pgEnum('run_state', runStates);
export const runTrigger = pgEnum('run_trigger', runTriggers);
export const runMailboxState = pgEnum('run_mailbox_state', runMailboxStates);

/** enumerated = stored + reused + removed + skipped + failed, or the run is not complete. */
const counters = () => ({
  enumerated: count(),
  stored: count(),
  reused: count(),
  removed: count(),
  skipped: count(),
  failed: count(),
  /** Bytes read from Microsoft. */
  bytes: count(),
  /** Bytes the vault grew by. */
  storedBytes: count(),
  requests: count(),
});

/** One execution of a policy over a tenant. Counters of a finished run are sums of its mailboxes. */
export const runs = pgTable(
  'runs',
  {
    ...tenantKey(),
    policyId: uuid().notNull(),
    workflowId: text().notNull(),
    trigger: runTrigger().notNull(),
    state: runState().notNull(),
    /** Why it failed or is not complete, as a sentence. */
    reason: text(),
    requestedBy: text(),
    createdAt: moment().notNull(),
    startedAt: moment(),
    endedAt: moment(),
    shards: integer().notNull().default(0),
    ...counters(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    foreignKey({
      columns: [t.tenantId, t.policyId],
      foreignColumns: [policies.tenantId, policies.id],
    }),
    // `desc` in a query puts nulls first; an index that does not is of no use to its order.
    index('runs_latest').on(t.tenantId, t.createdAt.desc().nullsFirst()),
    index('runs_of_msp').on(t.mspId, t.createdAt, t.id),
    // The MSP first: behind the fence Postgres knows nothing of how rare these states are.
    index('runs_open')
      .on(t.mspId, t.tenantId, t.policyId)
      .where(sql`state in ('queued', 'running', 'paused')`),
    ...ofTenant(t),
  ],
);

export const runMailboxes = pgTable(
  'run_mailboxes',
  {
    ...tenantScope(),
    runId: uuid().notNull(),
    mailboxId: uuid().notNull(),
    shard: integer().notNull(),
    /** Order of claiming inside the shard. */
    position: integer().notNull(),
    state: runMailboxState().notNull().default('waiting'),
    notBefore: moment(),
    cause: text(),
    detail: text(),
    startedAt: moment(),
    endedAt: moment(),
    snapshotId: uuid(),
    ...counters(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.runId, t.mailboxId] }),
    foreignKey({ columns: [t.tenantId, t.runId], foreignColumns: [runs.tenantId, runs.id] }),
    foreignKey({
      columns: [t.tenantId, t.mailboxId],
      foreignColumns: [mailboxes.tenantId, mailboxes.id],
    }),
    unique('run_mailboxes_position').on(t.tenantId, t.runId, t.shard, t.position),
    index('run_mailboxes_of_mailbox').on(t.tenantId, t.mailboxId, t.runId.desc()),
    ...ofTenant(t),
  ],
);

/** One line for every item that a run skipped or could not save. */
export const runItems = pgTable(
  'run_items',
  {
    ...tenantKey(),
    runId: uuid().notNull(),
    mailboxId: uuid().notNull(),
    sourceId: text().notNull(),
    folderId: text().notNull(),
    outcome: itemOutcome().notNull(),
    cause: text().notNull(),
    detail: text(),
    at: moment().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    foreignKey({ columns: [t.tenantId, t.runId], foreignColumns: [runs.tenantId, runs.id] }),
    foreignKey({
      columns: [t.tenantId, t.mailboxId],
      foreignColumns: [mailboxes.tenantId, mailboxes.id],
    }),
    unique('run_items_source').on(t.tenantId, t.runId, t.mailboxId, t.sourceId),
    index('run_items_cause').on(t.tenantId, t.runId, t.cause),
    ...ofTenant(t),
  ],
);
