import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Base64Codec,
  base64,
  createSimdCodec,
  type EolBytes,
  scalarCodec,
} from '#lib/vault/mime/base64.ts';

const seed = 20_261;
const lineLengths = [16, 20, 24, 28, 60, 64, 72, 76, 1024, 65_532];
const eols: EolBytes[] = [0, 1, 2];

function decode(codec: Base64Codec, source: Uint8Array, line: number, eol: EolBytes) {
  const out: Buffer[] = [];
  const at = codec.decodeLines(source, 0, source.length, line, eol, (bytes) =>
    out.push(Buffer.from(bytes)),
  );
  return { at, bytes: Buffer.concat(out) };
}

function encode(codec: Base64Codec, source: Uint8Array, lineBytes: number, eol: EolBytes) {
  const out: Buffer[] = [];
  const count = Math.floor(source.length / lineBytes);
  codec.encodeLines(source, 0, count, lineBytes, eol, (text) => out.push(Buffer.from(text)));
  return Buffer.concat(out);
}

test('this machine decodes base64 with vectors', (t) => {
  if (!createSimdCodec()) t.skip('NO WEBASSEMBLY VECTORS HERE: the JavaScript loops are used');
});

test('vectors and JavaScript write the same base64, and Node reads it', () => {
  const simd = createSimdCodec() ?? base64;
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 4000, size: 'max' }),
      fc.constantFrom(...lineLengths.slice(0, -1)),
      fc.constantFrom(...eols),
      (bytes, line, eol) => {
        const lineBytes = (line / 4) * 3;
        const text = encode(simd, bytes, lineBytes, eol);
        assert.deepEqual(text, encode(scalarCodec, bytes, lineBytes, eol));
        const whole = bytes.length - (bytes.length % lineBytes);
        assert.deepEqual(
          Buffer.from(text.toString('latin1'), 'base64'),
          Buffer.from(bytes.subarray(0, whole)),
        );
      },
    ),
    { seed, numRuns: 300 },
  );
});

test('vectors and JavaScript stop at the same place, whatever the bytes', () => {
  const simd = createSimdCodec() ?? base64;
  const mutation = fc.record({
    at: fc.nat(),
    byte: fc.oneof(fc.nat(255), fc.constantFrom(10, 13, 43, 45, 47, 61, 95)),
  });
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 0, maxLength: 3000, size: 'max' }),
      fc.constantFrom(...lineLengths.slice(0, 8)),
      fc.constantFrom(...eols),
      fc.array(mutation, { maxLength: 2 }),
      (bytes, line, eol, mutations) => {
        const text = encode(scalarCodec, bytes, (line / 4) * 3, eol).subarray(eol);
        for (const { at, byte } of mutations) if (text.length > 0) text[at % text.length] = byte;
        assert.deepEqual(decode(simd, text, line, eol), decode(scalarCodec, text, line, eol));
      },
    ),
    { seed, numRuns: 1000 },
  );
});

test('each of the 256 bytes is in the alphabet for both or for neither', () => {
  const simd = createSimdCodec() ?? base64;
  for (let byte = 0; byte < 256; byte++) {
    for (const at of [0, 5, 15, 16, 19]) {
      const text = Buffer.alloc(20, 'A');
      text[at] = byte;
      const expected = /[A-Za-z0-9+/]/.test(String.fromCharCode(byte)) ? 20 : 0;
      assert.equal(decode(simd, text, 20, 0).at, expected, `byte ${byte} at ${at}, vectors`);
      assert.equal(decode(scalarCodec, text, 20, 0).at, expected, `byte ${byte} at ${at}`);
    }
  }
});

test('lines longer and inputs larger than one step of the codec pass', () => {
  const simd = createSimdCodec() ?? base64;
  const bytes = Buffer.alloc(49_149 * 9);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 7) ^ (i >> 8);
  for (const [line, eol] of [
    [65_532, 2],
    [16, 2],
    [1024, 0],
  ] as const) {
    const lineBytes = (line / 4) * 3;
    const text = encode(simd, bytes, lineBytes, eol);
    assert.deepEqual(text, encode(scalarCodec, bytes, lineBytes, eol));
    // The encoder writes line ends before lines, the decoder wants them after.
    const shifted = Buffer.concat([text.subarray(eol), text.subarray(0, eol)]);
    const read = decode(simd, shifted, line, eol);
    assert.equal(read.at, shifted.length);
    assert.deepEqual(read.bytes, bytes.subarray(0, bytes.length - (bytes.length % lineBytes)));
  }
});
