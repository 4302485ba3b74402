import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { ImportBodyInvalid, readImportBody } from './graph/import-body.ts';
import { holds, parseQuery } from './graph/odata.ts';
import { composeMessage, encodeWords } from './mime/compose.ts';
import { decodeWords, parseAddresses } from './mime/headers.ts';
import { readMessage } from './mime/read.ts';
import { ChangeLog } from './store/change-log.ts';
import { ContentStore } from './store/content.ts';
import { immutableItemId, mailboxTag, parseId, regularItemId } from './store/ids.ts';
import type { StoredItem } from './store/item.ts';
import { readStream, StreamDamaged } from './stream/read.ts';
import { writeStream } from './stream/write.ts';
import { issueCertificate } from './tls/certificate.ts';

const folder = mkdtempSync(join(tmpdir(), 'm365-formats-'));
after(() => rmSync(folder, { recursive: true }));

describe('certificates', () => {
  it('are read by others, name their hosts, and are signed by their issuer', () => {
    const ca = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const server = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const issuer = { commonName: 'CA', ...ca };
    const root = new X509Certificate(
      issueCertificate({ commonName: 'CA', publicKey: ca.publicKey, issuer, days: 10, use: 'ca' }),
    );
    const leaf = new X509Certificate(
      issueCertificate({
        commonName: 'localhost',
        publicKey: server.publicKey,
        issuer,
        days: 10,
        use: 'server',
        hosts: ['127.0.0.1', 'localhost'],
      }),
    );
    assert.ok(leaf.verify(root.publicKey) && leaf.checkIssued(root) && root.ca);
    assert.ok(leaf.checkPrivateKey(server.privateKey));
    assert.equal(leaf.checkIP('127.0.0.1'), '127.0.0.1');
    assert.equal(leaf.checkHost('localhost'), 'localhost');
  });
});

describe('ids', () => {
  const tag = mailboxTag('MBX:a@b');

  it('come back as they were; those of another mailbox are none', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(60_000), (item, inFolder) => {
        assert.deepEqual(parseId(tag, immutableItemId(tag, item)), {
          kind: 'item',
          item,
          folder: null,
        });
        const regular = regularItemId(tag, inFolder, item);
        assert.deepEqual(parseId(tag, regular), { kind: 'item', item, folder: inFolder });
        assert.equal(parseId(mailboxTag('MBX:c@b'), regular), null);
      }),
    );
  });
});

describe('the log of changes', () => {
  it('tells each member once, with its last change, after any point', () => {
    const steps = fc.array(
      fc.record({ member: fc.nat(9), what: fc.constantFrom('put', 'read', 'gone') }),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(steps, fc.nat(200), (changes, from) => {
        const log = new ChangeLog();
        const last = new Map<number, number>();
        for (const [index, change] of changes.entries()) {
          log.add({ ...change, sequence: index + 1 } as Parameters<ChangeLog['add']>[0]);
          last.set(change.member, index + 1);
        }
        const told = [...log.after(from)].map((it) => it.sequence);
        assert.deepEqual(
          told,
          [...last.values()].filter((it) => it > from).sort((a, b) => a - b),
        );
      }),
    );
  });
});

