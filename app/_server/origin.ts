import { AppError } from '#lib/core/errors.ts';
import { portalDeps } from './deps.ts';

/**
 * For whatever changes something or takes a body. Next compares `Origin` with `Host`; this compares
 * it with the one address we have, and a request that names none is not one of a page of ours.
 */
export async function requireOwnOrigin(headers: Headers): Promise<void> {
  const { config } = await portalDeps();
  if (headers.get('origin') === new URL(config.portalUrl).origin) return;
  throw new AppError(
    'forbidden',
    `This page is reached under another address than ${config.portalUrl}. Nothing was changed; open it there.`,
  );
}
