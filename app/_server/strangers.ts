import { headers } from 'next/headers';
import { clientHeader } from '#lib/auth/strangers.ts';
import { portalDeps } from './deps.ts';

/**
 * Looks up what the secret of this request opens: the token of a link, or a session.
 * @throws AppError `too-many` where its address has asked for too much that opens nothing
 */
export async function askAsStranger<T>(secret: string, look: () => Promise<T>): Promise<T> {
  const { strangers } = await portalDeps();
  // Written by our own server; without it all are one.
  const address = (await headers()).get(clientHeader) ?? '';
  return await strangers.ask({ address, secret }, look);
}
