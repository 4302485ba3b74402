import type { Database } from '#db/client.ts';
import { keyScopes, may, type Permission } from '#lib/auth/roles.ts';
import { addMs, type Clock } from '#lib/core/clock.ts';
import { AppError } from '#lib/core/errors.ts';
import type { Actor } from '../context.ts';
import { type Reach, wholeReach } from '../reach.ts';
import { withDoor, withScope } from '../transaction.ts';
import { type Allowance, byInstallation } from './rules.ts';
import { hashKeySecret, isSecretShaped } from './secret.ts';
import { findKeyByHash, findMaker, noteUse, takeToken } from './store.ts';
import { isExpired } from './view.ts';

export interface KeyHolder {
  mspId: string;
  actor: Extract<Actor, { kind: 'key' }>;
  /** Requests left in the bucket; below 0 this one must be refused. */
  left: number;
}

const useNotedEveryMs = 60_000;

/**
 * Whose program calls, what it may do now, and whether it may call again. A key never holds more than
 * whoever made it: rights that were taken away from them are taken away from their keys, and with
 * them their keys go.
 * @throws AppError `unauthenticated`
 */
export async function authenticateKey(
  { db, clock }: { db: Database; clock: Clock },
  secret: string,
  allowance: Allowance,
): Promise<KeyHolder> {
  const unknown = () => new AppError('unauthenticated', 'This is no key of this installation.');
  if (!isSecretShaped(secret)) throw unknown();
  const hash = hashKeySecret(secret);
  const key = await withDoor(db, hash, (tx) => findKeyByHash(tx, hash));
  if (key === undefined) throw unknown();
  const now = clock.now();
  if (key.revokedAt !== null) {
    throw new AppError('unauthenticated', 'This key was revoked. Make another one in the portal.');
  }
  if (isExpired(key, now)) {
    throw new AppError('unauthenticated', 'This key has expired. Make another one in the portal.');
  }
  const { mspId, id: keyId } = key;
  return await withScope(db, { mspId, tenantId: null }, async (tx) => {
    const own: Reach = { customers: key.customers ?? 'all', mailboxes: 'all' };
    const held = keyScopes.filter((scope) => key.scopes.includes(scope));
    let scopes: readonly Permission[] = held;
    let reach = own;
    if (!byInstallation(key.createdBy)) {
      const maker = await findMaker(tx, mspId, key.createdBy);
      if (maker === undefined) {
        throw new AppError(
          'unauthenticated',
          'Whoever made this key works here no longer, and it ended with them. Make another one in the portal.',
        );
      }
      scopes = held.filter((scope) => may(maker.role, scope));
      reach = narrower(own, { ...wholeReach, customers: maker.customers ?? 'all' });
    }
    await noteUse(tx, mspId, keyId, now, addMs(now, -useNotedEveryMs));
    const left = await takeToken(tx, { mspId, keyId }, allowance, now);
    return { mspId, actor: { kind: 'key', keyId, scopes, reach }, left };
  });
}

function narrower(a: Reach, b: Reach): Reach {
  if (a.customers === 'all') return { ...a, customers: b.customers };
  const within = b.customers;
  if (within === 'all') return a;
  return { ...a, customers: a.customers.filter((id) => within.includes(id)) };
}
