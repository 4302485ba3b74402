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
  billingDay: 'billingDayWorkflow',
  accountDay: 'accountDayWorkflow',
  closePeriod: 'closePeriodWorkflow',
  stripeEvent: 'stripeEventWorkflow',
  moveClock: 'moveClockWorkflow',
} as const;

/** Lower runs first; a person waiting for their mail goes before the nightly run. */
export const priorities = { restore: 1, manual: 2, scheduled: 4 } as const;

export const searchAttributes = { tenant: 'TenantId', kind: 'JobKind' } as const;

export const ids = {
  connect: (linkId: string, approval: string) => `connect/${linkId}/${approval}`,
  schedule: (tenantId: string, policyId: string) => `sched/${tenantId}/${policyId}`,
  /** Of the schedule, which adds the time; who asks by hand adds the run. */
  backup: (tenantId: string, policyId: string, runId?: string) =>
    runId === undefined
      ? `backup/${tenantId}/${policyId}`
      : `backup/${tenantId}/${policyId}/${runId}`,
  shard: (jobWorkflowId: string, shard: number) => `${jobWorkflowId}/shard-${shard}`,
  planRestore: (tenantId: string, restoreId: string) => `plan/${tenantId}/${restoreId}`,
  restore: (tenantId: string, restoreId: string) => `restore/${tenantId}/${restoreId}`,
  exportItems: (tenantId: string, exportId: string) => `export/${tenantId}/${exportId}`,
  readItem: (tenantId: string, previewId: string) => `read/${tenantId}/${previewId}`,
  billingSchedule: 'billing-day',
  /** One at a time for an account: whoever asks meanwhile is told by the one that runs. */
  accountDay: (accountId: string) => `billing/${accountId}`,
  closePeriod: (accountId: string, period: string) => `close/${accountId}/${period}`,
  stripeEvent: (noticeId: string) => `stripe/${noticeId}`,
  moveClock: (accountId: string) => `clock/${accountId}`,
};

/** Whose data a story touches; every activity binds its database transactions to it. */
export interface Scope {
  mspId: string;
  tenantId: string;
}

/** Stories of billing are about an account that pays, not about a customer. */
export interface AccountScope {
  mspId: string;
  accountId: string;
}

export interface BillingDayInput {
  /** Up to and with this day; to yesterday where absent. */
  through?: string;
}

export interface AccountDayInput extends AccountScope, BillingDayInput {
  /** A long gap is filled, because somebody looked at the clock and said so. */
  force?: boolean;
}

export interface ClosePeriodInput extends AccountScope {
  period: string;
}

export interface MoveClockInput extends AccountScope {
  /** ISO 8601. */
  to: string;
}

export interface ConnectInput extends Scope {
  linkId: string;
  /**
   * Names one return from Microsoft. The next approval of the same link must not join the story of
   * the last one, which may be at its end.
   */
  approval: string;
}

export interface BackupJobInput extends Scope {
  policyId: string;
  trigger: 'schedule' | 'manual' | 'onboarding';
  /** Set when the portal made the run row before starting the story; the schedule leaves it out. */
  runId?: string;
  /** Only these mailboxes; all protected ones when absent. */
  mailboxIds?: string[];
}

/** What the stories must know of the worker's configuration, so that replays see the same. */
export interface Pace {
  /** True where a person or a test is watching: a worker that died is noticed in seconds. */
  responsive: boolean;
}

export interface RunInput extends Scope {
  runId: string;
}

export interface BegunRun extends Pace {
  /** Null: another run of the same policy is going on, and this one stands back. */
  runId: string | null;
}

export interface RunPlan {
  mailboxes: number;
  shards: number;
  /** Mailboxes in flight in each shard. */
  lanes: number;
}

export interface ShardInput extends RunInput, Pace {
  shard: number;
  lanes: number;
  /** Last claimed position; empty at the start. */
  cursor: string;
  /** Nothing is left to claim. */
  exhausted: boolean;
  counters: SliceCounters;
  paused: boolean;
  /** Of the newest {@link ShardControl} that was heeded; absent in shards begun by an older worker. */
  order?: number;
  /** Mailboxes claimed and not finished when the history was cut. */
  carry: string[];
}

export interface ClaimInput extends RunInput {
  shard: number;
  cursor: string;
  count: number;
}

export interface Claim {
  mailboxIds: string[];
  /** Null when nothing is left to claim. */
  cursor: string | null;
}

/** done: finished; more: slice budget spent; deferred: Microsoft asked for a long wait, or the lease is held. */
export type SliceOutcome = 'done' | 'more' | 'deferred' | 'failed';
export type SliceCounters = Record<SliceOutcome, number>;

export interface SliceInput extends RunInput {
  mailboxId: string;
}

export interface SliceResult {
  outcome: SliceOutcome;
  /** With `deferred`: when to come back. */
  waitMs?: number;
}

