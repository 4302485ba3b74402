import { randomBytes } from 'node:crypto';
import { AppError, isAppError } from '#lib/core/errors.ts';
import { VaultDamaged } from './errors.ts';
import { openObject, sealedKeyVersion, sealObject, sectionBytesMax } from './format/sealed.ts';
import { decodeSnapshot, encodeSnapshot, type SnapshotRecord } from './format/snapshot.ts';
import { sha256 } from './ids.ts';
import type { SnapshotInfo } from './rows.ts';
import type { Store } from './store.ts';

/**
 * Snapshot objects: one each, named by mailbox and sequence number, so that two writers can never
 * both commit the same successor. An id says where its object is: mailbox (32 hex digits), sequence
 * (8) and the start of the keyed hash of the content (24).
 */

function mailboxFolder(store: Store, mailboxId: string): string {
  const digest = sha256(Buffer.from(mailboxId, 'utf8'));
  return store.ids.ofDigest('mailbox', digest).toString('hex', 0, 16);
}

function snapshotName(folder: string, sequence: number): string {
  return `snapshots/${folder}/${sequence.toString(16).padStart(8, '0')}`;
}

function snapshotId(store: Store, folder: string, sequence: number, plain: Buffer): string {
  const print = store.ids.of('snapshot', plain).toString('hex', 0, 12);
  return `${folder}${sequence.toString(16).padStart(8, '0')}${print}`;
}

export interface LoadedSnapshot {
  info: SnapshotInfo;
  record: SnapshotRecord;
}

async function loadByName(store: Store, name: string): Promise<LoadedSnapshot> {
  const bytes = await store.target.get(name);
  const secrets = store.secretsOf(sealedKeyVersion(bytes, name), name);
  const [plain, ...more] = openObject(secrets, name, bytes);
  if (plain === undefined || more.length > 0) throw new VaultDamaged(name, 'it is not one section');
  const record = decodeSnapshot(plain, name);
  const folder = mailboxFolder(store, record.mailboxId);
  if (snapshotName(folder, record.sequence) !== name)
    throw new VaultDamaged(name, 'it belongs to another place');
  return { info: infoOf(snapshotId(store, folder, record.sequence, plain), record), record };
}

function infoOf(id: string, record: SnapshotRecord): SnapshotInfo {
  return {
    id,
    mailboxId: record.mailboxId,
    sequence: record.sequence,
    takenAt: new Date(record.takenAtMs),
    items: record.items,
    bytes: record.bytes,
    root: Buffer.from(record.root).toString('hex'),
    previous: record.previous,
    pagesWritten: record.pagesWritten,
  };
}

/** Throws 'not-found' when the id is not one of this vault's. */
export async function loadSnapshot(store: Store, id: string): Promise<LoadedSnapshot> {
  const absent = new AppError(
    'not-found',
    'This snapshot is not in the vault. It may belong to another customer or have been removed.',
  );
  if (!/^[0-9a-f]{64}$/.test(id)) throw absent;
  const name = snapshotName(id.slice(0, 32), Number.parseInt(id.slice(32, 40), 16));
  try {
    const loaded = await loadByName(store, name);
    if (loaded.info.id !== id) throw absent;
    return loaded;
  } catch (err) {
    throw isAppError(err, 'not-found') ? absent : err;
  }
}

export async function snapshotNames(store: Store, mailboxId?: string): Promise<string[]> {
  const prefix =
    mailboxId === undefined ? 'snapshots/' : `snapshots/${mailboxFolder(store, mailboxId)}/`;
  const names: string[] = [];
  // What others have left beside them is not a snapshot.
  for await (const { name } of store.target.list(prefix))
    if (/^snapshots\/[0-9a-f]{32}\/[0-9a-f]{8}$/.test(name)) names.push(name);
  return names.sort();
}

/** Ordered by mailbox and sequence. */
export async function listSnapshots(store: Store, mailboxId?: string): Promise<SnapshotInfo[]> {
  const found: SnapshotInfo[] = [];
  for (const name of await snapshotNames(store, mailboxId))
    found.push((await loadByName(store, name)).info);
  return found;
}

export async function latestSnapshot(
  store: Store,
  mailboxId: string,
): Promise<LoadedSnapshot | null> {
  const name = (await snapshotNames(store, mailboxId)).at(-1);
  return name === undefined ? null : loadByName(store, name);
}

export { loadByName as loadSnapshotByName };

/** Writes the object that makes a snapshot count. A taken sequence number is a 'conflict'. */
export async function putSnapshot(store: Store, record: SnapshotRecord): Promise<SnapshotInfo> {
  const folder = mailboxFolder(store, record.mailboxId);
  const name = snapshotName(folder, record.sequence);
  const plain = encodeSnapshot(record);
  if (plain.length > sectionBytesMax)
    throw new AppError(
      'input.invalid',
      'The folders of this mailbox are more than a snapshot can hold. Nothing was committed.',
    );
  const object = sealObject(store.secrets, name, randomBytes(16), [plain]);
  try {
    await store.target.put(name, [object]);
  } catch (err) {
    if (!isAppError(err, 'conflict')) throw err;
    throw new AppError(
      'conflict',
      'Another session has committed a snapshot of this mailbox meanwhile. Nothing was overwritten; run again from the newest snapshot.',
      { retryable: true, cause: err },
    );
  }
  return infoOf(snapshotId(store, folder, record.sequence, plain), record);
}
