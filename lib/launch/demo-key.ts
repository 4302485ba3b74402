import { existsSync, readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { keyScopes } from '#lib/auth/roles.ts';
import { isAppError } from '#lib/core/errors.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { authenticateKey } from '#lib/services/keys/authenticate.ts';
import { createKey } from '#lib/services/keys/create.ts';
import { allowanceOf } from '#lib/services/keys/rules.ts';

/**
 * An API key for the provider of the demo. The catalogue keeps its hash alone, so that it can be told
 * again at the next start it lies in the data folder, for its owner's eyes (mode 0600). One that was
 * revoked or that the catalogue does not know is replaced.
 */
export async function keptApiKey(
  ctx: ServiceContext,
  dataFolder: string,
): Promise<{ secret: string; file: string }> {
  const file = join(dataFolder, 'api-key');
  if (existsSync(file)) {
    const secret = readFileSync(file, 'utf8').trim();
    if (await works(ctx, secret)) return { secret, file };
  }
  const { secret } = await createKey(ctx, {
    name: 'First key of this installation',
    scopes: [...keyScopes],
    customers: 'all',
    days: null,
  });
  const handle = await open(`${file}.new`, 'w', 0o600);
  try {
    await handle.writeFile(`${secret}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
  return { secret, file };
}

async function works(ctx: ServiceContext, secret: string): Promise<boolean> {
  try {
    const holder = await authenticateKey(ctx, secret, allowanceOf(600));
    return holder.mspId === ctx.mspId;
  } catch (err) {
    if (isAppError(err, 'unauthenticated')) return false;
    throw err;
  }
}
