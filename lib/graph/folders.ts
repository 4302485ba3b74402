import type { GraphClient } from './client.ts';
import { GraphError } from './errors.ts';

export interface GraphFolder {
  id: string;
  displayName: string;
  parentFolderId: string | null;
  childFolderCount?: number;
  totalItemCount?: number;
  /** Folder class, such as `IPF.Note`. */
  type?: string;
  /** Seen in answers since August 2026, not in the metadata: a hint, not a promise. */
  wellKnownName?: string | null;
  '@removed'?: { reason: string };
}

/** Well-known names worth asking for by themselves (research/graph.md §3.5); lower case as we keep them. */
export const wellKnownFolders = [
  'msgfolderroot',
  'inbox',
  'sentitems',
  'drafts',
  'deleteditems',
  'junkemail',
  'archive',
  'outbox',
  'calendar',
  'contacts',
  'tasks',
  'notes',
  'journal',
] as const;

function base(mailboxId: string): string {
  return `/admin/exchange/mailboxes/${encodeURIComponent(mailboxId)}/folders`;
}

/**
 * Every folder of the mailbox, flat, in one or a few requests. Where the flat listing lacks children
 * that a folder says it has, they are listed folder by folder.
 */
export async function listFolders(
  client: GraphClient,
  mailboxId: string,
  signal?: AbortSignal,
): Promise<GraphFolder[]> {
  const byId = new Map<string, GraphFolder>();
  const add = (folder: GraphFolder) => {
    if (folder.id && !folder['@removed']) byId.set(folder.id, folder);
    else if (folder.id) byId.delete(folder.id);
  };
  try {
    let next: string | null = `${base(mailboxId)}/delta`;
    while (next !== null) {
      const page: { value: GraphFolder[]; nextLink: string | null } =
        await client.page<GraphFolder>({
          path: next,
          prefer: ['odata.maxpagesize=500'],
          signal,
          delta: true,
        });
      for (const folder of page.value) add(folder);
      next = page.nextLink;
    }
  } catch (err) {
    if (!(err instanceof GraphError) || ![400, 405, 501].includes(err.status)) throw err;
    for await (const folder of client.entries<GraphFolder>({
      path: `${base(mailboxId)}?$top=250`,
      signal,
    })) {
      add(folder);
    }
  }
  await addMissingChildren(client, mailboxId, byId, signal);
  return [...byId.values()];
}

async function addMissingChildren(
  client: GraphClient,
  mailboxId: string,
  byId: Map<string, GraphFolder>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const asked = new Set<string>();
  for (;;) {
    const counts = new Map<string, number>();
    for (const { parentFolderId } of byId.values()) {
      if (parentFolderId) counts.set(parentFolderId, (counts.get(parentFolderId) ?? 0) + 1);
    }
    const short = [...byId.values()].filter(
      (folder) =>
        !asked.has(folder.id) && (folder.childFolderCount ?? 0) > (counts.get(folder.id) ?? 0),
    );
    if (short.length === 0) return;
    for (const folder of short) {
      asked.add(folder.id);
      for await (const child of listChildren(client, mailboxId, folder.id, signal)) {
        byId.set(child.id, child);
      }
    }
  }
}

/** The folders right below one, or (null) at the top of the mailbox. */
export function listChildren(
  client: GraphClient,
  mailboxId: string,
  parentId: string | null,
  signal?: AbortSignal,
): AsyncGenerator<GraphFolder> {
  const path =
    parentId === null
      ? base(mailboxId)
      : `${base(mailboxId)}/${encodeURIComponent(parentId)}/childFolders`;
  return client.entries<GraphFolder>({ path: `${path}?$top=250`, signal });
}

/**
 * null where there is no such folder. Only where Exchange says so: a request that it does not
 * understand says nothing about the folder.
 */
export async function getFolder(
  client: GraphClient,
  mailboxId: string,
  folderId: string,
  signal?: AbortSignal,
): Promise<GraphFolder | null> {
  try {
    return await client.get<GraphFolder>(`${base(mailboxId)}/${encodeURIComponent(folderId)}`, {
      signal,
    });
  } catch (err) {
    if (err instanceof GraphError && (err.code === 'not-found' || folderLacks(err))) return null;
    throw err;
  }
}

function folderLacks(err: GraphError): boolean {
  return ['erroritemnotfound', 'errorfoldernotfound'].includes(err.graphCode.toLowerCase());
}

/** The folder with a well-known name; one that a mailbox lacks is refused in several ways. */
export async function getWellKnownFolder(
  client: GraphClient,
  mailboxId: string,
  name: (typeof wellKnownFolders)[number],
  signal?: AbortSignal,
): Promise<GraphFolder | null> {
  try {
    return await getFolder(client, mailboxId, name, signal);
  } catch (err) {
    if (err instanceof GraphError && err.status === 400) return null;
    throw err;
  }
}

/**
 * Makes a folder and returns it. One with this name that is there already is returned instead, so
 * that a call whose reply was lost can be made again.
 */
export async function ensureFolder(
  client: GraphClient,
  mailboxId: string,
  wanted: { parentId: string | null; name: string; type: string },
  signal?: AbortSignal,
): Promise<GraphFolder> {
  const present = await childNamed(client, mailboxId, wanted, signal);
  if (present) return present;
  const path =
    wanted.parentId === null
      ? base(mailboxId)
      : `${base(mailboxId)}/${encodeURIComponent(wanted.parentId)}/childFolders`;
  try {
    return await client.post<GraphFolder>(
      path,
      { displayName: wanted.name, type: wanted.type },
      { signal },
    );
  } catch (err) {
    const maybeMade =
      err instanceof GraphError &&
      (err.retryable || err.status === 409 || /folderexists/i.test(err.graphCode));
    const made = maybeMade ? await childNamed(client, mailboxId, wanted, signal) : undefined;
    if (made) return made;
    // The name is taken by a folder of another type, which cannot hold these items.
    if (maybeMade && !err.retryable && !wanted.name.endsWith(secondName)) {
      return ensureFolder(client, mailboxId, { ...wanted, name: wanted.name + secondName }, signal);
    }
    throw err;
  }
}

const secondName = ' (restored)';

async function childNamed(
  client: GraphClient,
  mailboxId: string,
  wanted: { parentId: string | null; name: string; type: string },
  signal: AbortSignal | undefined,
): Promise<GraphFolder | undefined> {
  const family = wanted.type.toLowerCase().split('.').slice(0, 2).join('.');
  for await (const child of listChildren(client, mailboxId, wanted.parentId, signal)) {
    const type = (child.type ?? 'IPF.Note').toLowerCase();
    if (child.displayName === wanted.name && `${type}.`.startsWith(`${family}.`)) return child;
  }
  return undefined;
}
