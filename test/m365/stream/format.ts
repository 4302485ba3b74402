/**
 * The stand-in's export stream: tagged properties in the manner of Exchange's FastTransfer (little
 * endian; markers; strings in UTF-16; attachments as raw bytes). The product must treat it as opaque.
 *
 *     version, StartMessage, property…, (NewAttach, property…, EndAttach)…, property…, EndMessage
 *
 * The last properties say how the MIME text is put together from literal text, the HTML body and the
 * attachments, so that an imported item gives the same `$value` bytes as the exported one.
 */
export const streamVersion = 1;

export const marker = {
  startMessage: 0x400c0003,
  endMessage: 0x400d0003,
  newAttach: 0x40000003,
  endAttach: 0x400e0003,
} as const;
const markers = new Set<number>(Object.values(marker));

export const isMarker = (tag: number) => markers.has(tag);

export const property = {
  itemClass: 0x001a001f,
  importance: 0x00170003,
  subject: 0x0037001f,
  submitTime: 0x00390040,
  transportHeaders: 0x007d0102,
  senderName: 0x0c1a001f,
  senderAddress: 0x5d01001f,
  displayTo: 0x0e04001f,
  deliveryTime: 0x0e060040,
  messageFlags: 0x0e070003,
  flagStatus: 0x10900003,
  body: 0x1000001f,
  html: 0x10130102,
  internetMessageId: 0x1035001f,
  creationTime: 0x30070040,
  attachData: 0x37010102,
  attachName: 0x3707001f,
  attachType: 0x370e001f,
  categories: 0x8000101f,
  extended: 0x8001001f,
  resource: 0x80020102,
  literals: 0x80030102,
  assembly: 0x80040102,
} as const;

/** One stretch of the MIME text, in order. */
export type AssemblyStep =
  | { from: 'literal'; bytes: number }
  | { from: 'headers'; bytes: number }
  | { from: 'html'; bytes: number }
  | { from: 'attachment'; bytes: number; line: number; lineEnd: number };

const sources = ['literal', 'headers', 'html', 'attachment'] as const;
const stepBytes = 12;

export function encodeAssembly(steps: AssemblyStep[]): Buffer {
  const buffer = Buffer.alloc(steps.length * stepBytes);
  for (const [index, step] of steps.entries()) {
    const at = index * stepBytes;
    buffer.writeUInt8(sources.indexOf(step.from), at);
    buffer.writeUIntLE(step.bytes, at + 1, 6);
    if (step.from !== 'attachment') continue;
    buffer.writeUInt32LE(step.line, at + 7);
    buffer.writeUInt8(step.lineEnd, at + 11);
  }
  return buffer;
}

export function decodeAssembly(buffer: Buffer): AssemblyStep[] {
  const steps: AssemblyStep[] = [];
  for (let at = 0; at + stepBytes <= buffer.length; at += stepBytes) {
    const from = sources[buffer.readUInt8(at)];
    const bytes = buffer.readUIntLE(at + 1, 6);
    if (from === undefined) throw new RangeError('unknown step');
    if (from === 'attachment') {
      const line = buffer.readUInt32LE(at + 7);
      steps.push({ from, bytes, line, lineEnd: buffer.readUInt8(at + 11) });
    } else {
      steps.push({ from, bytes });
    }
  }
  return steps;
}

/** Bytes of MIME text that a step stands for. */
export function textBytes(step: AssemblyStep): number {
  if (step.from !== 'attachment') return step.bytes;
  const characters = Math.ceil(step.bytes / 3) * 4;
  if (step.line === 0) return characters;
  return characters + Math.max(0, Math.ceil(characters / step.line) - 1) * step.lineEnd;
}

export function encodeTag(tag: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(tag);
  return buffer;
}

/** Tag and length of a property of variable size; its bytes follow. */
export function encodeHead(tag: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeUInt32LE(tag);
  buffer.writeUInt32LE(bytes, 4);
  return buffer;
}

export function encodeText(tag: number, text: string): Buffer {
  const bytes = Buffer.from(text, 'utf16le');
  return Buffer.concat([encodeHead(tag, bytes.length), bytes]);
}

export function encodeBytes(tag: number, bytes: Buffer): Buffer {
  return Buffer.concat([encodeHead(tag, bytes.length), bytes]);
}

export function encodeNumber(tag: number, value: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeUInt32LE(tag);
  buffer.writeUInt32LE(value, 4);
  return buffer;
}

/** Windows time: 100 ns since 1601. */
const windowsEpochMs = 11_644_473_600_000;

export function encodeTime(tag: number, iso: string): Buffer {
  const buffer = Buffer.alloc(12);
  buffer.writeUInt32LE(tag);
  buffer.writeBigUInt64LE(BigInt(Date.parse(iso) + windowsEpochMs) * 10_000n, 4);
  return buffer;
}

export function decodeTime(value: bigint): string {
  return new Date(Number(value / 10_000n) - windowsEpochMs).toISOString();
}
