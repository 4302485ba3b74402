import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  isCancellation,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import {
  type RunInput,
  type ShardControl,
  type ShardInput,
  type SliceCounters,
  type SliceResult,
  signals,
} from '#lib/jobs/contract.ts';
import { backupActivities, controlActivities } from './activity-options.ts';

export const shardControl = defineSignal<[ShardControl]>(signals.shardControl);

/** Mailboxes that one claim brings in; with the lanes it bounds what `carry` can hold. */
const claimSize = 50;
/** Slices in one history; Temporal's own hint comes at 4,096 events (`research/temporal.md` §0.7). */
const slicesMax = 500;
/** Where a deferred slice does not say when to come back. */
const waitMsDefault = 30_000;

/**
 * A part of a run: keeps `lanes` mailboxes in flight until all of its own have ended. Decides nothing
 * about mail; each activity says how its slice ended, and the catalogue holds the truth.
 */
export async function backupShardWorkflow(input: ShardInput): Promise<void> {
  const run: RunInput = { mspId: input.mspId, tenantId: input.tenantId, runId: input.runId };
  const control = controlActivities();
  const source = backupActivities(input);
  const state = { paused: input.paused, lanes: input.lanes, order: input.order ?? 0 };
  setHandler(shardControl, (change) => {
    const order = change.order ?? state.order;
    if (order < state.order) return;
    state.order = order;
    state.paused = change.paused ?? state.paused;
    state.lanes = change.lanes ?? state.lanes;
  });

  const counters: SliceCounters = { ...input.counters };
  const queue = [...input.carry];
  let { cursor, exhausted } = input;
  let inFlight = 0;
  let started = 0;
  let cancellation: unknown;
  /** Mailboxes that Microsoft or another story asked to wait for. */
  const resting = new Set<string>();

  const mustCut = () => workflowInfo().continueAsNewSuggested || started >= slicesMax;

  const claim = async () => {
    const page = await control.claimMailboxes({
      ...run,
      shard: input.shard,
      cursor,
      count: claimSize,
    });
    queue.push(...page.mailboxIds);
    if (page.cursor === null) exhausted = true;
    else cursor = page.cursor;
  };

  const rest = async (mailboxId: string, waitMs: number) => {
    resting.add(mailboxId);
    await sleep(Math.max(waitMs, 500));
    resting.delete(mailboxId);
    queue.push(mailboxId);
  };

  const runSlice = async (mailboxId: string) => {
    let result: SliceResult = { outcome: 'failed' };
    try {
      result = await source.backupMailbox({ ...run, mailboxId });
    } catch (err) {
      // One mailbox never fails the shard: the end of the shard names those that are left open.
      if (isCancellation(err)) cancellation ??= err;
    } finally {
      inFlight--;
    }
    counters[result.outcome]++;
    if (result.outcome === 'more') queue.push(mailboxId);
    if (result.outcome === 'deferred') background(rest(mailboxId, result.waitMs ?? waitMsDefault));
  };

  const background = (task: Promise<void>) => {
    task.catch((err) => {
      if (isCancellation(err)) cancellation ??= err;
      else throw err;
    });
  };

  try {
    for (;;) {
      await condition(
        () =>
          cancellation !== undefined ||
          mustCut() ||
          (!state.paused && inFlight < state.lanes && (queue.length > 0 || !exhausted)) ||
          (exhausted && queue.length === 0 && inFlight === 0 && resting.size === 0),
      );
      if (cancellation !== undefined) throw cancellation;
      if (mustCut()) break;
      if (queue.length === 0 && !exhausted) {
        await claim();
        continue;
      }
      const mailboxId = queue.shift();
      if (mailboxId === undefined) break;
      inFlight++;
      started++;
      background(runSlice(mailboxId));
    }
    // Activities do not survive a cut: the lanes end first, which a slice does within its budget.
    await condition(() => inFlight === 0);
    if (cancellation !== undefined) throw cancellation;
  } catch (err) {
    await CancellationScope.nonCancellable(async () => {
      await condition(() => inFlight === 0);
      await control.finalizeShard({ ...run, shard: input.shard, cancelled: isCancellation(err) });
    });
    throw err;
  }

  const carry = [...queue, ...resting];
  if (carry.length > 0 || !exhausted) {
    await condition(allHandlersFinished);
    // Those that rest lose their timer here; their slice asks the catalogue how long is left.
    return continueAsNew<typeof backupShardWorkflow>({
      ...input,
      ...state,
      cursor,
      exhausted,
      counters,
      carry,
    });
  }
  await control.finalizeShard({ ...run, shard: input.shard, cancelled: false });
}
