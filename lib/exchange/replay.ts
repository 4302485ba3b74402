import { createHash } from 'node:crypto';
import type { Clock } from '#lib/core/clock.ts';
import { isAppError } from '#lib/core/errors.ts';
import { createEvent } from '#lib/graph/calendar.ts';
import type { GraphClient } from '#lib/graph/client.ts';
import { createContact } from '#lib/graph/contacts.ts';
import { GraphError } from '#lib/graph/errors.ts';
import { ensureFolder } from '#lib/graph/folders.ts';
import type { ImportSession } from '#lib/graph/import-session.ts';
import { allItems, getItem, type MailboxItem, softDeleteItem } from '#lib/graph/items.ts';
import { createMessage, findByMessageId } from '#lib/graph/mail.ts';
import { createTask } from '#lib/graph/tasks.ts';
import { messageGist, readMimeFacts } from './identity.ts';
import { contentIdOf } from './inspect.ts';
import type { ItemKind } from './item.ts';
import { factsOfJson, type ListFacts } from './json-facts.ts';
import { carriesRestoreKey, jsonItem, jsonMessage, restoreKeyProperty } from './json-message.ts';
import type { ReplayCause } from './outcome.ts';
import type { PlannedFolder, PlannedItem } from './plan.ts';
import { readReadable, readStreams, type SourceMailbox } from './read-item.ts';
import { type Collected, collect } from './spool.ts';

/**
 * The journal of a restore, one line for each planned item. An intent is on disk before anything is
 * sent; an outcome after. So a reply that was lost can be told from a write that never happened.
 */
export interface ReplayJournal {
  /** The line of this item as it is now. */
  entry(itemId: string): Promise<ReplayEntry>;
  /** Durable before the write is sent. Counts an attempt. `route` is the form that is sent. */
  intend(
    itemId: string,
    intent: { folderId: string; at: Date; route: 'stream' | 'json' },
  ): Promise<void>;
  /** It is there: written by us, or found there after a lost reply (`adopted`). */
  written(itemId: string, result: WrittenItem): Promise<void>;
  /** It ended without being written. `present` and `changed` are skips that the plan foresaw. */
  ended(itemId: string, result: EndedItem): Promise<void>;
  /** What reading it back said. */
  verified(itemId: string, result: VerifyResult): Promise<void>;
  /** Which of these target ids are already claimed by lines of this restore. */
  claimed(createdIds: readonly string[]): Promise<ReadonlySet<string>>;
}

export type ReplayEntry =
  | { state: 'planned' }
  /** A write may or may not have happened. */
  | { state: 'intent'; folderId: string; at: Date; attempts: number }
  | { state: 'written'; createdId: string; folderId: string; route: 'stream' | 'json' }
  | { state: 'ended'; outcome: 'present' | 'changed' | 'failed' };

export interface WrittenItem {
  createdId: string;
  folderId: string;
  route: 'stream' | 'json';
  adopted: boolean;
}

export interface EndedItem {
  outcome: 'present' | 'changed' | 'failed';
  cause: ReplayCause | null;
  /** The code that Graph gave. */
  detail: string | null;
}

export interface VerifyResult {
  ok: boolean;
  cause: ReplayCause | null;
  /** True where the readable form read back equals the stored one byte for byte. */
  sameBytes: boolean;
}

/** The part of a vault reader that putting back needs. */
export interface ItemSource {
  openReadable(ref: string): Promise<OpenedReadable | null>;
  openStream(ref: string): Promise<OpenedBody | null>;
}

interface OpenedBody {
  bytes: number;
  sha256: string;
  body: AsyncIterable<Uint8Array>;
}

interface OpenedReadable extends OpenedBody {
  format: 'mime' | 'json';
}

export interface ReplayTarget {
  restoreId: string;
  /** Client of the backup app: looks and reads back. */
  read: GraphClient;
  /** Client of the restore app: writes. */
  write: GraphClient;
  mailbox: SourceMailbox;
  /** Opened with the `write` client, one for a mailbox. */
  session: ImportSession;
  source: ItemSource;
  journal: ReplayJournal;
  clock: Clock;
  signal: AbortSignal;
}

