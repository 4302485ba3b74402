import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { AppError, isAppError } from '#lib/core/errors.ts';
import { contactAsVcf, eventAsIcs, taskAsIcs } from './calendar-text.ts';
import type { ItemKind } from './item.ts';
import { type ReplayCause, replayCauses } from './outcome.ts';
import type { ItemSource } from './replay.ts';
import { type Collected, collect } from './spool.ts';

export interface ExportItem {
  itemId: string;
  ref: string;
  kind: ItemKind;
  itemClass: string;
  subject: string;
  at: Date | null;
  /** Names from the top. */
  folderPath: readonly string[];
}

export interface ExportOptions {
  items: AsyncIterable<ExportItem> | Iterable<ExportItem>;
  source: ItemSource;
  createdAt: Date;
  /** Facts about the export for its manifest, such as mailbox and snapshot. */
  about: Readonly<Record<string, string>>;
  signal: AbortSignal;
  onProgress?(done: { files: number; bytes: number }): void;
}

export interface ExportResult {
  files: number;
  /** Of the files, before compression. */
  bytes: number;
  failed: Array<{ itemId: string; cause: ReplayCause }>;
}

interface ManifestFile {
  path: string;
  bytes: number;
  sha256: string;
  itemId: string;
  itemClass: string;
  at: string | null;
}

/**
 * Items as files in one ZIP: mail as EML, events and tasks as ICS, contacts as VCF; what has no such
 * form as JSON or, last, as the stream that Exchange gave. `manifest.json` comes at the end and names
 * every file with its SHA-256. A file is read whole and verified before it enters the archive.
 *
 * The archive is made while it is read; `done` settles when its last byte has been.
 */
export function exportArchive(options: ExportOptions): {
  zip: Readable;
  done: Promise<ExportResult>;
} {
  const zip = new ZipFile();
  const output = zip.outputStream as unknown as Readable;
  const done = fill(zip, options);
  done.catch((err) => output.destroy(err));
  return { zip: output, done };
}

async function fill(zip: ZipFile, options: ExportOptions): Promise<ExportResult> {
  const result: ExportResult = { files: 0, bytes: 0, failed: [] };
  const manifest: ManifestFile[] = [];
  const failed = new Promise<never>((_, reject) => {
    (zip as unknown as NodeJS.EventEmitter).on('error', reject);
    (zip.outputStream as unknown as Readable).on('close', () => {
      if (!(zip.outputStream as unknown as Readable).readableEnded)
        reject(new AppError('conflict', 'The download was ended before it was complete.'));
    });
    options.signal.addEventListener('abort', () => reject(options.signal.reason), { once: true });
  });
  failed.catch(() => {});
  for await (const item of options.items) {
    options.signal.throwIfAborted();
    let file: NamedFile;
    try {
      file = await openFile(options.source, item, result.files + 1);
    } catch (err) {
      const cause = exportCause(err);
      if (!cause) throw err;
      result.failed.push({ itemId: item.itemId, cause });
      continue;
    }
    try {
      await Promise.race([addFile(zip, file, item.at ?? options.createdAt), failed]);
    } finally {
      await file.content.dispose();
    }
    const { bytes, sha256 } = file.content;
    result.files++;
    result.bytes += bytes;
    manifest.push({
      path: file.path,
      bytes,
      sha256,
      itemId: item.itemId,
      itemClass: item.itemClass,
      at: item.at?.toISOString() ?? null,
    });
    options.onProgress?.({ files: result.files, bytes: result.bytes });
  }
  const text = JSON.stringify(
    {
      format: 'holdfast export 1',
      createdAt: options.createdAt.toISOString(),
      about: options.about,
      files: manifest,
      failed: result.failed.map(({ itemId, cause }) => ({
        itemId,
        cause,
        sentence: replayCauses[cause],
      })),
    },
    null,
    1,
  );
  zip.addBuffer(Buffer.from(text), 'manifest.json', { mtime: options.createdAt });
  zip.end();
  return result;
}

interface NamedFile {
  path: string;
  content: Collected;
}

class NothingStored extends Error {}

async function openFile(source: ItemSource, item: ExportItem, number: number): Promise<NamedFile> {
  const readable = await source.openReadable(item.ref);
  const named = (extension: string, content: Collected) => ({
    path: pathOf(item, number, extension),
    content,
  });
  if (readable?.format === 'mime') return named('eml', await collect(readable.body));
  if (readable) {
    const content = await collect(readable.body);
    const text = await jsonAsText(item, content);
    if (text === null) return named('json', content);
    await content.dispose();
    return named(item.kind === 'contact' ? 'vcf' : 'ics', await collect(once(text)));
  }
  const stream = await source.openStream(item.ref);
  if (!stream) throw new NothingStored();
  return named('bin', await collect(stream.body));
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

async function jsonAsText(item: ExportItem, content: Collected): Promise<string | null> {
  if (content.bytes > 8 * 1024 * 1024) return null;
  const uid = createHash('sha256').update(item.ref).digest('hex').slice(0, 32);
  try {
    const parts: Uint8Array[] = [];
    for await (const chunk of content.chunks()) parts.push(chunk);
    const json: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'));
    switch (item.kind) {
      case 'event':
        return eventAsIcs(json, uid);
      case 'task':
        return taskAsIcs(json, uid);
      case 'contact':
        return contactAsVcf(json);
      default:
        return null;
    }
  } catch {
    return null;
  }
}

function addFile(zip: ZipFile, file: NamedFile, mtime: Date): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = Readable.from(file.content.chunks());
    stream.once('end', resolve).once('error', reject);
    zip.addReadStream(stream, file.path, { mtime: dosTime(mtime), size: file.content.bytes });
  });
}

/** ZIP knows no time before 1980. */
function dosTime(moment: Date): Date {
  return moment.getUTCFullYear() < 1980 ? new Date(Date.UTC(1980, 0, 1)) : moment;
}

function exportCause(err: unknown): ReplayCause | null {
  if (err instanceof NothingStored) return 'nothing-stored';
  return isAppError(err, 'vault.damaged') ? 'vault-damaged' : null;
}

/** Names are ours: letters, digits and dashes of the subject behind a number that makes them unique. */
function pathOf(item: ExportItem, number: number, extension: string): string {
  const folders = item.folderPath.slice(0, 20).map((name) => plainName(name, 60) || 'folder');
  const subject = plainName(item.subject, 60);
  const file = `${String(number).padStart(6, '0')}${subject ? `-${subject}` : ''}.${extension}`;
  return [...folders, file].join('/');
}

const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

function plainName(text: string, charactersMax: number): string {
  const plain = text
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  const short = [...plain].slice(0, charactersMax).join('').replace(/-+$/, '');
  return reserved.test(short) ? `${short}_` : short;
}
