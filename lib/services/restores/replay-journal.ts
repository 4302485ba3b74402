import type { Transaction } from '#db/client.ts';
import type {
  EndedItem,
  ReplayEntry,
  ReplayJournal,
  VerifyResult,
  WrittenItem,
} from '#lib/exchange/replay.ts';
import type { ServiceContext } from '../context.ts';
import type { HeldLease } from '../leases/hold.ts';
import { withScope } from '../transaction.ts';
import {
  countAttempt,
  findClaimed,
  loadLine,
  type RestoreItemRow,
  type RestoreKey,
  updateLine,
} from './store.ts';

/** The journal of a restore in Postgres; only the holder of the target's lease can write it. */
export function createReplayJournal(
  ctx: ServiceContext,
  key: RestoreKey,
  lease: HeldLease,
): ReplayJournal {
  const read = <T>(act: (tx: Transaction) => Promise<T>) => withScope(ctx.db, key, act);
  const write = (act: (tx: Transaction) => Promise<void>) =>
    withScope(ctx.db, key, async (tx) => {
      await lease.fence(tx);
      await act(tx);
    });
  return {
    entry: async (itemId) => entryOf(await read((tx) => loadLine(tx, key, itemId))),
    intend: (itemId, { folderId, at, route }) =>
      write(async (tx) => {
        await countAttempt(tx, key, itemId);
        await updateLine(tx, key, itemId, {
          state: 'writing',
          route,
          targetFolderId: folderId,
          intendedAt: at,
        });
      }),
    written: (itemId, result) => write((tx) => updateLine(tx, key, itemId, written(ctx, result))),
    ended: (itemId, result) => write((tx) => updateLine(tx, key, itemId, ended(result))),
    verified: (itemId, result) => write((tx) => updateLine(tx, key, itemId, verified(ctx, result))),
    claimed: (ids) => read((tx) => findClaimed(tx, key, ids)),
  };
}

function written(ctx: ServiceContext, result: WrittenItem) {
  return {
    state: 'written' as const,
    writtenId: result.createdId,
    targetFolderId: result.folderId,
    route: result.route,
    adopted: result.adopted,
    writtenAt: ctx.clock.now(),
  };
}

function ended({ outcome, cause, detail }: EndedItem) {
  if (outcome === 'failed') return { state: 'failed' as const, cause, detail };
  return { state: 'skipped' as const, cause: outcome, detail };
}

function verified(ctx: ServiceContext, { ok, cause, sameBytes }: VerifyResult) {
  return {
    state: ok ? ('verified' as const) : ('differs' as const),
    cause,
    sameBytes,
    verifiedAt: ctx.clock.now(),
  };
}

export function entryOf(row: RestoreItemRow): ReplayEntry {
  switch (row.state) {
    case 'planned':
      return { state: 'planned' };
    case 'writing':
      return {
        state: 'intent',
        folderId: row.targetFolderId ?? '',
        at: row.intendedAt ?? new Date(0),
        attempts: row.attempts,
      };
    case 'skipped':
      return { state: 'ended', outcome: row.cause === 'changed' ? 'changed' : 'present' };
    case 'failed':
      return { state: 'ended', outcome: 'failed' };
    default:
      return {
        state: 'written',
        createdId: row.writtenId ?? '',
        folderId: row.targetFolderId ?? '',
        route: row.route,
      };
  }
}
