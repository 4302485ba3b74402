import { createHash } from 'node:crypto';
import { systemClock } from '#lib/core/clock.ts';
import { AppError } from '#lib/core/errors.ts';
import { keyFromBytes } from '#lib/vault/keys.ts';
import type { Target } from '#lib/vault/targets/target.ts';
import type {
  ItemInput,
  ItemRow,
  VaultOptions,
  VaultReader,
  WriterLease,
} from '#lib/vault/vault.ts';

/** What the vault's tests share: keys, leases, mail and rows from a seed. */

export const testKey = keyFromBytes(new Uint8Array(32).fill(7));
export const otherKey = keyFromBytes(new Uint8Array(32).fill(8));

export function options(target: Target, keys = testKey): VaultOptions {
  return { target, keys, tenantId: 'tenant-1', clock: systemClock, workers: 1 };
}

export function lease(): WriterLease & { lose(): void } {
  let held = true;
  return {
    sessionId: 'session-1',
    epoch: 3,
    async assertHeld() {
      if (!held) throw new AppError('lease.lost', 'Another session writes this mailbox now.');
    },
    lose() {
      held = false;
    },
  };
}

/** Reproducible bytes that do not compress. */
export function noise(seed: string, length: number): Buffer {
  const parts: Buffer[] = [];
  for (let number = 0; number * 32 < length; number++)
    parts.push(createHash('sha256').update(`${seed}/${number}`).digest());
  return Buffer.concat(parts).subarray(0, length);
}

/** A message with a text and, where given, an attachment in base64. */
export function message(subject: string, text: string, attachment?: Uint8Array): Buffer {
  const head = `From: a@example.com\r\nSubject: ${subject}\r\nMIME-Version: 1.0\r\n`;
  if (attachment === undefined)
    return Buffer.from(`${head}Content-Type: text/plain\r\n\r\n${text}\r\n`);
  const lines = Buffer.from(attachment)
    .toString('base64')
    .replace(/.{76}(?=.)/g, '$&\r\n');
  return Buffer.from(
    `${head}Content-Type: multipart/mixed; boundary="b-${subject}"\r\n\r\n` +
      `--b-${subject}\r\nContent-Type: text/plain\r\n\r\n${text}\r\n` +
      `--b-${subject}\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n${lines}\r\n` +
      `--b-${subject}--\r\n`,
  );
}

/** An item with both forms; its stream carries the attachment between other bytes. */
export function item(
  seed: string,
  attachmentBytes = 0,
): Required<ItemInput> & {
  mail: Buffer;
  exported: Buffer;
} {
  const attachment = attachmentBytes > 0 ? noise(`file ${seed}`, attachmentBytes) : undefined;
  const text = `The text of ${seed}. `.repeat(40);
  const mail = message(seed, text, attachment);
  const exported = Buffer.concat([
    Buffer.from(`PROPS ${seed}`),
    noise(`props ${seed}`, 700),
    attachment ?? Buffer.alloc(0),
    Buffer.from('END'),
  ]);
  return {
    readable: { format: 'mime', body: mail },
    stream: { body: exported },
    mail,
    exported,
  };
}

export function row(key: string, ref: string, change = ''): ItemRow {
  return {
    key,
    folderId: 'inbox',
    kind: 'message',
    itemClass: 'IPM.Note',
    ref,
    contentId: `content of ${key}`,
    changeKey: `c${change}`,
    subject: `Subject ${key} ${change}`,
    sender: 'a@example.com',
    at: '2026-01-02T03:04:05Z',
    bytes: 100,
    categories: [],
  };
}

export async function collect(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}

export async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
}

export async function readable(reader: VaultReader, ref: string): Promise<Buffer> {
  const opened = await reader.openReadable(ref);
  return collect(opened!.body);
}

export async function stream(reader: VaultReader, ref: string): Promise<Buffer> {
  const opened = await reader.openStream(ref);
  return collect(opened!.body);
}

export async function* pieces(bytes: Buffer, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
