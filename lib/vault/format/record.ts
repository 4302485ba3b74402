import { VaultDamaged } from '#lib/vault/errors.ts';
import { shortIdBytes } from '#lib/vault/ids.ts';
import { decodeEncoding, encodeEncoding, type PartEncoding } from '#lib/vault/mime/encoding.ts';
import { ByteReader, ByteWriter } from './wire.ts';

/** An item record (FORMAT.md §7): what an item is made of and how it is put together again. */

export type ReadableFormat = 'mime' | 'json';

/** One step of a recipe. Steps are carried out in order; their output is the body. */
export type RecipeStep =
  /** The next `length` bytes of the record's own literals, as they are. */
  | { kind: 'literal'; length: number }
  /** The next `length` bytes of the literals, written with an encoding. */
  | { kind: 'inline'; length: number; encoding: PartEncoding }
  /** One part, kept as one or more objects, written with an encoding. */
  | { kind: 'objects'; encoding: PartEncoding; objects: number[] };

export interface BodyRecord {
  bytes: number;
  sha256: Uint8Array;
  steps: RecipeStep[];
}

export interface ItemRecord {
  readable: (BodyRecord & { format: ReadableFormat }) | null;
  stream: BodyRecord | null;
  /** Short ids and lengths of the objects that the recipes name by number. */
  objects: Array<{ id: Uint8Array; length: number }>;
  literals: Uint8Array;
}

const version = 1;
const formats: readonly ReadableFormat[] = ['mime', 'json'];

/** What an item's id is made of: the identity of its bodies, not how they are kept. */
export function itemIdentity(item: {
  readable: { format: ReadableFormat; bytes: number; sha256: Uint8Array } | null;
  stream: { bytes: number; sha256: Uint8Array } | null;
}): Buffer {
  const out = new ByteWriter(128);
  out.u8(version).u8((item.readable ? 1 : 0) | (item.stream ? 2 : 0));
  if (item.readable) {
    out.u8(formats.indexOf(item.readable.format)).varint(item.readable.bytes);
    out.raw(item.readable.sha256);
  }
  if (item.stream) out.varint(item.stream.bytes).raw(item.stream.sha256);
  return out.take();
}

function encodeSteps(out: ByteWriter, steps: readonly RecipeStep[]): void {
  out.varint(steps.length);
  for (const step of steps) {
    switch (step.kind) {
      case 'literal':
        out.u8(0).varint(step.length);
        break;
      case 'inline':
        out.u8(1).raw(encodeEncoding(step.encoding)).varint(step.length);
        break;
      case 'objects':
        out.u8(2).raw(encodeEncoding(step.encoding)).varint(step.objects.length);
        for (const index of step.objects) out.varint(index);
    }
  }
}

/** Writes the record into `out`, which is reset first. */
export function encodeRecord(record: ItemRecord, out: ByteWriter): Buffer {
  out.reset();
  out.raw(itemIdentity(record));
  out.varint(record.objects.length);
  for (const object of record.objects) {
    out.raw(object.id.subarray(0, shortIdBytes)).varint(object.length);
  }
  if (record.readable) encodeSteps(out, record.readable.steps);
  if (record.stream) encodeSteps(out, record.stream.steps);
  out.varint(record.literals.length).raw(record.literals);
  return out.view();
}

function decodeSteps(read: ByteReader, bytes: Buffer, objects: number): RecipeStep[] {
  const encoding = (): PartEncoding => {
    const from = bytes.length - read.left;
    try {
      const { encoding, next } = decodeEncoding(bytes, from);
      read.raw(next - from);
      return encoding;
    } catch (err) {
      if (err instanceof VaultDamaged) throw err;
      return read.fail('a recipe names an unknown encoding');
    }
  };
  const steps: RecipeStep[] = [];
  for (let left = read.count(2); left > 0; left--) {
    const kind = read.u8();
    if (kind === 0) steps.push({ kind: 'literal', length: read.varint() });
    else if (kind === 1) {
      const how = encoding();
      steps.push({ kind: 'inline', encoding: how, length: read.varint() });
    } else if (kind === 2) {
      const how = encoding();
      const named: number[] = [];
      for (let count = read.count(1); count > 0; count--) named.push(read.varint(objects - 1));
      steps.push({ kind: 'objects', encoding: how, objects: named });
    } else read.fail('a recipe names an unknown step');
  }
  return steps;
}

export function decodeRecord(bytes: Buffer, where: string): ItemRecord {
  const read = new ByteReader(bytes, where);
  if (read.u8() !== version) read.fail('its record has another version');
  const flags = read.u8();
  if (flags < 1 || flags > 3) read.fail('its record has unknown flags');
  const readable =
    flags & 1
      ? {
          format: formats[read.u8()] ?? read.fail('its record names an unknown format'),
          bytes: read.varint(),
          sha256: Buffer.from(read.raw(32)),
          steps: [] as RecipeStep[],
        }
      : null;
  const stream =
    flags & 2
      ? { bytes: read.varint(), sha256: Buffer.from(read.raw(32)), steps: [] as RecipeStep[] }
      : null;
  const objects: ItemRecord['objects'] = [];
  for (let left = read.count(shortIdBytes + 1); left > 0; left--) {
    objects.push({ id: read.raw(shortIdBytes), length: read.varint() });
  }
  if (readable) readable.steps = decodeSteps(read, bytes, objects.length);
  if (stream) stream.steps = decodeSteps(read, bytes, objects.length);
  const literals = read.raw(read.varint());
  read.end();
  let inline = 0;
  for (const step of [...(readable?.steps ?? []), ...(stream?.steps ?? [])]) {
    if (step.kind !== 'objects') inline += step.length;
  }
  if (inline !== literals.length) read.fail('its record does not use exactly its literals');
  return { readable, stream, objects, literals };
}
