import { type FileHandle, open, rm } from 'node:fs/promises';
import type { ByteSource } from '../stream/read.ts';

/** The request is no flat JSON object of strings with valid base64 in `Data`. */
export class ImportBodyInvalid extends Error {}

export interface ImportBody {
  fields: Record<string, string>;
  /** What `Data` stood for; null where it was missing. */
  data: (ByteSource & AsyncDisposable) | null;
}

const memoryBytesMax = 2 * 1024 * 1024;
const fieldBytesMax = 64 * 1024;

/**
 * Reads `{"FolderId":…,"Mode":…,"Data":"<base64>"}` as it arrives. The data goes to a file as soon as it
 * is large, so an item of any size is never held whole.
 */
export async function readImportBody(
  body: AsyncIterable<Buffer>,
  spoolFile: string,
): Promise<ImportBody> {
  const fields: Record<string, string> = {};
  const spool = new Spool(spoolFile);
  let sawData = false;
  /** `between` strings, in a `string` that is kept, or in the `data`. */
  let state: 'between' | 'string' | 'data' = 'between';
  let text: Buffer[] = [];
  let textBytes = 0;
  let escaped = false;
  let key: string | null = null;
  let depth = 0;
  try {
    for await (const chunk of body) {
      for (let at = 0; at < chunk.length; ) {
        if (state === 'between') {
          const byte = chunk[at++]!;
          if (byte === 0x22) {
            state = key !== null && /^data$/i.test(key) ? 'data' : 'string';
            if (state === 'data') sawData = true;
            text = [];
            textBytes = 0;
          } else if (byte === 0x7b) depth++;
          else if (byte === 0x7d) depth--;
          else if (byte === 0x2c) key = null;
          if (depth > 1) throw new ImportBodyInvalid('nested object');
        } else if (state === 'data') {
          const end = chunk.indexOf(0x22, at);
          const stop = end === -1 ? chunk.length : end;
          await spool.base64(chunk.toString('latin1', at, stop).replaceAll('\\', ''));
          at = stop + (end === -1 ? 0 : 1);
          if (end !== -1) {
            key = null;
            state = 'between';
          }
        } else {
          const start = at;
          while (at < chunk.length && (escaped || chunk[at] !== 0x22)) {
            escaped = !escaped && chunk[at] === 0x5c;
            at++;
          }
          text.push(chunk.subarray(start, at));
          textBytes += at - start;
          if (textBytes > fieldBytesMax) throw new ImportBodyInvalid('a field is too long');
          if (at === chunk.length) continue;
          at++;
          state = 'between';
          const value = JSON.parse(`"${Buffer.concat(text).toString('utf8')}"`) as string;
          if (key === null) key = value;
          else {
            fields[key] = value;
            key = null;
          }
        }
      }
    }
    if (state !== 'between' || depth !== 0) throw new ImportBodyInvalid('the JSON ends too early');
    return { fields, data: sawData ? await spool.finish() : null };
  } catch (err) {
    await spool.discard();
    if (err instanceof SyntaxError) throw new ImportBodyInvalid(err.message);
    throw err;
  }
}

class Spool {
  readonly #path: string;
  #file: FileHandle | null = null;
  #parts: Buffer[] = [];
  #bytes = 0;
  #carry = '';

  constructor(path: string) {
    this.#path = path;
  }

  async base64(text: string): Promise<void> {
    const all = this.#carry + text;
    const whole = all.length - (all.length % 4);
    this.#carry = all.slice(whole);
    await this.#write(decode(all.slice(0, whole)));
  }

  async finish(): Promise<ByteSource & AsyncDisposable> {
    if (this.#carry) await this.#write(decode(this.#carry));
    const bytes = this.#bytes;
    const file = this.#file;
    if (!file) {
      const whole = Buffer.concat(this.#parts);
      return {
        bytes,
        read: async (from, to) => whole.subarray(from, to),
        [Symbol.asyncDispose]: async () => {},
      };
    }
    return {
      bytes,
      async read(from, to) {
        const buffer = Buffer.alloc(to - from);
        for (let done = 0; done < buffer.length; ) {
          const { bytesRead } = await file.read(buffer, done, buffer.length - done, from + done);
          if (bytesRead === 0) break;
          done += bytesRead;
        }
        return buffer;
      },
      [Symbol.asyncDispose]: () => this.discard(),
    };
  }

  async discard(): Promise<void> {
    await this.#file?.close().catch(() => {});
    if (this.#file) await rm(this.#path, { force: true });
    this.#file = null;
  }

  async #write(bytes: Buffer): Promise<void> {
    this.#bytes += bytes.length;
    if (!this.#file && this.#bytes <= memoryBytesMax) {
      this.#parts.push(bytes);
      return;
    }
    if (!this.#file) {
      this.#file = await open(this.#path, 'w+');
      for (const part of this.#parts) await this.#file.appendFile(part);
      this.#parts = [];
    }
    await this.#file.appendFile(bytes);
  }
}

function decode(text: string): Buffer {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new ImportBodyInvalid('Data is no base64');
  return Buffer.from(text, 'base64');
}
