import { createWriteStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Where the bytes of an item lie. Plain data: it goes into the journal. */
export interface ContentRef {
  /** File number; 0 is the one that small contents share. */
  file: number;
  at: number;
  bytes: number;
}

const readBytes = 256 * 1024;

/** Bytes on disk, written once and never changed. Space of deleted items is not won back. */
export class ContentStore {
  readonly #folder: string;
  readonly #shared: FileHandle;
  readonly #opened = new Map<number, Promise<FileHandle>>();
  #end: number;
  #nextFile = 1;
  #tail: Promise<unknown> = Promise.resolve();
  #held: Buffer[] | null = null;
  #heldBytes = 0;

  private constructor(folder: string, shared: FileHandle, end: number) {
    this.#folder = folder;
    this.#shared = shared;
    this.#end = end;
  }

  static async open(folder: string): Promise<ContentStore> {
    await mkdir(folder, { recursive: true });
    const shared = await open(join(folder, 'content-0.bin'), 'a+');
    return new ContentStore(folder, shared, (await shared.stat()).size);
  }

  /** Called for every ref found in the journal, so that file numbers are not used twice. */
  noticed(ref: ContentRef): void {
    if (ref.file >= this.#nextFile) this.#nextFile = ref.file + 1;
  }

  put(bytes: Buffer): Promise<ContentRef> {
    const work = this.#tail.then(async () => {
      const ref = { file: 0, at: this.#end, bytes: bytes.length };
      if (this.#held) {
        this.#held.push(bytes);
        this.#heldBytes += bytes.length;
        if (this.#heldBytes > 8 * 1024 * 1024) await this.#flush();
      } else if (bytes.length > 0) {
        await this.#shared.appendFile(bytes);
      }
      this.#end += bytes.length;
      return ref;
    });
    this.#tail = work.catch(() => {});
    return work;
  }

  /** For contents too large to be held in memory: a file of its own. */
  async putStream(source: AsyncIterable<Uint8Array>): Promise<ContentRef> {
    const file = this.#nextFile++;
    const path = this.#path(file);
    let bytes = 0;
    const counted = async function* () {
      for await (const chunk of source) {
        bytes += chunk.byteLength;
        yield chunk;
      }
    };
    try {
      await pipeline(counted(), createWriteStream(`${path}.new`));
      await rename(`${path}.new`, path);
    } catch (err) {
      await rm(`${path}.new`, { force: true });
      throw err;
    }
    return { file, at: 0, bytes };
  }

  async read(ref: ContentRef, from = 0, to = ref.bytes): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(to - from);
    const handle = await this.#handle(ref.file);
    for (let done = 0; done < buffer.length; ) {
      const { bytesRead } = await handle.read(
        buffer,
        done,
        buffer.length - done,
        ref.at + from + done,
      );
      if (bytesRead === 0) throw new Error(`content of ${ref.bytes} bytes is cut short on disk`);
      done += bytesRead;
    }
    return buffer;
  }

  async *stream(
    ref: ContentRef,
    from = 0,
    to = ref.bytes,
    step = readBytes,
  ): AsyncGenerator<Buffer> {
    for (let at = from; at < to; at += step)
      yield await this.read(ref, at, Math.min(at + step, to));
  }

  /** Collects small contents until `release`: for filling an empty store quickly. */
  hold(): void {
    this.#held = [];
  }

  async release(): Promise<void> {
    await this.#tail;
    await this.#flush();
    this.#held = null;
  }

  async close(): Promise<void> {
    await this.#tail;
    await this.#shared.close();
    for (const handle of this.#opened.values()) await (await handle).close();
  }

  async #flush(): Promise<void> {
    const held = this.#held ?? [];
    if (held.length > 0) await this.#shared.appendFile(Buffer.concat(held));
    if (this.#held) this.#held = [];
    this.#heldBytes = 0;
  }

  #handle(file: number): Promise<FileHandle> {
    if (file === 0) return Promise.resolve(this.#shared);
    let handle = this.#opened.get(file);
    if (!handle) {
      handle = open(this.#path(file), 'r');
      this.#opened.set(file, handle);
    }
    return handle;
  }

  #path(file: number): string {
    return join(this.#folder, `content-${file}.bin`);
  }
}
