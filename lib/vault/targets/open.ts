import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '#lib/core/errors.ts';
import { diskTarget } from './disk.ts';
import type { Target } from './target.ts';

/**
 * The target of one vault.
 * @param url where all vaults are kept; only file: URLs are known so far
 * @param scope sub-folder of this vault: the tenant's id
 */
export function openTarget(url: URL, scope: string): Target {
  if (!/^[0-9A-Za-z][0-9A-Za-z-]{0,63}$/.test(scope))
    throw new AppError('input.invalid', `"${scope}" cannot name a vault.`);
  if (url.protocol === 'file:') return diskTarget(join(fileURLToPath(url), scope));
  throw new AppError('config.invalid', `Vault targets of the kind ${url.protocol} are not known.`);
}
