import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Above this a body goes to disk; many are in memory at once. */
const memoryBytesMax = 1024 * 1024;
const readBytes = 256 * 1024;

/** The bytes of one form of an item, complete. Must be disposed. */
export interface Collected {
  bytes: number;
  sha256: string;
  /** What the vault takes: an array, or an iterable for a large one. Can be opened again. */
  body(): Uint8Array | AsyncIterable<Uint8Array>;
  chunks(): AsyncIterable<Uint8Array>;
  dispose(): Promise<void>;
}

/**
 * Collects bytes of unknown number: small ones in memory, large ones in a file that has no name from
 * the moment it is open, so that nothing of it is left behind when the process dies.
 */
export class Spool {
  readonly #hash = createHash('sha256');
  #parts: Uint8Array[] = [];
  #bytes = 0;
  #file: FileHandle | null = null;

  async write(chunk: Uint8Array): Promise<void> {
    this.#hash.update(chunk);
    if (!this.#file && this.#bytes + chunk.byteLength > memoryBytesMax) {
      this.#file = await openNameless();
      await this.#append(Buffer.concat(this.#parts), 0);
      this.#parts = [];
    }
    if (this.#file) await this.#append(chunk, this.#bytes);
    else this.#parts.push(new Uint8Array(chunk));
    this.#bytes += chunk.byteLength;
  }

  async finish(): Promise<Collected> {
    const file = this.#file;
    const bytes = this.#bytes;
    const sha256 = this.#hash.digest('hex');
    if (!file) {
      const whole = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
      this.#parts = [];
      return {
        bytes,
        sha256,
        body: () => whole,
        async *chunks() {
          yield whole;
        },
        dispose: async () => {},
      };
    }
    return {
      bytes,
      sha256,
      body: () => readFrom(file, bytes),
      chunks: () => readFrom(file, bytes),
      dispose: () => file.close().catch(() => {}),
    };
  }

  async discard(): Promise<void> {
    this.#parts = [];
    await this.#file?.close().catch(() => {});
    this.#file = null;
  }

  async #append(chunk: Uint8Array, position: number): Promise<void> {
    let done = 0;
    while (done < chunk.byteLength) {
      const { bytesWritten } = await this.#file!.write(
        chunk,
        done,
        chunk.byteLength - done,
        position + done,
      );
      done += bytesWritten;
    }
  }
}

/** Collects a whole body. */
export async function collect(source: AsyncIterable<Uint8Array>): Promise<Collected> {
  const spool = new Spool();
  try {
    for await (const chunk of source) await spool.write(chunk);
    return await spool.finish();
  } catch (err) {
    await spool.discard();
    throw err;
  }
}

async function openNameless(): Promise<FileHandle> {
  const path = join(tmpdir(), `holdfast-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  await unlink(path);
  return file;
}

async function* readFrom(file: FileHandle, bytes: number): AsyncGenerator<Uint8Array> {
  let position = 0;
  while (position < bytes) {
    const buffer = Buffer.allocUnsafe(Math.min(readBytes, bytes - position));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) throw new Error('a spool file is shorter than it was');
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
