/**
 * How long a `Retry-After` asks to wait, in milliseconds; null where it says nothing usable.
 * Integer and decimal seconds are seen, a date is allowed (research/graph.md §5.3).
 */
export function parseRetryAfter(header: string | null, now: Date): number | null {
  const text = header?.trim();
  if (!text) return null;
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Math.ceil(Number(text) * 1000), longestMs);
  const at = Date.parse(text);
  if (Number.isNaN(at)) return null;
  return Math.min(Math.max(at - now.getTime(), 0), longestMs);
}

/** A day: beyond it the header is nonsense. */
const longestMs = 24 * 60 * 60_000;