export interface RestoreInput extends Scope {
  restoreId: string;
}

/** How many items of a plan one activity writes; small enough that cancel is prompt. */
export const restoreBatchSize = 50;

export interface OpenedRestore extends Pace {
  /** Items to write, in batches of {@link restoreBatchSize}; 0 when there is nothing to do. */
  batches: number;
}

export interface RestoreBatchInput extends RestoreInput {
  batch: number;
}

export interface ExportInput extends Scope {
  exportId: string;
}

/** An archive holds mail in clear: it is kept only as long as a download may take. */
export const exportLifeMs = 24 * 60 * 60_000;

export interface ReadItemInput extends Scope {
  previewId: string;
  /** How long what is made of the item is kept; a story that an older portal began does not know. */
  lifeMs?: number;
}

export interface ShardControl {
  /** Rises with every change: signals may arrive in another order than they were sent in. */
  order?: number;
  paused?: boolean;
  lanes?: number;
}

export const signals = { shardControl: 'shardControl' } as const;
export const updates = { pauseJob: 'pauseJob', resumeJob: 'resumeJob' } as const;

/**
 * The activities, as stories see them, by queue. `workflows/activities/*.ts` implement the same
 * names; what they do lives in `lib/services`.
 */
export interface ControlActivities {
  beginRun(input: BackupJobInput): Promise<BegunRun>;
  planRun(input: RunInput & { mailboxIds?: string[] }): Promise<RunPlan>;
  claimMailboxes(input: ClaimInput): Promise<Claim>;
  finalizeShard(input: RunInput & { shard: number; cancelled: boolean }): Promise<void>;
  finalizeJob(input: RunInput & { cancelled: boolean; failure: string | null }): Promise<void>;
  startFirstBackup(input: Scope): Promise<void>;
  openRestore(input: RestoreInput): Promise<OpenedRestore>;
  finalizeRestore(
    input: RestoreInput & { cancelled: boolean; failure: string | null },
  ): Promise<void>;
}

/** Queue `graph-backup`: reads from Microsoft, writes the vault. */
export interface BackupActivities {
  proveConnection(input: ConnectInput): Promise<{ state: 'connected' | 'waiting' | 'refused' }>;
  discoverMailboxes(input: RunInput): Promise<void>;
  backupMailbox(input: SliceInput): Promise<SliceResult>;
}

/** Queue `graph-restore`: reads the vault, writes to Microsoft; a person waits for it. */
export interface RestoreActivities {
  buildRestorePlan(input: RestoreInput): Promise<void>;
  restoreBatch(input: RestoreBatchInput): Promise<void>;
  verifyBatch(input: RestoreBatchInput): Promise<void>;
  runExport(input: ExportInput): Promise<void>;
  renderPreview(input: ReadItemInput): Promise<void>;
}

/** Queue `maintenance`: work that nobody waits for. */
export interface MaintenanceActivities {
  measureVault(input: Scope): Promise<void>;
  dropExpiredExports(input: Scope): Promise<void>;
  endExport(input: ExportInput): Promise<{ isKept: boolean }>;
}

/** Queue `control`: the ledger, and Stripe, which needs neither Graph nor a vault. */
export interface BillingActivities {
  listAccounts(): Promise<AccountScope[]>;
  /** False where Stripe is not set up, or the account is not known there. */
  syncAccount(input: AccountScope): Promise<{ drafts: string[] }>;
  daysDue(input: AccountDayInput): Promise<{ days: string[]; asSeenOn: string | null }>;
  observeAccount(input: AccountScope & { day: string; asSeenOn: string | null }): Promise<void>;
  ensurePrices(input: AccountScope): Promise<void>;
  pushMeters(input: AccountScope): Promise<void>;
  reconcileAccount(input: AccountScope): Promise<void>;
  monthsToClose(input: AccountScope): Promise<string[]>;
  beginClose(input: ClosePeriodInput): Promise<boolean>;
  holdInvoice(input: ClosePeriodInput): Promise<'held' | 'final-already' | 'none'>;
  sealPeriod(input: ClosePeriodInput): Promise<void>;
  compareClose(
    input: ClosePeriodInput & { money: boolean },
  ): Promise<'agree' | 'waiting' | 'differ'>;
  addCloseItems(input: ClosePeriodInput): Promise<void>;
  finaliseClose(input: ClosePeriodInput & { early: boolean }): Promise<void>;
  holdClose(input: ClosePeriodInput & { reason: string }): Promise<void>;
  handleNotice(input: {
    noticeId: string;
  }): Promise<(AccountScope & { drafts: string[]; clockMoved: boolean }) | null>;
  /** Whether a test clock stands, and whether where it is to; with `go` it is moved one stop on. */
  nudgeClock(input: MoveClockInput & { go: boolean }): Promise<{ arrived: boolean; done: boolean }>;
}
