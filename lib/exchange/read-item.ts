import { AppError } from '#lib/core/errors.ts';
import { readEvent } from '#lib/graph/calendar.ts';
import type { GraphAnswer, GraphClient } from '#lib/graph/client.ts';
import { readContact } from '#lib/graph/contacts.ts';
import { GraphCutShort, GraphError, GraphUnreachable } from '#lib/graph/errors.ts';
import { type ExportedItem, exportItems } from '#lib/graph/export.ts';
import { getItem, type MailboxItem } from '#lib/graph/items.ts';
import { readMime } from '#lib/graph/mail.ts';
import { readTask } from '#lib/graph/tasks.ts';
import { messageContentId } from './identity.ts';
import { kindOfClass } from './item.ts';
import { type ItemText, keptText, textOfJson, textOfMime } from './item-text.ts';
import { factsOfJson, type ListFacts, listedProperties } from './json-facts.ts';
import { MimeReader } from './mime-facts.ts';
import type { FailCause } from './outcome.ts';
import { type Collected, Spool } from './spool.ts';

export interface SourceMailbox {
  /** Id of the user in the directory. */
  userId: string;
  /** `MBX:…`, the name of the mailbox on the import and export routes. */
  exchangeId: string;
}

/** One form of an item, or why it could not be had. */
export type FormResult<T> =
  | { kind: 'ok'; value: T }
  | { kind: 'gone' }
  /** Exchange says that asking again will not help. */
  | { kind: 'corrupt'; code: string }
  /** Exchange may give it another time. */
  | { kind: 'failed'; cause: FailCause; code: string };

export interface Readable {
  format: 'mime' | 'json';
  body: Collected;
  facts: ListFacts;
  /** Where it was asked for and could be had. */
  text: ItemText | null;
}

/** JSON larger than this is stored, but not looked into. */
const parsedBytesMax = 8 * 1024 * 1024;

/** Codes by which Exchange says that an item is damaged (research/graph.md §7.2). */
const corruptCodes = new Set([
  'errorcorruptdata',
  'errorcontentconversionfailed',
  'errormimecontentconversionfailed',
  'errorcannotopenfileattachment',
  'errorinvalidrecipients',
  'errorunsupportedmimeconversion',
  'errormimecontentinvalid',
  'errorpropertyvalidationfailure',
]);

/** Turns what a call for one item threw into a result; what concerns more than this item goes on. */
export function formFailure(err: unknown): FormResult<never> {
  if (!(err instanceof GraphError)) throw err;
  if (concernsMailbox(err)) throw err;
  if (err.status === 404) return { kind: 'gone' };
  return codeResult(err.graphCode, causeOf(err));
}

function concernsMailbox(err: GraphError): boolean {
  return err.code === 'throttled' || err.code === 'consent.missing' || err.code === 'source.gone';
}

function codeResult(code: string, cause: FailCause): FormResult<never> {
  const name = code.toLowerCase();
  if (name === 'erroritemnotfound') return { kind: 'gone' };
  if (corruptCodes.has(name)) return { kind: 'corrupt', code };
  return { kind: 'failed', cause, code };
}

function causeOf(err: GraphError): FailCause {
  if (err instanceof GraphCutShort) return 'source-cut-short';
  if (err instanceof GraphUnreachable && err.timedOut) return 'source-timeout';
  if (err.status === 504) return 'source-timeout';
  if (err.status === 403) return 'source-refused';
  return 'source-error';
}

/**
 * The streams of a batch. Items that the answer lacks are asked for one by one, and where the whole
 * call fails for a reason of its own, too: one bad item must not take nineteen with it.
 */
