/** "Adele Vance <adele@…>, "Nowak, Marek" <…>" → Adele Vance, Nowak, Marek. A bare address stays. */
export function namesOf(header: string): string {
  return header
    .replace(/"([^"]*)"\s*<[^<>]*>/g, '$1')
    .replace(/([^"<>,;]*[^"<>,;\s])\s*<[^<>]*>/g, '$1')
    .replace(/<([^<>]*)>/g, '$1')
    .trim();
}
