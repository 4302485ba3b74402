/**
 * What services and workflows agree on: names, ids, queues, inputs and results of every story.
 * No imports, so that the workflow sandbox, the portal and the worker can all load it.
 *
 * Ids are idempotency keys: starting the same story twice joins the one that runs
 * (`research/temporal.md` §1 "Ids"). They hold opaque ids only, since Temporal stores them in clear.
 */

export const queues = {
  control: 'control',
  graphBackup: 'graph-backup',
  graphRestore: 'graph-restore',
  maintenance: 'maintenance',
} as const;

export const stories = {
  connectCustomer: 'connectCustomerWorkflow',
  backupJob: 'backupJobWorkflow',
  backupShard: 'backupShardWorkflow',
  planRestore: 'planRestoreWorkflow',
  restore: 'restoreWorkflow',
  exportItems: 'exportItemsWorkflow',
  readItem: 'readItemWorkflow',
} as const;

/** Lower runs first; a person waiting for their mail goes before the nightly run. */
export const priorities = { restore: 1, manual: 2, scheduled: 4 } as const;

export const searchAttributes = { tenant: 'TenantId', kind: 'JobKind' } as const;

export const ids = {
  connect: (linkId: string) => `connect/${linkId}`,
  schedule: (tenantId: string, policyId: string) => `sched/${tenantId}/${policyId}`,
  backup: (tenantId: string, policyId: string) => `backup/${tenantId}/${policyId}`,
  shard: (jobWorkflowId: string, shard: number) => `${jobWorkflowId}/shard-${shard}`,
  planRestore: (tenantId: string, restoreId: string) => `plan/${tenantId}/${restoreId}`,
  restore: (tenantId: string, restoreId: string) => `restore/${tenantId}/${restoreId}`,
  exportItems: (tenantId: string, exportId: string) => `export/${tenantId}/${exportId}`,
  readItem: (tenantId: string, previewId: string) => `read/${tenantId}/${previewId}`,
};

/** Whose data a story touches; every activity binds its database transactions to it. */
export interface Scope {
  mspId: string;
  tenantId: string;
}

export interface ConnectInput extends Scope {
  linkId: string;
}

export interface BackupJobInput extends Scope {
  policyId: string;
  trigger: 'schedule' | 'manual' | 'onboarding';
  /** Set when the portal made the run row before starting the story; the schedule leaves it out. */
  runId?: string;
  /** Only these mailboxes; all protected ones when absent. */
  mailboxIds?: string[];
}

export interface JobPlan {
  runId: string;
  mailboxes: number;
  shards: number;
  /** Mailboxes in flight in each shard. */
  lanes: number;
}

export interface ShardInput extends Scope {
  runId: string;
  shard: number;
  lanes: number;
  /** Last claimed position, '' at the start, 'END' when all are claimed. */
  cursor: string;
  counters: SliceCounters;
  paused: boolean;
  /** Mailboxes claimed and not finished when the history was cut. */
  carry: string[];
}

export interface Claim {
  mailboxIds: string[];
  /** Null when nothing is left to claim. */
  cursor: string | null;
}

/** done: finished; more: slice budget spent; deferred: Microsoft asked for a long wait, or the lease is held. */
export type SliceOutcome = 'done' | 'more' | 'deferred' | 'failed';
export type SliceCounters = Record<SliceOutcome, number>;

export interface SliceInput extends Scope {
  runId: string;
  mailboxId: string;
}

export interface SliceResult {
  outcome: SliceOutcome;
}

export interface RestoreInput extends Scope {
  restoreId: string;
}

/** How many items of a plan one activity writes; small enough that cancel is prompt. */
export const restoreBatchSize = 50;

export interface RestorePlanSummary {
  state: 'planned' | 'refused';
  /** Items to write, in batches of {@link restoreBatchSize}. */
  batches: number;
}

export interface RestoreBatchInput extends RestoreInput {
  batch: number;
}

export interface RestoreBatchResult {
  done: number;
  skipped: number;
  failed: number;
}

export interface ExportInput extends Scope {
  exportId: string;
}

export interface ReadItemInput extends Scope {
  previewId: string;
}

export interface ShardControl {
  paused?: boolean;
  lanes?: number;
}

export const signals = { shardControl: 'shardControl' } as const;
export const updates = { pauseJob: 'pauseJob', resumeJob: 'resumeJob' } as const;

/** Failure types that no retry can mend. */
export const permanentFailures = [
  'MailboxGone',
  'ConsentMissing',
  'ConfigInvalid',
  'VaultKeyWrong',
  'VaultDamaged',
  'NotFound',
  'InputInvalid',
] as const;

/**
 * The activities, as workflows see them. `workflows/activities/*.ts` implement the same names;
 * their services live in `lib/services`.
 */
export interface ControlActivities {
  proveConnection(input: ConnectInput): Promise<{ state: 'connected' | 'waiting' | 'refused' }>;
  planJob(input: BackupJobInput): Promise<JobPlan>;
  claimMailboxes(
    input: Scope & { runId: string; shard: number; cursor: string; count: number },
  ): Promise<Claim>;
  finalizeShard(
    input: Scope & { runId: string; shard: number; counters: SliceCounters },
  ): Promise<void>;
  finalizeJob(input: Scope & { runId: string; cancelled: boolean }): Promise<void>;
  startFirstBackup(input: Scope): Promise<void>;
  finalizeRestore(input: RestoreInput & { cancelled: boolean }): Promise<void>;
}

export interface BackupActivities {
  backupMailbox(input: SliceInput): Promise<SliceResult>;
}

export interface RestoreActivities {
  buildRestorePlan(input: RestoreInput): Promise<RestorePlanSummary>;
  restoreBatch(input: RestoreBatchInput): Promise<RestoreBatchResult>;
  verifyBatch(input: RestoreBatchInput): Promise<RestoreBatchResult>;
  runExport(input: ExportInput): Promise<void>;
  renderPreview(input: ReadItemInput): Promise<void>;
}
