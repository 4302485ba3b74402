/** Metadata after a request: what it names is set, an empty value removes the key, an empty all removes all. */
export function mergeMetadata(
  before: Record<string, string>,
  given: unknown,
): Record<string, string> {
  if (given === undefined) return before;
  if (given === '' || given === null) return {};
  const after = { ...before };
  for (const [key, value] of Object.entries(given as Record<string, string | null>)) {
    if (value === null || value === '') delete after[key];
    else after[key] = String(value);
  }
  return after;
}
