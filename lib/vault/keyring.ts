import { randomBytes } from 'node:crypto';
import { AppError, isAppError } from '#lib/core/errors.ts';
import { keyBytes } from './encryption.ts';
import { keyWrong, VaultDamaged } from './errors.ts';
import {
  decodeKeyringEnvelope,
  decodeKeys,
  encodeKeyringEnvelope,
  encodeKeys,
  type Keyring,
  type KeyringEnvelope,
  keyringContext,
  vaultIdBytes,
} from './format/keyring.ts';
import type { KeyWrapper } from './keys.ts';
import type { Target } from './targets/target.ts';

/** The first is the one that is fenced by its name; the second is read when the first is lost. */
const folders = ['keyring', 'keyring-copy'] as const;
type Folder = (typeof folders)[number];

function keyringName(folder: Folder, generation: number): string {
  return `${folder}/${generation.toString().padStart(8, '0')}`;
}

async function newestName(target: Target, folder: Folder): Promise<string | null> {
  let newest: string | null = null;
  for await (const { name } of target.list(`${folder}/`))
    if (newest === null || name > newest) newest = name;
  return newest;
}

/** Makes the keys of a new vault. 'conflict' when there is one already, also when its keys are gone. */
export async function createKeyring(
  target: Target,
  keys: KeyWrapper,
  tenantId: string,
): Promise<Keyring> {
  const keyring: Keyring = {
    vaultId: randomBytes(vaultIdBytes),
    tenantId,
    generation: 1,
    idKey: randomBytes(keyBytes),
    dataKeys: [{ version: 1, key: randomBytes(keyBytes) }],
  };
  try {
    if ((await newestName(target, 'keyring-copy')) !== null)
      throw new AppError('conflict', 'There is the copy of a keyring.');
    await refuseOrphans(target);
    await putKeyring(target, keys, keyring);
  } catch (err) {
    if (!isAppError(err, 'conflict')) throw err;
    throw new AppError('conflict', 'There is a vault here already; it was left as it is.', {
      cause: err,
    });
  }
  return keyring;
}

/** New keys beside old packs would hide that the old keys are gone, and with them the mail. */
async function refuseOrphans(target: Target): Promise<void> {
  for await (const { name } of target.list('packs/')) {
    // Another process may have made the vault and written to it a moment ago.
    if ((await newestName(target, 'keyring')) !== null) return;
    throw new VaultDamaged('keyring', `both keyrings are missing, and there are packs (${name})`);
  }
}

/**
 * Writes the keyring that a process did not come to write, or that was lost, from the other one.
 * Nothing is overwritten: a damaged one stays as it is.
 */
export async function completeKeyrings(
  target: Target,
  keys: KeyWrapper,
  tenantId: string,
): Promise<void> {
  const names = await Promise.all(folders.map((folder) => newestName(target, folder)));
  for (const [at, folder] of folders.entries()) {
    const other = folders[1 - at]!;
    const lacking = names[1 - at]?.replace(`${other}/`, `${folder}/`);
    if (lacking === undefined || (names[at] ?? '') >= lacking) continue;
    try {
      await loadFrom(target, other, keys, tenantId);
      await target.put(lacking, [await target.get(names[1 - at]!)]);
    } catch (err) {
      if (!isAppError(err, 'vault.damaged') && !isAppError(err, 'conflict')) throw err;
    }
  }
}

/** What does not hold of the newest keyring and its copy; one that is missing is written again. */
export async function keyringDamage(
  target: Target,
  keys: KeyWrapper,
  tenantId: string,
): Promise<VaultDamaged[]> {
  const names = await Promise.all(folders.map((folder) => newestName(target, folder)));
  const [one, two] = await Promise.all(names.map((name) => name && target.get(name)));
  const same = names[0]?.slice(-8) === names[1]?.slice(-8);
  if (!one || !two || !same || (one as Buffer).equals(two as Buffer)) return [];
  const found: VaultDamaged[] = [];
  for (const [at, folder] of folders.entries()) {
    try {
      await loadFrom(target, folder, keys, tenantId);
    } catch (err) {
      if (!isAppError(err)) throw err;
      const finding = 'it is not the keyring that was written; the other one still opens the vault';
      found.push(err instanceof VaultDamaged ? err : new VaultDamaged(names[at]!, finding, err));
    }
  }
  return found;
}

/** 'not-found', 'vault.key-wrong', 'vault.damaged'. Reads only. */
export async function loadKeyring(
  target: Target,
  keys: KeyWrapper,
  tenantId: string,
): Promise<Keyring> {
  let problem: unknown = null;
  for (const folder of folders) {
    try {
      const keyring = await loadFrom(target, folder, keys, tenantId);
      if (keyring !== null) return keyring;
    } catch (err) {
      if (!isAppError(err, 'vault.damaged')) throw err;
      problem ??= err;
    }
  }
  throw problem ?? new AppError('not-found', `There is no vault in ${target.description}.`);
}

async function loadFrom(
  target: Target,
  folder: Folder,
  keys: KeyWrapper,
  tenantId: string,
): Promise<Keyring | null> {
  const name = await newestName(target, folder);
  if (name === null) return null;
  const envelope = decodeKeyringEnvelope(await target.get(name), name);
  if (name !== keyringName(folder, envelope.generation))
    throw new VaultDamaged(name, 'it carries another generation than its name');
  if (envelope.tenantId !== tenantId)
    throw new AppError(
      'forbidden',
      'This vault belongs to another customer. Nothing was read from it.',
    );
  if (envelope.wrapperId !== keys.id) throw keyWrong(envelope.wrapperId, keys.id);
  return { ...envelopeFacts(envelope), ...(await unwrapKeys(keys, envelope, name)) };
}

async function unwrapKeys(keys: KeyWrapper, envelope: KeyringEnvelope, name: string) {
  const plain = await keys.unwrap(envelope.wrapped, keyringContext(envelope));
  return decodeKeys(plain, name);
}

function envelopeFacts({ vaultId, tenantId, generation }: KeyringEnvelope) {
  return { vaultId, tenantId, generation };
}

async function putKeyring(target: Target, keys: KeyWrapper, keyring: Keyring): Promise<void> {
  const { vaultId, tenantId, generation } = keyring;
  const context = keyringContext({ vaultId, tenantId, generation });
  const wrapped = Buffer.from(await keys.wrap(encodeKeys(keyring), context));
  const envelope = { vaultId, tenantId, generation, wrapperId: keys.id, wrapped };
  const bytes = encodeKeyringEnvelope(envelope);
  await target.put(keyringName('keyring', generation), [bytes]);
  try {
    await target.put(keyringName('keyring-copy', generation), [bytes]);
  } catch (err) {
    // A writer of another process saw the first alone and wrote the copy.
    if (!isAppError(err, 'conflict')) throw err;
  }
}

/**
 * The next generation: a fresh data key for everything that is written from now on, closed with
 * `keys`, which may be another wrapping key. Older data keys stay, so no pack is rewritten.
 */
export async function rotateKeyring(
  target: Target,
  keys: KeyWrapper,
  keyring: Keyring,
): Promise<Keyring> {
  const version = keyring.dataKeys.at(-1)!.version + 1;
  const next: Keyring = {
    ...keyring,
    generation: keyring.generation + 1,
    dataKeys: [...keyring.dataKeys, { version, key: randomBytes(keyBytes) }],
  };
  await putKeyring(target, keys, next);
  return next;
}