describe('mail', () => {
  it('words and addresses survive their encoding', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }), (text) => {
        fc.pre(!/=\?|[\r\n]/.test(text) && text.trim() === text && text.isWellFormed());
        assert.equal(decodeWords(encodeWords(text).replace(/\r\n /g, ' ')), text);
      }),
    );
    assert.deepEqual(
      parseAddresses(
        '"Doe, \\"J\\"" <j@a.example>, k@a.example,  =?utf-8?Q?M=C3=BC?= <m@a.example>',
      ),
      [
        { name: 'Doe, "J"', address: 'j@a.example' },
        { name: '', address: 'k@a.example' },
        { name: 'Mü', address: 'm@a.example' },
      ],
    );
  });

  it('any bytes at all go through the stream and come back', async () => {
    const content = await ContentStore.open(join(folder, 'content'));
    const attachment = fc.record({
      name: fc.string({ maxLength: 20 }),
      contentType: fc.constant('application/octet-stream'),
      content: fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes)),
      inline: fc.boolean(),
      contentId: fc.constant(null),
    });
    const composed = fc.array(attachment, { maxLength: 3 }).map((attachments) =>
      composeMessage({
        from: { name: 'A', address: 'a@a.example' },
        to: [],
        subject: 'S',
        date: null,
        messageId: '<1@a.example>',
        text: 'text ü',
        html: `<p>${'long enough to be a segment '.repeat(6)}</p>`,
        attachments,
      }),
    );
    const torn = fc
      .tuple(composed, fc.nat(), fc.uint8Array({ maxLength: 5 }))
      .map(([message, at, bytes]) =>
        Buffer.concat([
          message.subarray(0, at % message.length),
          bytes,
          message.subarray((at % message.length) + 3),
        ]),
      );
    const raw = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
    await fc.assert(
      fc.asyncProperty(fc.oneof(composed, torn, raw), async (message) => {
        const { facts, segments, itemClass } = readMessage(message);
        const at = '2026-01-02T03:04:05.000Z';
        const item: StoredItem = {
          item: 1,
          folder: 1,
          sequence: 1,
          itemClass,
          created: at,
          modified: at,
          received: at,
          size: message.length,
          categories: ['Größe'],
          flags: 5,
          followUp: 'flagged',
          importance: 'high',
          extended: { 'String 0x9999': 'v' },
          mail: { facts, segments, content: await content.put(message) },
          resource: null,
        };
        const whole = await collect(writeStream(item, content));
        const back = await readStream(sourceOf(whole));
        assert.deepEqual(await collect(back.mime!.text()), message);
        const { categories, flags, followUp, importance, extended, created, received } = item;
        assert.deepEqual(back.item, {
          itemClass,
          categories,
          flags,
          followUp,
          importance,
          extended,
          created,
          received,
          resource: null,
        });
        await assert.rejects(readStream(sourceOf(whole.subarray(0, -5))), StreamDamaged);
      }),
      { numRuns: 120 },
    );
    await content.close();
  });
});

async function collect(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const list: Buffer[] = [];
  for await (const piece of pieces) list.push(piece);
  return Buffer.concat(list);
}

function sourceOf(bytes: Buffer) {
  return {
    bytes: bytes.length,
    read: async (from: number, to: number) => bytes.subarray(from, to),
  };
}

describe('the body of an import', () => {
  const read = (text: string, step: number) => {
    const bytes = Buffer.from(text);
    return readImportBody(
      (async function* () {
        for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
      })(),
      join(folder, 'spool'),
    );
  };

  it('is understood however it is cut, in memory and on disk', async () => {
    for (const size of [0, 1, 5_000, 2_300_000]) {
      const data = Buffer.alloc(size, 'The data. ');
      const text = JSON.stringify({
        FolderId: 'a"\\ü',
        Mode: 'create',
        Data: data.toString('base64'),
      });
      for (const step of size > 10_000 ? [65_535] : [1, 7, 4_096]) {
        const body = await read(text.replaceAll('/', '\\/'), step);
        assert.deepEqual(body.fields, { FolderId: 'a"\\ü', Mode: 'create' });
        assert.deepEqual(await body.data!.read(0, body.data!.bytes), data);
        await body.data![Symbol.asyncDispose]();
      }
    }
  });

  it('is refused when it is cut short, nested, or no base64', async () => {
    for (const text of ['{"Data":"AAAA', '{"a":{"b":"c"}}', '{"Data":"****"}', '{"a":"\\u00"}']) {
      await assert.rejects(read(text, 3), ImportBodyInvalid, text);
    }
  });
});

describe('query options', () => {
  it('are understood as clients write them', () => {
    const { filter, top, extended } = parseQuery(
      new URLSearchParams({
        $top: '5',
        $filter:
          "isRead eq false and internetMessageId eq '<o''x@y>' and receivedDateTime ge 2024-01-01T00:00:00Z",
        $expand:
          "singleValueExtendedProperties($filter=id eq 'String 0x37' or id eq 'Integer 0xE07')",
      }),
    );
    assert.equal(top, 5);
    assert.deepEqual(extended, ['String 0x37', 'Integer 0xE07']);
    assert.deepEqual(
      filter.map((it) => it.value),
      ['false', "<o'x@y>", '2024-01-01T00:00:00Z'],
    );
    assert.ok(holds('2024-01-01T00:00:00.000Z', 'eq', '2024-01-01T00:00:00Z'));
    assert.throws(() => parseQuery(new URLSearchParams({ $filter: 'nonsense' })), /too complex/);
  });
});
