import type { GraphClient } from '#lib/graph/client.ts';
import { isNotFound } from '#lib/graph/errors.ts';
import { allItems, type MailboxItem } from '#lib/graph/items.ts';
import { findByMessageId } from '#lib/graph/mail.ts';
import { kindOfClass } from './item.ts';
import type { ReplayCandidate, TargetPresence } from './plan.ts';
import { formFailure, readReadable, type SourceMailbox } from './read-item.ts';

export interface InspectInput {
  graph: GraphClient;
  mailbox: SourceMailbox;
  /** Folders of the target that exist and that the plan may write into. */
  folderIds: readonly string[];
  candidates: readonly ReplayCandidate[];
  /** What the catalogue knows of items of the target mailbox; unknown ids are absent. */
  known(ids: readonly string[]): Promise<Map<string, { changeKey: string; contentId: string }>>;
  signal: AbortSignal;
}

/**
 * What the target folders hold now, as far as it can collide with the candidates. Items that the
 * catalogue knows unchanged are not read; of the others only those that could be one of the candidates.
 */
export async function inspectTarget(input: InspectInput): Promise<TargetPresence> {
  const byContent = new Map<string, Map<string, string[]>>();
  const byKey = new Map<string, { folderId: string; contentId: string | null }>();
  const keys = new Set(input.candidates.map(({ key }) => key));
  for (const folderId of input.folderIds) {
    const contents = new Map<string, string[]>();
    byContent.set(folderId, contents);
    const found = (id: string, contentId: string | null) => {
      if (keys.has(id)) byKey.set(id, { folderId, contentId });
      if (contentId === null) return;
      const ids = contents.get(contentId);
      if (ids) ids.push(id);
      else contents.set(contentId, [id]);
    };
    const strangers: MailboxItem[] = [];
    for (const batch of await batchesIn(input, folderId)) {
      const known = await input.known(batch.map(({ id }) => id));
      for (const item of batch) {
        const row = known.get(item.id);
        if (row && row.changeKey !== '' && row.changeKey === item.changeKey)
          found(item.id, row.contentId);
        else strangers.push(item);
      }
    }
    const suspects = await suspectsAmong(input, folderId, strangers, keys);
    for (const item of suspects) {
      found(item.id, await contentIdOf(input.graph, input.mailbox, folderId, item, input.signal));
    }
  }
  return { byContent, byKey };
}

async function batchesIn(input: InspectInput, folderId: string): Promise<MailboxItem[][]> {
  const batches: MailboxItem[][] = [[]];
  const target = { mailboxId: input.mailbox.exchangeId, folderId };
  try {
    for await (const item of allItems(input.graph, target, input.signal)) {
      if (batches.at(-1)!.length === 500) batches.push([]);
      batches.at(-1)!.push(item);
    }
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
  return batches;
}

/** Those of the unknown items that may be a candidate: the same id, Message-ID or kind. */
async function suspectsAmong(
  input: InspectInput,
  folderId: string,
  strangers: readonly MailboxItem[],
  keys: ReadonlySet<string>,
): Promise<MailboxItem[]> {
  if (strangers.length === 0) return [];
  const kinds = new Set(input.candidates.map(({ kind }) => kind));
  const suspects = strangers.filter(
    ({ id, type }) => keys.has(id) || kinds.has(kindOfClass(type ?? '')),
  );
  const mail = input.candidates.filter(({ kind }) => kind === 'message');
  const messageIds = new Set(mail.map(({ internetMessageId }) => internetMessageId));
  // Asking by Message-ID pays where the folder holds more unknown mail than is to be put back.
  const unknownMail = suspects.filter(({ type }) => kindOfClass(type ?? '') === 'message');
  if (messageIds.has(null) || messageIds.size >= unknownMail.length) return suspects;
  const hits = new Set<string>();
  for (const messageId of messageIds) {
    const target = { userId: input.mailbox.userId, folderId };
    const ids = await findByMessageId(input.graph, target, messageId!, input.signal);
    if (ids === null) return suspects;
    for (const id of ids) hits.add(id);
  }
  return suspects.filter(
    ({ id, type }) => kindOfClass(type ?? '') !== 'message' || hits.has(id) || keys.has(id),
  );
}

/** The identity of an item as it is in the mailbox now; null where it cannot be read. */
export async function contentIdOf(
  graph: GraphClient,
  mailbox: SourceMailbox,
  folderId: string,
  item: Pick<MailboxItem, 'id' | 'type'>,
  signal: AbortSignal,
): Promise<string | null> {
  const readable = await readReadable(graph, mailbox, folderId, item, {
    listingOnly: false,
    withAttachments: false,
    signal,
  }).catch(formFailure);
  if (readable.kind !== 'ok') return null;
  await readable.value.body.dispose();
  return readable.value.facts.contentId;
}
