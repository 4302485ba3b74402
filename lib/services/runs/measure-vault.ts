import { newId } from '#lib/core/ids.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import type { Engines } from '../engines.ts';
import { withScope } from '../transaction.ts';
import { saveVaultFigures } from './store.ts';

/** Writes down where a tenant's vault is and how large it has become. */
export async function measureVault(
  ctx: ServiceContext,
  input: { tenantId: string },
  engines: Pick<Engines, 'vault'>,
  place: { target: string; keyId: string },
): Promise<void> {
  requirePermission(ctx, 'backups.run');
  const vault = await engines.vault(input.tenantId);
  const figures = await vault.stats();
  const now = ctx.clock.now();
  await withScope(ctx.db, { mspId: ctx.mspId, tenantId: input.tenantId }, (tx) =>
    saveVaultFigures(tx, {
      mspId: ctx.mspId,
      tenantId: input.tenantId,
      id: newId(),
      createdAt: now,
      measuredAt: now,
      target: place.target,
      keyId: place.keyId,
      ...figures,
    }),
  );
}
