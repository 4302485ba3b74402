import type { Transaction } from '#db/client.ts';
import { AppError } from '#lib/core/errors.ts';
import { loadTenant } from '../customers/store.ts';

/**
 * The customer that something is to be written at. Where it was disconnected nothing is, whether or
 * not the restore app is still approved there: the organisation may be with another provider by now.
 * @throws AppError `consent.missing`, with what to do about it
 */
export async function requireConnected(
  tx: Transaction,
  { mspId, tenantId }: { mspId: string; tenantId: string },
) {
  const tenant = await loadTenant(tx, mspId, tenantId);
  if (tenant.state !== 'disconnected') return tenant;
  throw new AppError(
    'consent.missing',
    `${tenant.name} was disconnected, so nothing can be written there. Its copies can still be read, searched and exported. Connect it again to restore.`,
  );
}
