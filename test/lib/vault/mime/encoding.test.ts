import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeEncoding, encodeEncoding, type PartEncoding } from '#lib/vault/mime/encoding.ts';

const eol = fc.constantFrom('crlf' as const, 'lf' as const);
const encodings: fc.Arbitrary<PartEncoding> = fc.oneof(
  fc.constant({ kind: 'identity' as const }),
  fc.record({
    kind: fc.constant('base64' as const),
    lines: fc.option(
      fc.record(
        { length: fc.integer({ min: 4, max: 16_383 }).map((n) => n * 4), eol },
        { noNullPrototype: true },
      ),
    ),
  }),
  fc.record({
    kind: fc.constant('words' as const),
    charset: fc.stringMatching(/^[A-Za-z0-9_-]{1,32}$/),
    wordLength: fc.integer({ min: 1, max: 16_383 }).map((n) => n * 4),
    eol,
    indent: fc.constantFrom('space' as const, 'tab' as const),
    innerTail: fc.option(fc.stringMatching(/^[A-Za-z0-9+/]{0,3}$/)),
  }),
);

test('an encoding is read back as it was written, and its end is known', () => {
  fc.assert(
    fc.property(encodings, fc.nat(5), (encoding, offset) => {
      const bytes = encodeEncoding(encoding);
      const stored = Buffer.concat([Buffer.alloc(offset, 255), bytes, Buffer.alloc(3, 255)]);
      const read = decodeEncoding(stored, offset);
      assert.deepEqual({ ...read.encoding }, { ...encoding });
      assert.equal(read.next, offset + bytes.length);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('what is read has one spelling, and all else is a RangeError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 24 }), fc.nat(5), (bytes, tag) => {
      if (bytes.length > 0) bytes[0] = tag;
      try {
        const { encoding, next } = decodeEncoding(bytes, 0);
        assert.deepEqual(encodeEncoding(encoding), bytes.slice(0, next));
      } catch (err) {
        assert.ok(err instanceof RangeError, String(err));
      }
    }),
    { seed: 2, numRuns: 3000 },
  );
});

test('a cut encoding is refused', () => {
  const bytes = encodeEncoding({
    kind: 'words',
    charset: 'utf-8',
    wordLength: 60,
    eol: 'crlf',
    indent: 'space',
    innerTail: 'ab',
  });
  for (let size = 0; size < bytes.length; size++) {
    assert.throws(() => decodeEncoding(bytes.subarray(0, size), 0), RangeError);
  }
});
