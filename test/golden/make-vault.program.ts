import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { systemClock } from '#lib/core/clock.ts';
import { loadKeyring, rotateKeyring } from '#lib/vault/keyring.ts';
import { createKeyFile, keyFile } from '#lib/vault/keys.ts';
import { openTarget } from '#lib/vault/targets/open.ts';
import { type ItemRow, Vault } from '#lib/vault/vault.ts';

/**
 * Makes a golden vault: `node test/golden/make-vault.program.ts test/golden/vault-vN`. Run once for
 * each version of the format; what it made is never made again, it must open for ever.
 */

const folder = process.argv[2];
if (folder === undefined) throw new Error('name the folder to make');

const lines = (bytes: Buffer) => bytes.toString('base64').replace(/.{76}(?=.)/g, '$&\r\n');
const picture = createHash('sha512').update('picture').digest();
const attachment = Buffer.concat(Array.from({ length: 40 }, () => picture));
const table = Buffer.from(
  Array.from({ length: 300_000 }, (_, number) => `row ${number}; ${number * 7}\r\n`).join(''),
);
/** Base64 of base64 in encoded words, as Exchange Online writes its verdicts. */
const verdict = Buffer.from(attachment.subarray(0, 330).toString('base64')).toString('base64');
const words = verdict.match(/.{1,60}/g)!.map((word) => `=?utf-8?B?${word}?=`);

function mail(subject: string, bytes: Buffer): Buffer {
  return Buffer.from(
    [
      'From: =?utf-8?B?R3LDvMOfZQ==?= <mira@example.com>',
      `Subject: ${subject}`,
      `X-Verdict: ${words.join('\r\n\t')}`,
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=x',
      '',
      '--x',
      'Content-Type: text/plain; charset=utf-8',
      '',
      `${subject}: ${'Sehr geehrte Damen und Herren. '.repeat(30)}`,
      '--x',
      'Content-Type: application/octet-stream; name=a.bin',
      'Content-Transfer-Encoding: base64',
      '',
      lines(bytes),
      '--x--',
      '',
    ].join('\r\n'),
  );
}

interface Expected {
  ref: string;
  readable: string | null;
  stream: string | null;
}

const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const lease = { sessionId: 'golden', epoch: 1, assertHeld: async () => {} };
const keyPath = join(folder, 'key');
const target = openTarget(pathToFileURL(join(folder, 'target')), 'tenant-1');
// Fails when the folder is there: a golden vault is made once.
await mkdir(folder);
await createKeyFile(keyPath);
const options = { target, keys: await keyFile(keyPath), tenantId: 'tenant-1', clock: systemClock };

const items: Expected[] = [];
const snapshots: Array<{ id: string; items: string[] }> = [];

function row(key: string, ref: string, at: string | null): ItemRow {
  return {
    key,
    folderId: 'f1',
    kind: 'message',
    itemClass: 'IPM.Note',
    ref,
    contentId: `content ${key}`,
    changeKey: 'c',
    subject: 'Grüße',
    sender: 'mira@example.com',
    at,
    bytes: 100,
    categories: ['red'],
  };
}

async function session(names: string[], base: string | null): Promise<string> {
  await using vault = await Vault.openOrCreate(options);
  const writer = await vault.writer(lease);
  const rows: ItemRow[] = [];
  for (const name of names) {
    const form = mail(name, name === 'long' ? table : attachment);
    const stream = Buffer.concat([Buffer.from(`properties of ${name}`), attachment]);
    const stored = await writer.putItem({
      readable: { format: 'mime', body: form },
      stream: { body: stream },
    });
    items.push({ ref: stored.ref, readable: sha(form), stream: sha(stream) });
    rows.push(row(name, stored.ref, '2026-01-02T03:04:05Z'));
  }
  const json = Buffer.from(JSON.stringify({ names, note: 'x'.repeat(600) }));
  const contact = await writer.putItem({ readable: { format: 'json', body: json } });
  items.push({ ref: contact.ref, readable: sha(json), stream: null });
  rows.push(row(`contact ${names[0]}`, contact.ref, null));
  const info = await writer.commitSnapshot({
    mailboxId: 'mailbox-1',
    base,
    takenAt: new Date('2026-01-02T03:04:05Z'),
    note: { address: 'mira@example.com' },
    folders: [
      { id: 'f1', parentId: null, name: 'Inbox', type: 'IPF.Note', wellKnown: 'inbox' },
      { id: 'f2', parentId: 'f1', name: 'Ablage', type: 'IPF.Note', wellKnown: null },
    ],
    put: rows,
    remove: base === null ? [] : ['first'],
  });
  const { items: listed } = await vault.reader().snapshot(info.id);
  const keys: string[] = [];
  for await (const { key } of listed()) keys.push(key);
  snapshots.push({ id: info.id, items: keys });
  return info.id;
}

const first = await session(['first', 'second', 'long'], null);
// The same wrapping key, a second data key: old packs keep theirs.
await rotateKeyring(target, options.keys, await loadKeyring(target, options.keys, 'tenant-1'));
await session(['third'], first);
await writeFile(
  join(folder, 'expected.json'),
  `${JSON.stringify({ items, snapshots }, null, 2)}\n`,
);
