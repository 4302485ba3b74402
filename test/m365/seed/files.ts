import { crc32, deflateSync } from 'node:zlib';
import type { ComposeAttachment } from '../mime/compose.ts';
import { paragraphsFor } from './phrases.ts';
import { Random } from './random.ts';

/** Something that gets attached, mailed around and changed a little each time. */
export interface Document {
  base: string;
  extension: keyof typeof makers;
  seed: number;
  bytes: number;
}

const contentTypes = {
  pdf: 'application/pdf',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv',
  jpg: 'image/jpeg',
  png: 'image/png',
  zip: 'application/zip',
} as const;

const makers = {
  pdf: pdfBytes,
  docx: (random: Random, bytes: number) =>
    headed(random, bytes, 'PK\x03\x04\x14\x00\x06\x00', 4_096),
  xlsx: (random: Random, bytes: number) =>
    headed(random, bytes, 'PK\x03\x04\x14\x00\x08\x00', 4_096),
  csv: csvBytes,
  jpg: (random: Random, bytes: number) =>
    headed(random, bytes, '\xff\xd8\xff\xe0\x00\x10JFIF\x00', 0),
  png: (random: Random, bytes: number) =>
    picture(random, Math.max(8, Math.round(Math.sqrt(bytes / 3)))),
  zip: (random: Random, bytes: number) => headed(random, bytes, 'PK\x03\x04\x14\x00\x00\x00', 0),
} as const;

const names: Record<string, readonly string[]> = {
  pdf: ['Offer', 'Contract', 'Prüfbericht', 'Data sheet', 'Invoice', 'Protokoll'],
  docx: ['Minutes', 'Draft agreement', 'Leistungsverzeichnis', 'Statement'],
  xlsx: ['Budget', 'Open points', 'Stückliste', 'Hours'],
  csv: ['export', 'readings'],
  jpg: ['IMG', 'Site photo', 'Foto Größe'],
  png: ['Screenshot', 'Sketch'],
  zip: ['Drawings', 'Package'],
};

/** @param scale multiplies sizes, for larger tenants */
export function newDocument(random: Random, project: string, scale: number): Document {
  const extension = random.pick([
    'pdf',
    'pdf',
    'pdf',
    'docx',
    'docx',
    'xlsx',
    'xlsx',
    'csv',
    'jpg',
    'jpg',
    'png',
    'zip',
  ] as const);
  // Most are small, a few are large.
  const bytes = Math.round((3_000 + 250_000 * random.next() ** 4) * scale);
  return {
    base: `${random.pick(names[extension]!)} ${project} ${random.between(1, 400)}`,
    extension,
    seed: random.between(1, 0x7fffffff),
    bytes: extension === 'csv' || extension === 'png' ? Math.min(bytes, 60_000) : bytes,
  };
}

/** A version of a document: the same bytes but for a stretch in the middle. */
export function attach(document: Document, version: number): ComposeAttachment {
  const random = new Random(document.seed);
  const content = makers[document.extension](random, document.bytes);
  for (let change = 2; change <= version; change++) {
    if (document.extension === 'png' || content.length < 2_000) break;
    const stretch = new Random(document.seed + change).bytes(Math.min(700, content.length >> 2));
    stretch.copy(content, (content.length >> 1) + change * 37);
  }
  const suffix = version > 1 ? ` v${version}` : '';
  return {
    name: `${document.base}${suffix}.${document.extension}`,
    contentType: contentTypes[document.extension],
    content,
    inline: false,
    contentId: null,
  };
}

function headed(random: Random, bytes: number, magic: string, zeros: number): Buffer {
  const content = random.bytes(bytes);
  content.write(magic, 0, 'latin1');
  // A stretch that compresses, as directories and headers do.
  content.fill(0, Math.max(16, bytes - zeros), bytes);
  return content;
}

function pdfBytes(random: Random, bytes: number): Buffer {
  const text = paragraphsFor('en', random, { project: 'Harbour', name: 'all' }).join('\n');
  const head = Buffer.from(
    `%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n% ${text}\n`,
  );
  const tail = Buffer.from('\nendstream\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n');
  const middle = random.bytes(Math.max(64, bytes - head.length - tail.length));
  return Buffer.concat([
    head,
    Buffer.from('3 0 obj\n<< /Filter /FlateDecode >>\nstream\n'),
    middle,
    tail,
  ]);
}

function csvBytes(random: Random, bytes: number): Buffer {
  const rows = ['time;sensor;value;state'];
  for (let size = 0; size < bytes; size += rows.at(-1)!.length) {
    rows.push(
      `2026-${String(random.between(1, 11)).padStart(2, '0')}-${String(random.between(1, 28)).padStart(2, '0')}T${String(random.between(0, 23)).padStart(2, '0')}:00;S${random.between(1, 24)};${(random.next() * 100).toFixed(3)};${random.pick(['ok', 'ok', 'ok', 'high'])}`,
    );
  }
  return Buffer.from(`${rows.join('\r\n')}\r\n`);
}

/** A real PNG: stripes and noise. */
export function picture(random: Random, side: number): Buffer {
  const rows = Buffer.alloc(side * (side * 3 + 1));
  const [red, green, blue] = [
    random.between(0, 255),
    random.between(0, 255),
    random.between(0, 255),
  ];
  const noise = random.bytes(side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const at = y * (side * 3 + 1) + 1 + x * 3;
      const shade = (noise[y * side + x]! & 31) + (((x + y) >> 3) & 1) * 40;
      rows[at] = (red + shade) & 255;
      rows[at + 1] = (green + shade) & 255;
      rows[at + 2] = (blue + (y & 63)) & 255;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
