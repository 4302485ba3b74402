import type { GraphAnswer, GraphClient } from './client.ts';

/** A task folder of the mailbox is a list of To Do; the ids are the same. */
export function readTask<T>(
  client: GraphClient,
  target: { userId: string; folderId: string },
  itemId: string,
  consume: (answer: GraphAnswer) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  return client.stream(
    { path: `${list(target)}/tasks/${encodeURIComponent(itemId)}`, signal },
    consume,
  );
}

export function createTask(
  client: GraphClient,
  target: { userId: string; folderId: string },
  task: Record<string, unknown>,
  signal?: AbortSignal,
): Promise<{ id: string }> {
  return client.post(`${list(target)}/tasks`, task, { signal });
}

function list(target: { userId: string; folderId: string }): string {
  return `/users/${encodeURIComponent(target.userId)}/todo/lists/${encodeURIComponent(target.folderId)}`;
}
