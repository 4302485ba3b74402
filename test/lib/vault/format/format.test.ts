import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { VaultDamaged } from '#lib/vault/errors.ts';
import {
  decodeKeyringEnvelope,
  decodeKeys,
  encodeKeyringEnvelope,
} from '#lib/vault/format/keyring.ts';
import { decodePackHeader, decodeTrailer } from '#lib/vault/format/pack.ts';
import {
  decodePage,
  decodeRow,
  encodeInner,
  encodeLeaf,
  encodeRow,
} from '#lib/vault/format/page.ts';
import { decodeRecord, encodeRecord, type ItemRecord } from '#lib/vault/format/record.ts';
import { openObject, sealObject } from '#lib/vault/format/sealed.ts';
import {
  decodeSegment,
  encodeSegment,
  type Segment,
  sortEntries,
} from '#lib/vault/format/segment.ts';
import { decodeSnapshot, encodeSnapshot } from '#lib/vault/format/snapshot.ts';
import { ByteReader, ByteWriter } from '#lib/vault/format/wire.ts';
import { noise, row } from '../fixture.ts';

const record: ItemRecord = {
  readable: {
    format: 'mime',
    bytes: 1234,
    sha256: noise('hash', 32),
    steps: [
      { kind: 'literal', length: 3 },
      {
        kind: 'inline',
        length: 4,
        encoding: { kind: 'base64', lines: { length: 76, eol: 'crlf' } },
      },
      { kind: 'objects', encoding: { kind: 'identity' }, objects: [0, 1, 0] },
    ],
  },
  stream: { bytes: 7, sha256: noise('other', 32), steps: [{ kind: 'literal', length: 2 }] },
  objects: [
    { id: noise('a', 16), length: 600 },
    { id: noise('b', 16), length: 70_000 },
  ],
  literals: Buffer.from('123456789'),
};

const segment: Segment = {
  packs: [
    {
      packId: noise('pack', 16),
      dataKeyVersion: 2,
      size: 5000,
      blocks: [{ kind: 'text', codec: 1, offset: 32, rawLength: 900, storedLength: 300 }],
    },
  ],
  replaces: ['index/00'],
  retired: [noise('retired', 16)],
  entries: sortEntries(
    Buffer.concat(
      [5, 3, 9].map((number) => {
        const entry = Buffer.alloc(28);
        noise(`entry ${number}`, 16).copy(entry);
        entry.writeUInt32LE(number * 10, 20);
        entry.writeUInt32LE(number, 24);
        return entry;
      }),
    ),
  ),
};

const snapshot = {
  mailboxId: 'm',
  sequence: 4,
  previous: 'ab'.repeat(32),
  takenAtMs: 1_790_000_000_000,
  sessionId: 's',
  epoch: 9,
  root: noise('root', 32),
  items: 3,
  bytes: 2 ** 45,
  pagesWritten: 1,
  note: { a: 'b', __proto__x: 'c' },
  folders: [{ id: 'i', parentId: null, name: 'n', type: 't', wellKnown: 'inbox' }],
};

const inner = encodeInner(3, [
  { lastKey: Buffer.from('a'), id: noise('1', 32), items: 3, bytes: 4 },
  { lastKey: Buffer.from('b'), id: noise('2', 32), items: 5, bytes: 6 },
]);
const leaf = encodeLeaf([
  encodeRow(row('a', 'ab'.repeat(32))),
  encodeRow(row('b', 'cd'.repeat(32))),
]);
const recordBytes = Buffer.from(encodeRecord(record, new ByteWriter()));
const envelope = {
  vaultId: noise('vault', 16),
  tenantId: 't',
  generation: 1,
  wrapperId: 'file:x',
  wrapped: noise('wrapped', 80),
};

