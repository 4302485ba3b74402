import type { Transaction } from '#db/client.ts';
import { AppError } from '#lib/core/errors.ts';
import { loadTenant } from '../customers/store.ts';
import { disconnectedRefusal } from './rules.ts';

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
  throw new AppError('consent.missing', disconnectedRefusal(tenant.name));
}
