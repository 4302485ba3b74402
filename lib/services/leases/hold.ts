import type { Transaction } from '#db/client.ts';
import { sleep } from '#lib/core/concurrency.ts';
import { AppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import type { WriterLease } from '#lib/vault/lease.ts';
import type { ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import {
  type LeaseKey,
  leaseRemainingMs,
  lockLease,
  releaseLease,
  renewLease,
  takeLease,
  wishForLease,
} from './store.ts';

/** How long a wish stands. Who waits asks more often than that; one that gave up holds nobody back. */
const wishMs = 30_000;

/** How long a lease outlives a holder that died. Renewed at a third of it. */
export const leaseMs = { usual: 60_000, responsive: 5_000 } as const;

export interface HeldLease extends WriterLease {
  /** Aborts when the lease was lost, or could not be renewed before it ran out. */
  readonly signal: AbortSignal;
  /** Somebody with an urgent request waits: it is time to stop where one can go on later. */
  wanted(): boolean;
  /** First statement of every transaction that writes for the mailbox. */
  fence(tx: Transaction): Promise<void>;
}

export interface LeaseRequest {
  tenantId: string;
  mailboxId: string;
  /** The story that wants it, such as `run/<id>`: its next attempt takes over without waiting. */
  owner: string;
  leaseMs: number;
  /** Leaves the lease to run out by itself, for a story that goes on in another activity. */
  keep?: boolean;
  /**
   * A person waits. A refusal leaves a wish, at which others stop at their next good place and stand
   * back for a while; without it a long backup, which retakes its lease at once, lets nobody in.
   */
  urgent?: boolean;
  signal?: AbortSignal;
}

export type LeaseResult<T> = { held: true; result: T } | { held: false; waitMs: number };

export function leaseLost(): AppError {
  return new AppError(
    'lease.lost',
    'Another session has taken this mailbox over. Nothing of this one was written after that.',
    { retryable: true },
  );
}

/**
 * Runs `act` as the only one who works on the mailbox. The lease alone is no proof (a process may
 * sleep through its end); the proof is the epoch, which `fence` and `assertHeld` compare.
 */
export async function withLease<T>(
  ctx: ServiceContext,
  request: LeaseRequest,
  act: (lease: HeldLease) => Promise<T>,
): Promise<LeaseResult<T>> {
  const key: LeaseKey = {
    mspId: ctx.mspId,
    tenantId: request.tenantId,
    mailboxId: request.mailboxId,
  };
  const inScope = <R>(run: (tx: Transaction) => Promise<R>) => withScope(ctx.db, key, run);
  const taken = await inScope(async (tx) => {
    const epoch = await takeLease(tx, key, request.owner, request.leaseMs, request.urgent);
    if (epoch !== undefined) return { epoch, waitMs: 0 };
    if (request.urgent) await wishForLease(tx, key, wishMs);
    return { waitMs: (await leaseRemainingMs(tx, key, request.urgent)) + 200 };
  });
  const { epoch } = taken;
  if (epoch === undefined) return { held: false, waitMs: taken.waitMs };

  let wanted = false;
  const lost = new AbortController();
  const ended = new AbortController();
  const fence = async (tx: Transaction) => {
    if (!(await lockLease(tx, key, epoch))) throw leaseLost();
  };
  const lease: HeldLease = {
    sessionId: newId(),
    epoch,
    signal: request.signal ? AbortSignal.any([lost.signal, request.signal]) : lost.signal,
    wanted: () => wanted,
    fence,
    assertHeld: () => inScope(fence),
  };
  const renewing = keepRenewing(ctx, ended.signal, request.leaseMs, async () => {
    const renewed = await inScope((tx) => renewLease(tx, key, epoch, request.leaseMs));
    if (renewed === undefined) throw leaseLost();
    wanted = renewed.wanted;
  }).catch((err) => lost.abort(err));
  try {
    return { held: true, result: await act(lease) };
  } finally {
    ended.abort();
    await renewing;
    if (request.keep !== true) {
      await inScope((tx) => releaseLease(tx, key, { epoch })).catch((err) =>
        ctx.deps.log.warn('a lease was not released; it runs out', {
          mailboxId: key.mailboxId,
          reason: String(err),
        }),
      );
    }
  }
}

/** Ends when told to; throws when the lease is lost or could not be renewed in time. */
async function keepRenewing(
  ctx: ServiceContext,
  ended: AbortSignal,
  forMs: number,
  renew: () => Promise<void>,
): Promise<void> {
  let goodUntilMs = ctx.clock.monotonicMs() + forMs;
  for (;;) {
    await sleep(forMs / 3, ended).catch(() => {});
    if (ended.aborted) return;
    try {
      const before = ctx.clock.monotonicMs();
      await renew();
      goodUntilMs = before + forMs;
    } catch (err) {
      if (err instanceof AppError && err.code === 'lease.lost') throw err;
      // The catalogue may be restarting: nobody can take the lease either while it is away.
      if (ctx.clock.monotonicMs() > goodUntilMs + forMs) throw leaseLost();
    }
  }
}

/** Gives up whatever this story holds of a mailbox, from outside the activity that took it. */
export function releaseOwned(
  ctx: ServiceContext,
  input: { tenantId: string; mailboxId: string; owner: string },
): Promise<void> {
  const key = { mspId: ctx.mspId, tenantId: input.tenantId, mailboxId: input.mailboxId };
  return withScope(ctx.db, key, (tx) => releaseLease(tx, key, { owner: input.owner }));
}
