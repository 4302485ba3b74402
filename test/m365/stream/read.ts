import type { Segment, StoredItem } from '../store/item.ts';
import {
  type AssemblyStep,
  decodeAssembly,
  decodeTime,
  isMarker,
  marker,
  property,
  streamVersion,
  textBytes,
} from './format.ts';

/** Bytes that can be read anywhere: a file on disk, or a buffer. */
export interface ByteSource {
  readonly bytes: number;
  read(from: number, to: number): Promise<Buffer>;
}

export interface ImportedItem {
  item: Pick<
    StoredItem,
    | 'itemClass'
    | 'created'
    | 'received'
    | 'categories'
    | 'flags'
    | 'followUp'
    | 'importance'
    | 'extended'
    | 'resource'
  >;
  /** A message: its MIME text, put together while it is read. */
  mime: {
    text(options?: { withoutAttachments?: boolean }): AsyncGenerator<Buffer>;
    segments: Segment[];
  } | null;
}

/** The stream is not one of ours, or is damaged. */
export class StreamDamaged extends Error {}

interface Span {
  from: number;
  to: number;
}

interface Attachment {
  name: string;
  contentType: string;
  data: Span;
}

const spanReadMax = 16 * 1024 * 1024;
const stepBytes = 192 * 1024;

/** @throws StreamDamaged */
export async function readStream(source: ByteSource): Promise<ImportedItem> {
  const item: ImportedItem['item'] = {
    itemClass: 'IPM.Note',
    created: '',
    received: '',
    categories: [],
    flags: 0,
    followUp: 'notFlagged',
    importance: 'normal',
    extended: {},
    resource: null,
  };
  const spans = new Map<number, Span>();
  const attachments: Attachment[] = [];
  const attachment = { name: '', contentType: '' };
  const read = (from: number, to: number) => {
    if (to > source.bytes) throw new StreamDamaged('the stream ends too early');
    return source.read(from, to);
  };
  const text = async (span: Span) => {
    if (span.to - span.from > spanReadMax) throw new StreamDamaged('a text is too long');
    return (await read(span.from, span.to)).toString('utf16le');
  };

  if ((await read(0, 4)).readUInt32LE() !== streamVersion)
    throw new StreamDamaged('unknown version');
  let at = 4;
  let tag = 0;
  while (tag !== marker.endMessage) {
    tag = (await read(at, at + 4)).readUInt32LE();
    at += 4;
    if (isMarker(tag)) continue;
    const kind = tag & 0xffff;
    if (kind === 0x0003) {
      setNumber(item, tag, (await read(at, at + 4)).readUInt32LE());
      at += 4;
    } else if (kind === 0x0040) {
      const moment = decodeTime((await read(at, at + 8)).readBigUInt64LE());
      if (tag === property.creationTime) item.created = moment;
      if (tag === property.deliveryTime) item.received = moment;
      at += 8;
    } else {
      const bytes = (await read(at, at + 4)).readUInt32LE();
      const span = { from: at + 4, to: at + 4 + bytes };
      if (span.to > source.bytes) throw new StreamDamaged('the stream ends too early');
      at = span.to;
      if (tag === property.attachData) attachments.push({ ...attachment, data: span });
      else if (tag === property.attachName) attachment.name = await text(span);
      else if (tag === property.attachType) attachment.contentType = await text(span);
      else if (tag === property.itemClass) item.itemClass = await text(span);
      else if (tag === property.categories) item.categories.push(await text(span));
      else if (tag === property.extended) {
        const [id = '', value = ''] = (await text(span)).split('\0');
        item.extended[id] = value;
      } else spans.set(tag, span);
    }
  }
  if (at !== source.bytes) throw new StreamDamaged('the stream goes on after its end');

  const resource = spans.get(property.resource);
  if (resource) item.resource = JSON.parse((await read(resource.from, resource.to)).toString());
  const assembly = spans.get(property.assembly);
  if (!assembly) return { item, mime: null };
  const steps = decodeAssembly(await read(assembly.from, assembly.to));
  return {
    item,
    mime: {
      text: ({ withoutAttachments = false } = {}) =>
        assemble(source, steps, { spans, attachments, withoutAttachments }),
      segments: segmentsOf(steps, attachments),
    },
  };
}

function setNumber(item: ImportedItem['item'], tag: number, value: number): void {
  if (tag === property.messageFlags) item.flags = value;
  if (tag === property.importance)
    item.importance = (['low', 'normal', 'high'] as const)[value] ?? 'normal';
  if (tag === property.flagStatus) {
    item.followUp = (['notFlagged', 'complete', 'flagged'] as const)[value] ?? 'notFlagged';
  }
}

async function* assemble(
  source: ByteSource,
  steps: AssemblyStep[],
  parts: { spans: Map<number, Span>; attachments: Attachment[]; withoutAttachments: boolean },
): AsyncGenerator<Buffer> {
  const { spans, attachments } = parts;
  let literalAt = spans.get(property.literals)?.from ?? 0;
  let attachment = 0;
  for (const step of steps) {
    if (step.from === 'literal') {
      yield* pieces(source, { from: literalAt, to: literalAt + step.bytes });
      literalAt += step.bytes;
    } else if (step.from === 'headers') {
      yield* pieces(source, wanted(spans.get(property.transportHeaders), step));
    } else if (step.from === 'html') {
      yield* pieces(source, wanted(spans.get(property.html), step));
    } else {
      const { data } = attachments[attachment++] ?? {};
      const span = wanted(data, step);
      if (!parts.withoutAttachments) yield* encodeSpan(source, span, step);
    }
  }
}

/** Where attachments and the HTML body lie in the text that the steps make. */
function segmentsOf(steps: AssemblyStep[], attachments: Attachment[]): Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  let index = 0;
  for (const step of steps) {
    const start = at;
    at += textBytes(step);
    const place = { start, end: at, bytes: step.bytes };
    if (step.from === 'html') {
      segments.push({
        ...place,
        coding: 'plain',
        line: 0,
        lineEnd: 0,
        name: 'attachment',
        contentType: 'text/html',
      });
    } else if (step.from === 'attachment') {
      const { name = '', contentType = '' } = attachments[index++] ?? {};
      const { line, lineEnd } = step;
      segments.push({ ...place, coding: 'base64', line, lineEnd, name, contentType });
    }
  }
  return segments;
}

function wanted(span: Span | undefined, step: AssemblyStep): Span {
  if (!span || span.to - span.from !== step.bytes) throw new StreamDamaged('a part is missing');
  return span;
}

async function* pieces(source: ByteSource, { from, to }: Span, step = stepBytes) {
  for (let at = from; at < to; at += step) yield await source.read(at, Math.min(at + step, to));
}

async function* encodeSpan(
  source: ByteSource,
  span: Span,
  { line, lineEnd }: { line: number; lineEnd: number },
): AsyncGenerator<Buffer> {
  // Whole lines at a time, so that pieces can simply be joined with a line end.
  const lineBytes = line === 0 ? 3 : (line / 4) * 3;
  const step = lineBytes * Math.max(1, Math.floor(stepBytes / lineBytes));
  const end = lineEnd === 2 ? '\r\n' : '\n';
  let first = true;
  for await (const piece of pieces(source, span, step)) {
    const text = piece.toString('base64');
    if (line === 0) yield Buffer.from(text, 'latin1');
    else {
      const lines: string[] = [];
      for (let at = 0; at < text.length; at += line) lines.push(text.slice(at, at + line));
      yield Buffer.from((first ? '' : end) + lines.join(end), 'latin1');
    }
    first = false;
  }
}