describe('bytes and values of the format', () => {
  it('a varint of any size comes back', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const read = new ByteReader(new ByteWriter().varint(value).take(), 'test');
        assert.equal(read.varint(), value);
        read.end();
      }),
      { seed: 3 },
    );
  });

  it('every value comes back as it was', () => {
    assert.deepEqual(decodeRecord(recordBytes, 'r'), {
      ...record,
      literals: Buffer.from(record.literals),
    });
    assert.deepEqual(decodeSegment(encodeSegment(segment), 's'), segment);
    assert.deepEqual(decodeSnapshot(encodeSnapshot(snapshot), 's'), snapshot);
    assert.deepEqual(decodeKeyringEnvelope(encodeKeyringEnvelope(envelope), 'k'), envelope);
    const page = decodePage(leaf, 'p');
    assert.ok('rows' in page);
    assert.deepEqual(decodeRow(page.rows[0]!, 'p'), row('a', 'ab'.repeat(32)));
    assert.ok('children' in decodePage(inner, 'p'));
  });

  it('any change and any bytes end in a value or in damage, quickly and without large allocations', () => {
    const decoders: Array<[string, Buffer, (bytes: Buffer) => unknown]> = [
      ['record', recordBytes, (bytes) => decodeRecord(bytes, 'r')],
      ['leaf', leaf, (bytes) => openRows(bytes)],
      ['inner', inner, (bytes) => decodePage(bytes, 'p')],
      ['snapshot', encodeSnapshot(snapshot), (bytes) => decodeSnapshot(bytes, 's')],
      [
        'segment',
        Buffer.from(encodeSegment(segment)[0]!),
        (bytes) => decodeSegment([bytes, segment.entries], 's'),
      ],
      ['keyring', encodeKeyringEnvelope(envelope), (bytes) => decodeKeyringEnvelope(bytes, 'k')],
      ['keys', noise('keys', 105), (bytes) => decodeKeys(bytes, 'k')],
      ['trailer', noise('trailer', 16), (bytes) => decodeTrailer(bytes, 1 << 20, 't')],
      ['header', noise('header', 32), (bytes) => decodePackHeader(bytes, 'h')],
    ];
    for (const [name, good, decode] of decoders) {
      const tame = (bytes: Buffer) => {
        try {
          decode(bytes);
        } catch (err) {
          assert.ok(err instanceof VaultDamaged, `${name}: ${err}`);
        }
      };
      for (let length = 0; length < good.length; length++) tame(good.subarray(0, length));
      fc.assert(
        fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(255), (at, one, two) => {
          const changed = Buffer.from(good);
          changed[at] = one;
          changed[(at + 1) % changed.length] = two;
          tame(changed);
        }),
        { seed: 5, numRuns: 400 },
      );
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => tame(Buffer.from(bytes))),
        { seed: 6, numRuns: 200 },
      );
    }
  });

  it('a sealed object opens under its own name and key only', () => {
    const secrets = { vaultId: noise('v', 16), dataKey: noise('k', 32), dataKeyVersion: 1 };
    const sections = [Buffer.from('one'), noise('two', 5000), Buffer.alloc(9000)];
    const bytes = sealObject(secrets, 'index/a', noise('salt', 16), sections);
    assert.deepEqual(openObject(secrets, 'index/a', bytes), sections);
    for (const [name, other] of [
      ['index/b', secrets],
      ['index/a', { ...secrets, vaultId: noise('w', 16) }],
      ['index/a', { ...secrets, dataKey: noise('l', 32) }],
    ] as const)
      assert.throws(() => openObject(other, name, bytes), VaultDamaged);
  });

  it('a note named like a part of every object stays a note', () => {
    const note = JSON.parse('{"__proto__": "x"}') as Record<string, string>;
    const back = decodeSnapshot(encodeSnapshot({ ...snapshot, note }), 's');
    assert.deepEqual(Object.entries(back.note), [['__proto__', 'x']]);
  });
});

function openRows(bytes: Buffer): unknown {
  const page = decodePage(bytes, 'p');
  return 'rows' in page ? page.rows.map((found) => decodeRow(found, 'p')) : page;
}