const writesMax = 3;
/** Of items in the folder that are read to find out whether one is ours. */
const lookedIntoMax = 500;
/** A statement takes so many ids and no more. */
const claimedAtOnce = 1000;

/**
 * Makes the folders of a plan, parents first. Can be called again: what is there is taken.
 * @returns plan key → folder id in the target
 */
export async function ensureFolders(
  write: GraphClient,
  mailboxId: string,
  folders: readonly PlannedFolder[],
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const folder of folders) {
    if (folder.existingId !== null) {
      ids.set(folder.planKey, folder.existingId);
      continue;
    }
    const parentId = folder.parentKey === null ? null : (ids.get(folder.parentKey) ?? null);
    const made = await ensureFolder(
      write,
      mailboxId,
      { parentId, name: folder.name, type: folder.type },
      signal,
    );
    ids.set(folder.planKey, made.id);
  }
  return ids;
}

/**
 * Puts one planned item back, or finds that it is back already. Safe to call again at any time: an
 * item whose journal has an intent and no outcome is looked for before anything is written.
 *
 * @returns the journal line as it is afterwards
 * @throws AppError `throttled`, `consent.missing` and what the journal throws; the abort reason.
 *   Everything that concerns this item alone ends in the journal.
 */
export async function replayItem(
  target: ReplayTarget,
  item: PlannedItem,
  folderId: string,
): Promise<ReplayEntry> {
  const { journal } = target;
  const entry = await journal.entry(item.itemId);
  if (entry.state === 'written' || entry.state === 'ended') return entry;
  const foreseen = foreseenEnd(item);
  if (foreseen) return end(target, item, foreseen);
  if (entry.state === 'intent') {
    const adopted = await adopt(target, item, entry.folderId);
    if (adopted) return adopted;
  }
  const content = await loadContent(target, item);
  if (content.kind === 'none') {
    return end(target, item, { outcome: 'failed', cause: content.cause, detail: null });
  }
  try {
    return await writeItem(target, item, folderId, content);
  } finally {
    await content.dispose();
  }
}

function foreseenEnd(item: PlannedItem): EndedItem | null {
  switch (item.action) {
    case 'skip-present':
      return { outcome: 'present', cause: null, detail: null };
    case 'skip-changed':
      return { outcome: 'changed', cause: null, detail: null };
    case 'cannot':
      return { outcome: 'failed', cause: item.cause, detail: null };
    default:
      return null;
  }
}

async function end(
  target: ReplayTarget,
  item: PlannedItem,
  result: EndedItem,
): Promise<ReplayEntry> {
  await target.journal.ended(item.itemId, result);
  return { state: 'ended', outcome: result.outcome };
}

type Content =
  | { kind: 'stream'; body: Collected; dispose(): Promise<void> }
  | { kind: 'json'; body: Record<string, unknown>; dispose(): Promise<void> }
  | { kind: 'none'; cause: ReplayCause };

/** Reads what is to be written out of the vault, whole and verified, before anything is sent. */
async function loadContent(target: ReplayTarget, item: PlannedItem): Promise<Content> {
  let damaged = false;
  if (item.route === 'stream') {
    try {
      const opened = await target.source.openStream(item.ref);
      if (opened) {
        const body = await collect(opened.body);
        return { kind: 'stream', body, dispose: () => body.dispose() };
      }
    } catch (err) {
      if (!isAppError(err, 'vault.damaged')) throw err;
      damaged = true;
    }
  }
  const json = await loadJson(target, item);
  return json.kind === 'none' && damaged ? { kind: 'none', cause: 'vault-damaged' } : json;
}

/** Read whole into memory: a create takes no more than 4 MB anyway. */
const jsonSourceBytesMax = 6 * 1024 * 1024;

