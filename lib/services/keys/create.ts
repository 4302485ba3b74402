import type { z } from 'zod';
import { addMs } from '#lib/core/clock.ts';
import { AppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import {
  actorName,
  audit,
  isAllowed,
  reachOf,
  requirePermission,
  requireReach,
  type ServiceContext,
} from '../context.ts';
import { notFound, parse } from '../input.ts';
import { requireStanding } from '../members/require-standing.ts';
import { withScope } from '../transaction.ts';
import { createKeyInput } from './input.ts';
import { hashKeySecret, newSecret, prefixOf } from './secret.ts';
import { addKey, namesOfCustomers } from './store.ts';

export interface CreatedKey {
  keyId: string;
  /** Told this once; only its hash is kept. */
  secret: string;
}

const dayMs = 24 * 3_600_000;

/** A key for a program of the MSP's. It holds no more than whoever makes it. */
export async function createKey(
  ctx: ServiceContext,
  input: z.input<typeof createKeyInput>,
): Promise<CreatedKey> {
  requirePermission(ctx, 'keys.manage');
  const { name, scopes, customers, days } = parse(createKeyInput, input);
  const beyond = scopes.find((scope) => !isAllowed(ctx, scope));
  if (beyond !== undefined) {
    throw new AppError(
      'forbidden',
      `A key may do no more than you: you may not give it ${beyond}.`,
    );
  }
  if (customers === 'all' && reachOf(ctx).customers !== 'all') {
    throw new AppError(
      'forbidden',
      'A key may reach no more than you: choose customers that you are assigned to.',
    );
  }
  const chosen = customers === 'all' ? null : [...new Set(customers)];
  for (const tenantId of chosen ?? []) requireReach(ctx, { tenantId });
  const keyId = newId();
  const secret = newSecret();
  const createdAt = ctx.clock.now();
  await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    await requireStanding(ctx, tx, 'keys.manage');
    if (chosen !== null) {
      const there = await namesOfCustomers(tx, ctx.mspId, chosen);
      if (there.length !== chosen.length) throw notFound();
    }
    await addKey(tx, {
      mspId: ctx.mspId,
      id: keyId,
      name,
      prefix: prefixOf(secret),
      secretHash: hashKeySecret(secret),
      scopes: [...new Set(scopes)],
      customers: chosen,
      createdBy: actorName(ctx.actor),
      createdAt,
      expiresAt: days === null ? null : addMs(createdAt, days * dayMs),
    });
    await audit(ctx, tx, {
      tenantId: null,
      action: 'key.create',
      entity: 'key',
      entityId: keyId,
      facts: { name, scopes: scopes.join(', '), customers: chosen?.length ?? null, days },
    });
  });
  return { keyId, secret };
}
