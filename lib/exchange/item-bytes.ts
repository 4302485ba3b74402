import { attachmentsOf, MimeReader } from './mime-facts.ts';
import type { ItemSource } from './replay.ts';
import { type Collected, collect } from './spool.ts';

/** Bytes of an item for a file. Must be disposed. */
export interface ItemBytes {
  content: Collected;
  /** Such as `pdf`; `bin` for whatever a double click would run. */
  extension: string;
}

/** JSON with attachments inside of it is read whole. */
const jsonBytesMax = 64 * 1024 * 1024;

type Source = Pick<ItemSource, 'openReadable'>;

/** An item in the form that mail programs open: MIME, or the JSON of what is no mail. Null without one. */
export async function itemBytes(source: Source, ref: string): Promise<ItemBytes | null> {
  const opened = await source.openReadable(ref);
  if (!opened) return null;
  return {
    content: await collect(opened.body),
    extension: opened.format === 'mime' ? 'eml' : 'json',
  };
}

/**
 * One attachment, decoded.
 * @param index counted from 0, in the order in which `previewItem` lists them
 * @returns null where there is none of that number, or it has no bytes of its own
 */
export async function attachmentBytes(
  source: Source,
  ref: string,
  index: number,
): Promise<ItemBytes | null> {
  const opened = await source.openReadable(ref);
  if (!opened) return null;
  if (opened.format === 'json') {
    if (opened.bytes > jsonBytesMax) return null;
    return fromJson(opened.body, index);
  }
  let found = false;
  let name = '';
  let ready: Buffer[] = [];
  const reader = new MimeReader({
    index,
    take: (bytes) => {
      ready.push(bytes);
    },
  });
  async function* parts(): AsyncGenerator<Uint8Array> {
    for await (const chunk of opened!.body) {
      reader.push(chunk);
      yield* ready;
      ready = [];
    }
    const facts = reader.end();
    yield* ready;
    const part = attachmentsOf(facts)[index];
    name = part?.name || (part?.type === 'message/rfc822' ? 'message.eml' : '');
    // A file of no bytes is a file.
    found = part !== undefined;
  }
  const content = await collect(parts());
  if (!found) {
    await content.dispose();
    return null;
  }
  return { content, extension: safeExtension(name) };
}

async function fromJson(body: AsyncIterable<Uint8Array>, index: number): Promise<ItemBytes | null> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(new Uint8Array(chunk));
  let item: unknown;
  try {
    item = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return null;
  }
  const list = (item as { attachments?: unknown } | null)?.attachments;
  const entry = Array.isArray(list)
    ? (list[index] as { contentBytes?: unknown; name?: unknown } | null | undefined)
    : null;
  if (typeof entry?.contentBytes !== 'string') return null;
  const bytes = Buffer.from(entry.contentBytes, 'base64');
  async function* once(): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  const name = typeof entry.name === 'string' ? entry.name : '';
  return { content: await collect(once()), extension: safeExtension(name) };
}

/** What programs open and do not run; a page of HTML is none of them. */
const harmless = new Set(
  [
    'pdf doc docx xls xlsx ppt pptx odt ods odp rtf txt csv md log json xml',
    'png jpg jpeg gif webp bmp tif tiff heic mp3 m4a wav mp4 mov avi',
    'zip 7z gz tar rar eml msg ics vcf p7m p7s asc sig',
  ]
    .join(' ')
    .split(' '),
);

function safeExtension(name: string): string {
  const extension = /\.([a-z0-9]{1,5})$/i.exec(name.trim())?.[1]?.toLowerCase() ?? '';
  return harmless.has(extension) ? extension : 'bin';
}
