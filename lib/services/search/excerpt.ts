const charactersMax = 180;
/** So much of it may be lost to end between two words. */
const lostMax = 60;

/** The first words of a text, whole ones, for a list of results. */
export function excerptOf(text: string): string {
  const plain = text
    .slice(0, charactersMax * 8)
    .replaceAll('\0', '')
    .replace(/\s+/g, ' ')
    .trim();
  if (plain.length <= charactersMax) return plain.toWellFormed();
  const end = plain.lastIndexOf(' ', charactersMax);
  // Some scripts put no blank between words, and some words are keys and checksums.
  const cut = end < charactersMax - lostMax ? plain.slice(0, charactersMax) : plain.slice(0, end);
  return `${cut.replace(/[\ud800-\udbff]$/, '').toWellFormed()} …`;
}
