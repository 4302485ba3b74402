import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Base64Decoder, base64Length, encodeBase64 } from '#lib/graph/base64-stream.ts';
import { GraphCutShort } from '#lib/graph/errors.ts';
import { exportItems } from '#lib/graph/export.ts';
import { JsonSyntaxError, JsonTokens } from '#lib/graph/json-tokens.ts';
import { TinyGraph } from '#test/kit/tiny-graph.ts';

function cutInto(bytes: Uint8Array, sizes: number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (let turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });

describe('base64 as a stream', () => {
  it('any bytes in any pieces come through both ways', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), sizes, async (bytes, cuts) => {
        const encoded: Uint8Array[] = [];
        const pieces = cutInto(bytes, cuts);
        for await (const chunk of encodeBase64(
          (async function* () {
            yield* pieces;
          })(),
        ))
          encoded.push(chunk);
        const text = Buffer.concat(encoded);
        assert.equal(text.toString(), Buffer.from(bytes).toString('base64'));
        assert.equal(text.length, base64Length(bytes.length));
        const decoder = new Base64Decoder();
        const decoded = cutInto(text, cuts).map((piece) => decoder.push(piece));
        decoded.push(decoder.end());
        assert.deepEqual(Buffer.concat(decoded), Buffer.from(bytes));
      }),
      { numRuns: 200 },
    );
  });

  it('refuses what is not base64 instead of skipping it', () => {
    assert.throws(() => new Base64Decoder().push(Buffer.from('ab!d')));
    assert.throws(() => {
      const decoder = new Base64Decoder();
      decoder.push(Buffer.from('abcde'));
      decoder.end();
    });
    assert.throws(() => {
      const decoder = new Base64Decoder();
      decoder.push(Buffer.from('ab=='));
      decoder.push(Buffer.from('abcd'));
    });
  });
});

/** Puts a document together again from its tokens. */
function rebuilt(text: string, cuts: number[]): unknown {
  const tokens = new JsonTokens(() => false);
  const parts: string[] = [];
  const stack: Array<{ what: string; count: number; key: boolean }> = [];
  const comma = () => {
    const top = stack.at(-1);
    if (!top || top.key) {
      if (top) top.key = false;
      return;
    }
    if (top.count++ > 0) parts.push(',');
  };
  for (const piece of cutInto(Buffer.from(text), cuts)) {
    for (const token of tokens.push(piece)) {
      if (token.kind === 'open') {
        comma();
        parts.push(token.what === 'object' ? '{' : '[');
        stack.push({ what: token.what, count: 0, key: false });
      } else if (token.kind === 'close') {
        stack.pop();
        parts.push(token.what === 'object' ? '}' : ']');
      } else if (token.kind === 'key') {
        comma();
        parts.push(`${JSON.stringify(token.name)}:`);
        stack.at(-1)!.key = true;
      } else if (token.kind === 'value') {
        comma();
        parts.push(JSON.stringify(token.value));
      }
    }
  }
  tokens.end();
  return JSON.parse(parts.join(''));
}

describe('JSON as a stream', () => {
  it('reads what JSON.parse reads, however it is cut', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), sizes, fc.boolean(), (value, cuts, wide) => {
        fc.pre(value !== null && typeof value === 'object');
        const text = JSON.stringify(value, null, wide ? 1 : undefined);
        assert.deepEqual(rebuilt(text, cuts), JSON.parse(text));
      }),
      { numRuns: 300 },
    );
  });

  it('a word is a value only where it is one of three', () => {
    for (const word of ['constructor', 'undefined', 'nul', 'truefalse']) {
      const tokens = new JsonTokens(() => false);
      assert.throws(() => tokens.push(Buffer.from(`{"a":${word}}`)), JsonSyntaxError, word);
    }
  });

  it('an object that ends early is an error wherever it ends', () => {
    const text = '{"value":[{"itemId":"a\\u00e9","n":-1.5e3,"error":{"code":"x"}},{"t":true}]}';
    for (let length = 0; length < text.length; length++) {
      assert.throws(
        () => {
          const tokens = new JsonTokens(() => false);
          tokens.push(Buffer.from(text.slice(0, length)));
          tokens.end();
        },
        text.slice(0, length),
      );
    }
  });
});

class Sink {
  static open = 0;
  readonly #parts: Buffer[] = [];
  constructor() {
    Sink.open++;
  }
  write(chunk: Uint8Array): void {
    this.#parts.push(Buffer.from(chunk));
  }
  async finish(): Promise<string> {
    return Buffer.concat(this.#parts).toString();
  }
  discard(): void {
    Sink.open--;
  }
}

async function exported(body: string, ids: string[]) {
  const graph = new TinyGraph();
  graph.fault = () => new Response(body);
  return exportItems(graph.client(), 'MBX:x', ids, () => new Sink());
}

describe('exportItems', () => {
  const data = Buffer.from('stream').toString('base64');

  it('gives streams and errors by item, whatever the order and case of the keys', async () => {
    const items = await exported(
      JSON.stringify({
        value: [
          { data, changeKey: 'c', itemId: 'a' },
          { itemId: 'b', Error: { code: 'ErrorCorruptData', message: 'x' } },
          { itemId: 'c', error: { code: 'ErrorItemNotFound' }, data: null },
        ],
      }),
      ['a', 'b', 'c', 'd'],
    );
    assert.deepEqual(
      [...items],
      [
        ['a', { kind: 'stream', changeKey: 'c', body: 'stream' }],
        ['b', { kind: 'error', code: 'ErrorCorruptData' }],
        ['c', { kind: 'error', code: 'ErrorItemNotFound' }],
      ],
    );
  });

  it('an answer that is cut off gives nothing, and what was begun is discarded', async () => {
    Sink.open = 0;
    const whole = JSON.stringify({
      value: [
        { itemId: 'a', data },
        { itemId: 'b', data },
      ],
    });
    for (const length of [10, 40, whole.length - 12, whole.length - 1]) {
      await assert.rejects(exported(whole.slice(0, length), ['a', 'b']), GraphCutShort);
      assert.equal(Sink.open, 0);
    }
  });

  it('an answer without a list is none', async () => {
    await assert.rejects(exported('{}', ['a']), GraphCutShort);
    await assert.rejects(exported('{"value":{}}', ['a']), GraphCutShort);
  });
});
