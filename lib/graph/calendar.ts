import type { GraphAnswer, GraphClient } from './client.ts';

/** The event as JSON; `withAttachments` puts their content into it. */
export function readEvent<T>(
  client: GraphClient,
  userId: string,
  itemId: string,
  consume: (answer: GraphAnswer) => Promise<T>,
  options: { withAttachments?: boolean; signal?: AbortSignal } = {},
): Promise<T> {
  const query = options.withAttachments ? '?$expand=attachments' : '';
  return client.stream(
    {
      path: `/users/${encodeURIComponent(userId)}/events/${encodeURIComponent(itemId)}${query}`,
      signal: options.signal,
    },
    consume,
  );
}

/** Makes an event. It must carry no attendees: Exchange would invite them (research/graph.md §9, 14). */
export function createEvent(
  client: GraphClient,
  target: { userId: string; folderId: string },
  event: Record<string, unknown>,
  signal?: AbortSignal,
): Promise<{ id: string }> {
  return client.post(
    `/users/${encodeURIComponent(target.userId)}/calendars/${encodeURIComponent(target.folderId)}/events`,
    event,
    { signal },
  );
}
