import type { GraphAnswer, GraphClient } from './client.ts';
import { GraphError, isNotFound } from './errors.ts';

function user(userId: string): string {
  return `/users/${encodeURIComponent(userId)}`;
}

/**
 * The message as MIME. Exchange makes it anew for each call; boundaries and the order of headers
 * differ from call to call (research/graph.md §2.6).
 */
export function readMime<T>(
  client: GraphClient,
  userId: string,
  itemId: string,
  consume: (answer: GraphAnswer) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  return client.stream(
    { path: `${user(userId)}/messages/${encodeURIComponent(itemId)}/$value`, signal },
    consume,
  );
}

/** Id of the folder that a message is in, wherever in the mailbox; null where there is no such message. */
export async function messageFolder(
  client: GraphClient,
  userId: string,
  itemId: string,
  signal?: AbortSignal,
): Promise<string | null> {
  try {
    const found = await client.get<{ parentFolderId?: string }>(
      `${user(userId)}/messages/${encodeURIComponent(itemId)}?$select=parentFolderId`,
      { signal },
    );
    return found?.parentFolderId ?? null;
  } catch (err) {
    if (isNotFound(err)) return null;
    throw err;
  }
}

/** Ids of the messages of a folder with this Message-ID; null where Graph cannot search for it. */
export async function findByMessageId(
  client: GraphClient,
  target: { userId: string; folderId: string },
  internetMessageId: string,
  signal?: AbortSignal,
): Promise<string[] | null> {
  const filter = `internetMessageId eq '${internetMessageId.replaceAll("'", "''")}'`;
  try {
    const ids: string[] = [];
    for await (const { id } of client.entries<{ id: string }>({
      path: `${user(target.userId)}/mailFolders/${encodeURIComponent(target.folderId)}/messages?$filter=${encodeURIComponent(filter)}&$select=id`,
      signal,
    })) {
      ids.push(id);
    }
    return ids;
  } catch (err) {
    if (isNotFound(err)) return [];
    if (err instanceof GraphError && [400, 403, 405, 501].includes(err.status)) return null;
    throw err;
  }
}

/**
 * Makes a message in one request. Complete in the request or not at all: Microsoft refuses later
 * changes to a message that is no draft (research/graph.md §1.11).
 */
export function createMessage(
  client: GraphClient,
  target: { userId: string; folderId: string },
  message: Record<string, unknown>,
  signal?: AbortSignal,
): Promise<{ id: string }> {
  return client.post(
    `${user(target.userId)}/mailFolders/${encodeURIComponent(target.folderId)}/messages`,
    message,
    { signal },
  );
}