async function loadJson(target: ReplayTarget, item: PlannedItem): Promise<Content> {
  try {
    const opened = await target.source.openReadable(item.ref);
    if (!opened) return { kind: 'none', cause: 'nothing-stored' };
    if (opened.bytes > jsonSourceBytesMax) return { kind: 'none', cause: 'too-large' };
    const parts: Uint8Array[] = [];
    for await (const chunk of opened.body) parts.push(chunk);
    const bytes = Buffer.concat(parts);
    const key = restoreKey(target.restoreId, item.itemId);
    const made =
      opened.format === 'mime'
        ? await jsonMessage(bytes, key)
        : jsonItem(item.kind, parsed(bytes), key);
    if (made.kind === 'refused') return { kind: 'none', cause: made.cause };
    return { kind: 'json', body: made.body, dispose: async () => {} };
  } catch (err) {
    if (!isAppError(err, 'vault.damaged')) throw err;
    return { kind: 'none', cause: 'vault-damaged' };
  }
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}

/** Marks a written item as this restore's. */
export function restoreKey(restoreId: string, itemId: string): string {
  return createHash('sha256').update(`${restoreId}\n${itemId}`).digest('hex');
}

async function writeItem(
  target: ReplayTarget,
  item: PlannedItem,
  folderId: string,
  first: Exclude<Content, { kind: 'none' }>,
): Promise<ReplayEntry> {
  const { journal, clock } = target;
  let content: Exclude<Content, { kind: 'none' }> = first;
  for (let attempt = 1; ; attempt++) {
    await journal.intend(item.itemId, { folderId, at: clock.now(), route: content.kind });
    try {
      const createdId = await send(target, item, folderId, content);
      const result = { createdId, folderId, route: content.kind, adopted: false };
      await journal.written(item.itemId, result);
      return { state: 'written', createdId, folderId, route: content.kind };
    } catch (err) {
      if (!(err instanceof GraphError)) throw err;
      if (err.code === 'throttled' || err.code === 'consent.missing') throw err;
      if (err.retryable) {
        // The reply is lost, which says nothing about the write.
        const adopted = await adopt(target, { ...item, route: content.kind }, folderId);
        if (adopted) return adopted;
        if (attempt < writesMax) continue;
      }
      const refused = !err.retryable && err.status !== 507 && err.status !== 404;
      if (refused && content.kind === 'stream') {
        const json = await loadJson(target, item);
        if (json.kind === 'json') {
          content = json;
          continue;
        }
      }
      return end(target, item, {
        outcome: 'failed',
        cause: writeCause(err, content.kind),
        detail: err.graphCode || String(err.status),
      });
    }
  }
}

async function send(
  target: ReplayTarget,
  item: PlannedItem,
  folderId: string,
  content: Exclude<Content, { kind: 'none' }>,
): Promise<string> {
  const { write, session, signal } = target;
  if (content.kind === 'stream') {
    const { bytes } = content.body;
    const body = { bytes, open: () => content.body.chunks() };
    return (await session.create(folderId, body, signal)).itemId;
  }
  const place = { userId: target.mailbox.userId, folderId };
  switch (item.kind) {
    case 'event':
      return (await createEvent(write, place, content.body, signal)).id;
    case 'contact':
      return (await createContact(write, place, content.body, signal)).id;
    case 'task':
      return (await createTask(write, place, content.body, signal)).id;
    default:
      return (await createMessage(write, place, content.body, signal)).id;
  }
}

function writeCause(err: GraphError, route: 'stream' | 'json'): ReplayCause {
  if (err.status === 507 || /quota|mailboxfull/i.test(err.graphCode)) return 'mailbox-full';
  if (err.status === 404) return 'folder-missing';
  if (err.status === 413) return 'too-large';
  if (err.retryable) return 'target-error';
  return route === 'stream' && err.status === 400 ? 'stream-refused' : 'target-refused';
}

/** Takes an item that is there for ours, when its key or content says so and nobody else has claimed it. */
async function adopt(
  target: ReplayTarget,
  item: PlannedItem,
  folderId: string,
): Promise<ReplayEntry | null> {
  const found = await findWritten(target, item, folderId);
  if (found === null) return null;
  await target.journal.written(item.itemId, { ...found, folderId, adopted: true });
  return { state: 'written', ...found, folderId };
}

interface Found {
  createdId: string;
  route: 'stream' | 'json';
}

/**
 * An item of the target folder that this line has written: it was not there when the plan was made, and
 * no other line of this restore has claimed it.
 */
