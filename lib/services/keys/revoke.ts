import type { z } from 'zod';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { notFound, parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { keyInput } from './input.ts';
import { isKeyInReach } from './rules.ts';
import { lockKey, revokeKeyRow } from './store.ts';

/** The key opens nothing from now on. One that reaches further than whoever asks is not there. Revoking twice is revoking once. */
export async function revokeKey(
  ctx: ServiceContext,
  input: z.input<typeof keyInput>,
): Promise<void> {
  requirePermission(ctx, 'keys.manage');
  const { keyId } = parse(keyInput, input);
  await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    const key = await lockKey(tx, ctx.mspId, keyId);
    if (!isKeyInReach(ctx, key)) throw notFound();
    if (key.revokedAt !== null) return;
    await revokeKeyRow(tx, ctx.mspId, keyId, ctx.clock.now());
    await audit(ctx, tx, {
      tenantId: null,
      action: 'key.revoke',
      entity: 'key',
      entityId: keyId,
      facts: { name: key.name },
    });
  });
}
