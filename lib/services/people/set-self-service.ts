import type { z } from 'zod';
import { AppError } from '#lib/core/errors.ts';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { requireStanding } from '../members/require-standing.ts';
import { isReachable } from '../places/rules.ts';
import { withScope } from '../transaction.ts';
import { applyMode } from './apply-mode.ts';
import { setSelfServiceInput } from './input.ts';
import { lockCustomer } from './store.ts';

/**
 * Says who of a customer may help themselves, from their next request on. Those who may no more are
 * signed out in the same transaction; those who were invited stay in the list.
 */
export async function setSelfService(
  ctx: ServiceContext,
  input: z.input<typeof setSelfServiceInput>,
): Promise<void> {
  requirePermission(ctx, 'people.manage');
  const { tenantId, mode } = parse(setSelfServiceInput, input);
  requireReach(ctx, { tenantId });
  const scope = { mspId: ctx.mspId, tenantId };
  await withScope(ctx.db, scope, async (tx) => {
    await requireStanding(ctx, tx, 'people.manage');
    const customer = await lockCustomer(tx, scope);
    const { name, state, entraTid, selfService: before } = customer;
    if (before === mode) return;
    if (mode !== 'off' && (entraTid === null || !isReachable(state))) {
      throw new AppError(
        'conflict',
        `${name} is not connected, so nobody's account there is known. Connect it first.`,
      );
    }
    await applyMode(ctx, tx, { ...scope, ...customer }, mode);
  });
}
