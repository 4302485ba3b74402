import { mapLimited } from '#lib/core/concurrency.ts';
import type { GraphClient, GraphPage } from '#lib/graph/client.ts';
import { GraphError } from '#lib/graph/errors.ts';
import { itemsDelta, type MailboxItem } from '#lib/graph/items.ts';
import { messageFolder } from '#lib/graph/mail.ts';
import type { SourceFolder } from './journal.ts';
import { formFailure, type SourceMailbox } from './read-item.ts';

/** A folder that was read to its end before, and the link from which its later changes are told. */
export interface ReadFolder {
  id: string;
  link: string;
}

/** Whether an item of one folder may be moved to the other: Outlook keeps mail, events and contacts apart. */
export function mayMoveTo(from: SourceFolder | undefined, to: SourceFolder): boolean {
  return to.wellKnown === 'deleteditems' || family(to.type) === family(from?.type ?? 'IPF.Note');
}

export function isMailFolder(folder: SourceFolder | undefined): boolean {
  return family(folder?.type ?? '') === 'ipf.note';
}

function family(type: string): string {
  return type.toLowerCase().split('.').slice(0, 2).join('.');
}

/**
 * In which of the folders the items are now; those that are in none of them are absent. Asks for each
 * message, or for what is new in each folder, whichever takes fewer requests. Moves no cursor.
 */
export async function findMoved(
  source: { graph: GraphClient; mailbox: SourceMailbox; signal: AbortSignal },
  ids: readonly string[],
  folders: readonly ReadFolder[],
  mail: boolean,
): Promise<Map<string, string>> {
  const { graph, mailbox, signal } = source;
  if (mail && ids.length <= folders.length) {
    try {
      return await byParent(source, ids, new Set(folders.map(({ id }) => id)));
    } catch (err) {
      // Without the permission to read mail the folders are asked.
      if (!(err instanceof GraphError) || ![400, 403, 405, 501].includes(err.status)) throw err;
    }
  }
  const wanted = new Set(ids);
  const moved = new Map<string, string>();
  for (const folder of folders) {
    const target = { mailboxId: mailbox.exchangeId, folderId: folder.id };
    let link: string | null = folder.link;
    while (link !== null && moved.size < wanted.size) {
      signal.throwIfAborted();
      const page: GraphPage<MailboxItem> | null = await itemsDelta(graph, target, link, {
        pageSize: 200,
        signal,
      }).catch((err) => {
        // A folder that is gone, or whose link is forgotten, is read whole in the next run.
        formFailure(err);
        return null;
      });
      for (const item of page?.value ?? []) {
        if (!item['@removed'] && wanted.has(item.id)) moved.set(item.id, folder.id);
      }
      link = page?.nextLink === link ? null : (page?.nextLink ?? null);
    }
  }
  return moved;
}

async function byParent(
  { graph, mailbox, signal }: { graph: GraphClient; mailbox: SourceMailbox; signal: AbortSignal },
  ids: readonly string[],
  folders: ReadonlySet<string>,
): Promise<Map<string, string>> {
  const moved = new Map<string, string>();
  const parents = await mapLimited(ids, 4, (id) =>
    messageFolder(graph, mailbox.userId, id, signal),
  );
  for (const [at, parent] of parents.entries()) {
    if (parent !== null && folders.has(parent)) moved.set(ids[at]!, parent);
  }
  return moved;
}
