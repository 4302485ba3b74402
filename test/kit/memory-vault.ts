import { createHash } from 'node:crypto';
import { AppError } from '#lib/core/errors.ts';
import type { Body, ItemInput, StoredItem } from '#lib/vault/writer.ts';

interface Kept {
  readable: { format: 'mime' | 'json'; bytes: Buffer } | null;
  stream: Buffer | null;
}

/** A vault in memory with the face that `lib/exchange` needs: writer and reader in one. */
export class MemoryVault {
  readonly items = new Map<string, Kept>();
  /** Refs put since the last flush: what a crash would lose. */
  readonly unflushed = new Set<string>();
  flushes = 0;

  async putItem(item: ItemInput): Promise<StoredItem> {
    const readable = item.readable ? await bytesOf(item.readable.body) : null;
    const stream = item.stream ? await bytesOf(item.stream.body) : null;
    const ref = createHash('sha256')
      .update(`${item.readable?.format ?? ''} ${readable ? sha256(readable) : ''} `)
      .update(stream ? sha256(stream) : '')
      .digest('hex');
    const reused = this.items.has(ref);
    this.items.set(ref, {
      readable: readable && { format: item.readable!.format, bytes: readable },
      stream,
    });
    if (!reused) this.unflushed.add(ref);
    return { ref, status: reused ? 'reused' : 'stored' };
  }

  async flush(): Promise<{ storedBytes: number }> {
    this.flushes++;
    this.unflushed.clear();
    return { storedBytes: 0 };
  }

  async openReadable(ref: string) {
    const { readable } = this.#get(ref);
    return readable && { format: readable.format, ...opened(readable.bytes) };
  }

  async openStream(ref: string) {
    const { stream } = this.#get(ref);
    return stream && opened(stream);
  }

  #get(ref: string): Kept {
    const kept = this.items.get(ref);
    if (!kept) throw new AppError('not-found', 'The vault has no such item.');
    return kept;
  }
}

function opened(bytes: Buffer) {
  return {
    bytes: bytes.length,
    sha256: sha256(bytes),
    body: (async function* () {
      for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
    })(),
  };
}

async function bytesOf(body: Body): Promise<Buffer> {
  if (body instanceof Uint8Array) return Buffer.from(body);
  if ('file' in body) throw new AppError('input.invalid', 'Files are not kept in memory.');
  const parts: Uint8Array[] = [];
  for await (const chunk of body) parts.push(new Uint8Array(chunk));
  return Buffer.concat(parts);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
