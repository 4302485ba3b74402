import type { Log } from '#lib/core/log.ts';
import type {
  AccountDayInput,
  BackupJobInput,
  ClosePeriodInput,
  ConnectInput,
  ExportInput,
  MoveClockInput,
  ReadItemInput,
  RestoreInput,
  Scope,
} from '#lib/jobs/contract.ts';
import type { Changes } from './live/board.ts';

/**
 * Starting and steering stories. `lib/jobs/client.ts` does it with Temporal; tests note what was
 * asked. Each start joins a story that runs already under the same id.
 */
export interface Jobs {
  startConnect(input: ConnectInput): Promise<void>;
  /** Resolves to the id the run's workflow has. */
  startBackup(input: BackupJobInput): Promise<{ workflowId: string }>;
  pauseBackup(workflowId: string): Promise<void>;
  resumeBackup(workflowId: string): Promise<void>;
  cancelBackup(workflowId: string): Promise<void>;
  /** False once it has ended, whichever way, and where it never began. */
  isRunning(workflowId: string): Promise<boolean>;
  startPlanRestore(input: RestoreInput): Promise<void>;
  startRestore(input: RestoreInput): Promise<void>;
  cancelRestore(input: RestoreInput): Promise<void>;
  startExport(input: ExportInput): Promise<void>;
  cancelExport(input: ExportInput): Promise<void>;
  startReadItem(input: ReadItemInput): Promise<void>;
  /** An account's day now, rather than in the night. */
  startAccountDay(input: AccountDayInput): Promise<void>;
  startClosePeriod(input: ClosePeriodInput): Promise<void>;
  startStripeEvent(input: { noticeId: string }): Promise<void>;
  startMoveClock(input: MoveClockInput): Promise<void>;
  /** Makes the schedule of a policy, or changes it to these numbers. */
  ensureSchedule(input: ScheduleInput): Promise<void>;
  pauseSchedule(input: Scope & { policyId: string; paused: boolean }): Promise<void>;
}

export interface ScheduleInput extends Scope {
  policyId: string;
  everyMinutes: number;
  paused: boolean;
}

/** What every verb is handed besides the database. Engines are arguments of the verbs that need them. */
export interface Deps {
  jobs: Jobs;
  log: Log;
  /** Tells what has changed, where somebody listens; without it verbs that wait ask again. */
  changes?: Changes;
}
