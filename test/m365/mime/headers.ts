import type { Address } from '../store/item.ts';

/** Unfolded header fields by lower-case name, in order of appearance. */
export type Headers = Map<string, string[]>;

export function parseHeaders(block: Buffer): Headers {
  const headers: Headers = new Map();
  const lines = decodeHeaderBytes(block)
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/);
  for (const line of lines) {
    const match = /^([\x21-\x39\x3b-\x7e]+)[ \t]*:[ \t]*(.*)$/.exec(line);
    if (!match) continue;
    const name = match[1]!.toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), match[2]!.trim()]);
  }
  return headers;
}

function decodeHeaderBytes(block: Buffer): string {
  const text = block.toString('utf8');
  return text.includes('\ufffd') ? block.toString('latin1') : text;
}

/** A value such as `text/plain; charset="utf-8"`. */
export function parseParameters(value: string): { value: string; parameters: Map<string, string> } {
  const parameters = new Map<string, string>();
  const [head = ''] = value.split(';', 1);
  for (const match of value
    .slice(head.length)
    .matchAll(/;\s*([^=\s;]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)/g)) {
    const raw = match[2]!.trim();
    const text = raw.startsWith('"') ? raw.slice(1, -1).replace(/\\(.)/g, '$1') : raw;
    const name = match[1]!.toLowerCase();
    if (name.endsWith('*')) parameters.set(name.replace(/\*.*$/, ''), decodeExtended(text));
    else if (!parameters.has(name)) parameters.set(name, decodeWords(text));
  }
  return { value: head.trim().toLowerCase(), parameters };
}

/** RFC 2231: `utf-8'de'Gr%C3%BC%C3%9Fe.pdf`. */
function decodeExtended(text: string): string {
  const encoded = /^[^']*'[^']*'(.*)$/.exec(text)?.[1] ?? text;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

/** RFC 2047 encoded words; what cannot be decoded stays as it is. */
export function decodeWords(text: string): string {
  return text
    .replace(/(=\?[^?\s]+\?[bq]\?[^?]*\?=)\s+(?==\?)/gi, '$1')
    .replace(/=\?([^?*\s]+)(?:\*[^?]*)?\?([bq])\?([^?]*)\?=/gi, (whole, charset, coding, words) => {
      const bytes =
        coding.toLowerCase() === 'b'
          ? Buffer.from(words, 'base64')
          : Buffer.from(
              words
                .replaceAll('_', ' ')
                .replace(/=([\da-f]{2})/gi, (_: string, hex: string) =>
                  String.fromCharCode(Number.parseInt(hex, 16)),
                ),
              'latin1',
            );
      return decodeText(bytes, charset) ?? whole;
    });
}

/** null for a character set that is not known. */
export function decodeText(bytes: Buffer, charset: string): string | null {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return null;
  }
}

export function parseAddresses(value: string): Address[] {
  const found: Address[] = [];
  const list = value.replace(/^[^:"<@]*:(.*);\s*$/, '$1');
  for (const part of list.match(/(?:"(?:[^"\\]|\\.)*"|<[^>]*>|[^,"<])+/g) ?? []) {
    const bracket = /<([^>]*)>/.exec(part);
    const address = (bracket?.[1] ?? part).trim();
    if (!address.includes('@')) continue;
    const name = bracket ? part.slice(0, bracket.index).trim() : '';
    found.push({
      name: decodeWords(name.replace(/^"(.*)"$/s, '$1').replace(/\\(.)/g, '$1')),
      address,
    });
  }
  return found;
}
