/** What the stand-in has seen, for tests and benches in the same process. */
export interface Stats {
  /** Requests by kind: `token`, or the name of a Graph route. */
  requests: Record<string, number>;
  total: number;
  /** Refusals with 429, by reason. */
  throttled: { concurrency: number; requests: number; bytes: number };
  /** The most requests of one application on one mailbox that were ever in work at once. */
  concurrentMax: number;
  /** People that creating events with attendees would have invited. */
  invitationsSent: number;
  /** Bytes that mailbox requests carried up. */
  uploadedBytes: number;
}

export function emptyStats(): Stats {
  return {
    requests: {},
    total: 0,
    throttled: { concurrency: 0, requests: 0, bytes: 0 },
    concurrentMax: 0,
    invitationsSent: 0,
    uploadedBytes: 0,
  };
}

/** @returns how many of this kind came before */
export function countRequest(stats: Stats, kind: string): number {
  const earlier = stats.requests[kind] ?? 0;
  stats.requests[kind] = earlier + 1;
  stats.total++;
  return earlier;
}
