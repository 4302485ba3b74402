import { requirePermission, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { byInstallation, isKeyInReach } from './rules.ts';
import { listKeyRows, namesOfCustomers } from './store.ts';
import { type KeyView, viewKey } from './view.ts';

/** Those in reach: first those that work, then newest first. No verb can show a secret again: nothing knows it. */
export async function listKeys(
  ctx: ServiceContext,
  _input: Record<string, never> = {},
): Promise<KeyView[]> {
  requirePermission(ctx, 'keys.manage');
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    const rows = await listKeyRows(tx, ctx.mspId);
    const named = await namesOfCustomers(tx, ctx.mspId, 'all');
    const names = new Map(named.map(({ id, name }) => [id, name]));
    return rows
      .filter(({ key }) => isKeyInReach(ctx, key))
      .map(({ key, maker, makerDisabledAt }) =>
        viewKey(key, {
          now: ctx.clock.now(),
          maker,
          makerGone: !byInstallation(key.createdBy) && (maker === null || makerDisabledAt !== null),
          names,
        }),
      );
  });
}
