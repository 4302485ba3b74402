import type { GraphAnswer, GraphClient } from './client.ts';

export function readContact<T>(
  client: GraphClient,
  userId: string,
  itemId: string,
  consume: (answer: GraphAnswer) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  return client.stream(
    {
      path: `/users/${encodeURIComponent(userId)}/contacts/${encodeURIComponent(itemId)}`,
      signal,
    },
    consume,
  );
}

export function createContact(
  client: GraphClient,
  target: { userId: string; folderId: string },
  contact: Record<string, unknown>,
  signal?: AbortSignal,
): Promise<{ id: string }> {
  return client.post(
    `/users/${encodeURIComponent(target.userId)}/contactFolders/${encodeURIComponent(target.folderId)}/contacts`,
    contact,
    { signal },
  );
}