async function findWritten(
  target: ReplayTarget,
  item: PlannedItem,
  folderId: string,
): Promise<Found | null> {
  const { read, mailbox, signal } = target;
  if (item.kind === 'message' && item.internetMessageId !== null) {
    const place = { userId: mailbox.userId, folderId };
    const ids = await findByMessageId(read, place, item.internetMessageId, signal);
    if (ids !== null) return findAmong(target, item, folderId, ids);
  }
  const listed: MailboxItem[] = [];
  const place = { mailboxId: mailbox.exchangeId, folderId };
  for await (const found of allItems(read, place, signal)) {
    if ((found.type ?? '').toLowerCase() === item.itemClass.toLowerCase()) listed.push(found);
  }
  // The newest first: ours was written minutes ago.
  listed.sort((a, b) => stamp(b).localeCompare(stamp(a)));
  const ids = listed.map(({ id }) => id);
  return findAmong(target, item, folderId, ids, lookedIntoMax);
}

async function findAmong(
  target: ReplayTarget,
  item: PlannedItem,
  folderId: string,
  ids: readonly string[],
  max = Number.POSITIVE_INFINITY,
): Promise<Found | null> {
  const before = new Set(item.presentIds);
  // What is written gets an id of its own, so the item that was backed up is never ours.
  const candidates = ids.filter((id) => !before.has(id) && id !== item.key);
  let left = max;
  for (let at = 0; at < candidates.length; at += claimedAtOnce) {
    const page = candidates.slice(at, at + claimedAtOnce);
    const claimed = await target.journal.claimed(page);
    for (const createdId of page) {
      if (claimed.has(createdId)) continue;
      if (left-- <= 0) return null;
      const route = await routeOfOurs(target, item, folderId, createdId);
      if (route !== null) return { createdId, route };
    }
  }
  return null;
}

function stamp(item: MailboxItem): string {
  return item.lastModifiedDateTime ?? item.createdDateTime ?? '';
}

/** By which route this line has written the item; null where it has not. */
async function routeOfOurs(
  target: ReplayTarget,
  item: PlannedItem,
  folderId: string,
  id: string,
): Promise<'stream' | 'json' | null> {
  const { read, mailbox, signal } = target;
  const key = await keyOf(target, folderId, id);
  // Whatever was planned: where the stream was refused, the JSON was written.
  if (key === restoreKey(target.restoreId, item.itemId)) return 'json';
  // An item that looks the same and lacks the key was written by somebody else. A stream brings along
  // what key the original had.
  if (key !== 'unknown' && item.route === 'json' && carriesRestoreKey(item.kind)) return null;
  const contentId = await contentIdOf(
    read,
    mailbox,
    folderId,
    { id, type: item.itemClass },
    signal,
  );
  if (contentId === item.contentId) return item.route;
  // What was written as JSON comes back with headers of Exchange's own.
  const same = item.route === 'json' && (await compare(target, item, folderId, id)).ok;
  return same ? item.route : null;
}

/** The key that an item carries; null where it has none, `unknown` where Exchange does not say. */
async function keyOf(
  target: ReplayTarget,
  folderId: string,
  id: string,
): Promise<string | null | 'unknown'> {
  const place = { mailboxId: target.mailbox.exchangeId, folderId };
  try {
    const found = await getItem(target.read, place, id, {
      properties: [restoreKeyProperty],
      signal: target.signal,
    });
    const properties = found?.singleValueExtendedProperties ?? [];
    return properties.find((each) => /holdfastrestorekey$/i.test(each.id))?.value ?? null;
  } catch (err) {
    if (err instanceof GraphError && [400, 405, 501].includes(err.status)) return 'unknown';
    throw err;
  }
}

/**
 * Reads a written item back and compares it with what the vault holds; then, with `replace`, removes
 * what it replaces. Never before: a failed write must not cost the item that was there. Where there is
 * nothing but a stream to compare, what it replaces is removed only if the stream comes back the same.
 */