export async function readStreams(
  client: GraphClient,
  mailboxId: string,
  itemIds: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, FormResult<Collected>>> {
  const results = new Map<string, FormResult<Collected>>();
  const take = (id: string, item: ExportedItem<Collected> | undefined) => {
    if (item === undefined) return;
    results.set(
      id,
      item.kind === 'stream'
        ? { kind: 'ok', value: item.body }
        : codeResult(item.code, 'source-error'),
    );
  };
  const ask = async (ids: readonly string[]) => {
    const items = await exportItems(client, mailboxId, ids, () => new Spool(), signal);
    const wanted = new Set(ids);
    for (const [id, item] of items) {
      if (wanted.has(id)) take(id, item);
      else if (item.kind === 'stream') await item.body.dispose();
    }
  };
  try {
    let failure: FormResult<never> | null = null;
    try {
      await ask(itemIds);
    } catch (err) {
      failure = wholeCallFailure(err);
      if (itemIds.length === 1) results.set(itemIds[0]!, failure);
    }
    for (const id of itemIds) {
      if (results.has(id)) continue;
      try {
        await ask([id]);
      } catch (err) {
        results.set(id, wholeCallFailure(err));
      }
      if (!results.has(id))
        results.set(id, { kind: 'failed', cause: 'source-error', code: 'Omitted' });
    }
    return results;
  } catch (err) {
    for (const result of results.values()) if (result.kind === 'ok') await result.value.dispose();
    throw err;
  }
}

/** A refusal of the whole call is about the permission to export, not about an item. */
function wholeCallFailure(err: unknown): FormResult<never> {
  if (err instanceof GraphError && err.status === 403) {
    throw new AppError(
      'source.refused',
      'Microsoft refuses to export items of this mailbox: the permission MailboxItem.Export.All is missing, or the mailbox is out of its scope.',
      { cause: err, data: { graphCode: err.graphCode } },
    );
  }
  const failure = formFailure(err);
  // What is gone is said item by item; this is something else.
  return failure.kind === 'gone'
    ? { kind: 'failed', cause: 'source-error', code: 'ExportNotFound' }
    : failure;
}

/** The readable form: MIME for mail, the JSON of its own route for the rest (or what the item route says). */
export async function readReadable(
  client: GraphClient,
  mailbox: SourceMailbox,
  folderId: string,
  item: MailboxItem,
  options: {
    listingOnly: boolean;
    withAttachments: boolean;
    /** Also what can be searched of it. */
    withText?: boolean;
    signal: AbortSignal;
  },
): Promise<FormResult<Readable>> {
  const { signal, withText = false } = options;
  const kind = kindOfClass(item.type ?? '');
  const json = (answer: GraphAnswer) => collectJson(answer, kind, withText);
  // An empty answer is what a lost message looks like, unless the message is known to be empty.
  const mime = (answer: GraphAnswer) => collectMime(answer, (item.size ?? 0) === 0, withText);
  if (!options.listingOnly) {
    try {
      switch (kind) {
        case 'message':
          return await ok(readMime(client, mailbox.userId, item.id, mime, signal));
        case 'event':
          return await ok(
            readEvent(client, mailbox.userId, item.id, json, {
              withAttachments: options.withAttachments,
              signal,
            }),
          );
        case 'contact':
          return await ok(readContact(client, mailbox.userId, item.id, json, signal));
        case 'task':
          return await ok(
            readTask(client, { userId: mailbox.userId, folderId }, item.id, json, signal),
          );
      }
    } catch (err) {
      const failure = formFailure(err);
      const noSuchRoute =
        failure.kind === 'gone' || (err instanceof GraphError && [400, 405].includes(err.status));
      // An odd item may live in a folder of another type, where its own route does not know it.
      if (kind === 'message' || !noSuchRoute) return failure;
    }
  }
  return readListing(client, mailbox, folderId, item, signal);
}

async function readListing(
  client: GraphClient,
  mailbox: SourceMailbox,
  folderId: string,
  item: MailboxItem,
  signal: AbortSignal,
): Promise<FormResult<Readable>> {
  try {
    const found = await getItem(client, { mailboxId: mailbox.exchangeId, folderId }, item.id, {
      properties: listedProperties,
      signal,
    });
    if (!found) return { kind: 'gone' };
    const spool = new Spool();
    await spool.write(Buffer.from(JSON.stringify(found)));
    const facts = factsOfJson('other', found);
    const text = textOfJson('other', facts, found);
    return { kind: 'ok', value: { format: 'json', body: await spool.finish(), facts, text } };
  } catch (err) {
    return formFailure(err);
  }
}

async function ok(value: Promise<Readable>): Promise<FormResult<Readable>> {
  return { kind: 'ok', value: await value };
}

/** Collects MIME and reads it in the same pass. */
async function collectMime(
  { body }: GraphAnswer,
  mayBeEmpty: boolean,
  withText: boolean,
): Promise<Readable> {
  const spool = new Spool();
  const reader = new MimeReader(null, withText ? keptText : undefined);
  try {
    for await (const chunk of body) {
      reader.push(chunk);
      await spool.write(chunk);
    }
  } catch (err) {
    await spool.discard();
    throw err;
  }
  const collected = await spool.finish();
  if (collected.bytes === 0 && !mayBeEmpty) throw new GraphCutShort();
  const facts = reader.end();
  return {
    format: 'mime',
    body: collected,
    facts: {
      subject: facts.subject,
      sender: facts.sender,
      recipients: facts.recipients,
      at: facts.date,
      hasAttachments: facts.hasAttachments,
      internetMessageId: facts.internetMessageId,
      contentId: messageContentId(facts),
      card: null,
    },
    text: withText ? textOfMime(reader, facts) : null,
  };
}

async function collectJson(
  { body }: GraphAnswer,
  kind: Parameters<typeof factsOfJson>[0],
  withText: boolean,
): Promise<Readable> {
  const spool = new Spool();
  try {
    for await (const chunk of body) await spool.write(chunk);
  } catch (err) {
    await spool.discard();
    throw err;
  }
  const collected = await spool.finish();
  try {
    if (collected.bytes > parsedBytesMax) {
      const facts = factsOfJson(kind, { sha256: collected.sha256 });
      return { format: 'json', body: collected, facts, text: null };
    }
    const parts: Uint8Array[] = [];
    for await (const chunk of collected.chunks()) parts.push(chunk);
    const item: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'));
    const facts = factsOfJson(kind, item);
    const text = withText ? textOfJson(kind, facts, item) : null;
    return { format: 'json', body: collected, facts, text };
  } catch (err) {
    await collected.dispose();
    throw new GraphCutShort(err);
  }
}
