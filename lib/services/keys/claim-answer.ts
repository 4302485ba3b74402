import { addMs } from '#lib/core/clock.ts';
import type { ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { answerLifeMs, atWorkMs } from './rules.ts';
import {
  type AnswerKey,
  addAnswer,
  dropAnswer,
  dropExpiredAnswers,
  findAnswer,
  saveAnswer,
} from './store.ts';

export interface KeptAnswer {
  status: number;
  body: unknown;
  location: string | null;
}

/** `lost`: whoever was at work died, and nobody knows how far it got. */
export type Claim =
  | { kind: 'mine' | 'at-work' | 'another-request' | 'lost' }
  | { kind: 'answered'; answer: KeptAnswer };

export interface AnswerClaim {
  idempotencyKey: string;
  /** SHA-256 over method, path and body, in hex. */
  requestHash: string;
}

function keyOf(ctx: ServiceContext, idempotencyKey: string): AnswerKey {
  if (ctx.actor.kind !== 'key') throw new Error('only keys repeat requests');
  return { mspId: ctx.mspId, keyId: ctx.actor.keyId, idempotencyKey };
}

/** Of several requests with one idempotency key exactly one may go on; the others are told why not. */
export async function claimAnswer(ctx: ServiceContext, claim: AnswerClaim): Promise<Claim> {
  const key = keyOf(ctx, claim.idempotencyKey);
  const now = ctx.clock.now();
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    await dropExpiredAnswers(tx, ctx.mspId, now);
    const row = {
      ...key,
      requestHash: claim.requestHash,
      createdAt: now,
      expiresAt: addMs(now, answerLifeMs),
    };
    if (await addAnswer(tx, row)) return { kind: 'mine' };
    const found = await findAnswer(tx, key);
    // Dropped between the two: whoever held it was refused, and asking again is right.
    if (found === undefined) return { kind: 'at-work' };
    if (found.requestHash !== claim.requestHash) return { kind: 'another-request' };
    const { status, body, location } = found;
    if (status !== null) return { kind: 'answered', answer: { status, body, location } };
    const lost = now.getTime() - found.createdAt.getTime() > atWorkMs;
    return { kind: lost ? 'lost' : 'at-work' };
  });
}

/** Keeps the answer of a request that was carried out. */
export async function keepAnswer(
  ctx: ServiceContext,
  idempotencyKey: string,
  answer: KeptAnswer,
): Promise<void> {
  const key = keyOf(ctx, idempotencyKey);
  await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, (tx) =>
    saveAnswer(tx, key, answer),
  );
}

/** Lets go of a key whose request was refused: nothing happened, and it may be sent again. */
export async function releaseAnswer(ctx: ServiceContext, idempotencyKey: string): Promise<void> {
  const key = keyOf(ctx, idempotencyKey);
  await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, (tx) => dropAnswer(tx, key));
}