export async function verifyItem(
  target: ReplayTarget,
  item: PlannedItem,
  written: { createdId: string; folderId: string; route: 'stream' | 'json' },
): Promise<VerifyResult> {
  const as = { ...item, route: written.route };
  const replaces = item.action === 'replace' && item.existingId !== null;
  const check = replaces ? compareToReplace : compare;
  const result = await check(target, as, written.folderId, written.createdId).catch(
    (err): VerifyResult => {
      // What the vault cannot give back concerns this item and none of the others.
      if (!isAppError(err, 'vault.damaged')) throw err;
      return { ok: false, cause: 'vault-damaged', sameBytes: false };
    },
  );
  if (result.ok && replaces) {
    const place = { mailboxId: target.mailbox.exchangeId, folderId: written.folderId };
    await softDeleteItem(target.write, place, item.existingId!, target.signal);
  }
  await target.journal.verified(item.itemId, result);
  return result;
}

/** As `compare`, but that an item is there is not enough where another is to be removed for it. */
async function compareToReplace(
  target: ReplayTarget,
  item: PlannedItem,
  folderId: string,
  id: string,
): Promise<VerifyResult> {
  const result = await compare(target, item, folderId, id);
  if (!result.ok || (await target.source.openReadable(item.ref))) return result;
  return (await sameStream(target, item, id))
    ? result
    : { ok: false, cause: 'kept-beside', sameBytes: false };
}

/** Whether Exchange gives the stream back that was written. False also where it gives none. */
async function sameStream(target: ReplayTarget, item: PlannedItem, id: string): Promise<boolean> {
  const { read, mailbox, source, signal } = target;
  const stored = await source.openStream(item.ref);
  if (!stored) return false;
  const streams = await readStreams(read, mailbox.exchangeId, [id], signal).catch((err) => {
    if (!isAppError(err, 'source.refused')) throw err;
    return null;
  });
  const back = streams?.get(id);
  if (back?.kind !== 'ok') return false;
  await back.value.dispose();
  return back.value.sha256 === stored.sha256;
}

async function compare(
  target: ReplayTarget,
  item: PlannedItem,
  folderId: string,
  id: string,
): Promise<VerifyResult> {
  const { read, mailbox, source, signal } = target;
  const bad = (cause: ReplayCause) => ({ ok: false, cause, sameBytes: false });
  const stored = await source.openReadable(item.ref);
  if (!stored) {
    const place = { mailboxId: mailbox.exchangeId, folderId };
    const found = await getItem(read, place, id, { signal });
    return found ? { ok: true, cause: null, sameBytes: false } : bad('missing-after-write');
  }
  const back = await readReadable(
    read,
    mailbox,
    folderId,
    { id, type: item.itemClass },
    {
      listingOnly: false,
      withAttachments: false,
      signal,
    },
  );
  if (back.kind === 'gone') return bad('missing-after-write');
  if (back.kind !== 'ok') return bad('target-error');
  const { body, facts } = back.value;
  try {
    const sameBytes = body.sha256 === stored.sha256;
    if (sameBytes || facts.contentId === item.contentId)
      return { ok: true, cause: null, sameBytes };
    if (item.route !== 'json') return bad('differs-after-write');
    const same =
      stored.format === 'mime'
        ? await sameGist(stored.body, body.chunks())
        : sameListing(item.kind, await parsedWhole(stored.body), facts);
    return same ? { ok: true, cause: null, sameBytes: false } : bad('differs-after-write');
  } finally {
    await body.dispose();
  }
}

async function sameGist(
  stored: AsyncIterable<Uint8Array>,
  back: AsyncIterable<Uint8Array>,
): Promise<boolean> {
  return messageGist(await readMimeFacts(stored)) === messageGist(await readMimeFacts(back));
}

async function parsedWhole(body: AsyncIterable<Uint8Array>): Promise<unknown> {
  const parts: Uint8Array[] = [];
  for await (const chunk of body) parts.push(chunk);
  return parsed(Buffer.concat(parts));
}

/** Exchange writes most of an item that was put back as JSON anew; what a list shows has to be the same. */
function sameListing(kind: ItemKind, stored: unknown, back: ListFacts): boolean {
  const was = factsOfJson(kind, stored);
  if (was.subject !== back.subject) return false;
  return kind !== 'event' || was.at?.getTime() === back.at?.getTime();
}
