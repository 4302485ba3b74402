import { newId } from '#lib/core/ids.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import type { Engines } from '../engines.ts';
import { keepFiguresAfter } from '../figures/keep.ts';
import { withScope } from '../transaction.ts';
import { hasSnapshots } from './catalogue.ts';
import { saveVaultFigures } from './store.ts';

/** Writes down where a tenant's vault is and how large it has become; nothing before its first copy. */
export async function measureVault(
  ctx: ServiceContext,
  input: { tenantId: string },
  engines: Pick<Engines, 'vault'>,
  place: { target: string; keyId: string },
): Promise<void> {
  requirePermission(ctx, 'backups.run');
  const key = { mspId: ctx.mspId, tenantId: input.tenantId };
  if (!(await withScope(ctx.db, key, (tx) => hasSnapshots(tx, key)))) return;
  const vault = await engines.vault(input.tenantId);
  const figures = await vault.stats();
  const now = ctx.clock.now();
  await withScope(ctx.db, key, (tx) =>
    saveVaultFigures(tx, {
      ...key,
      id: newId(),
      createdAt: now,
      measuredAt: now,
      target: place.target,
      keyId: place.keyId,
      ...figures,
    }),
  );
  await keepFiguresAfter(ctx, { tenantId: input.tenantId });
}
