import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { dropExpiredPreviews } from './store.ts';

/** Removes the text of mail that nobody reads any more, also where nobody reads another one. */
export async function dropPreviews(
  ctx: ServiceContext,
  input: { tenantId: string },
): Promise<void> {
  requirePermission(ctx, 'content.read');
  const scope = { mspId: ctx.mspId, tenantId: input.tenantId };
  await withScope(ctx.db, scope, (tx) =>
    dropExpiredPreviews(tx, ctx.mspId, input.tenantId, ctx.clock.now()),
  );
}
