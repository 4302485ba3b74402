/**
 * The two inner loops of base64 as a WebAssembly module with 128-bit vectors, 4–8 times what
 * JavaScript reaches. It is assembled here, when the process starts, from the listing below: no
 * tool chain, no binary in the repository. `base64.ts` has the same loops in JavaScript.
 *
 * The vector arithmetic is Wojciech Muła's (base64 with SIMD, 0x80.pl/notesen/2016-01-17-sse-base64-decoding.html).
 */
export interface Base64Kernel {
  memory: WebAssembly.Memory;
  /**
   * Decodes lines of exactly `line` characters (a multiple of 4, at least 16), each followed by
   * `eol` bytes of line end (2: CRLF, 1: LF, 0: nothing). Stops at the first that is not so;
   * returns its address. Writes up to 16 bytes past the decoded ones.
   */
  decode(source: number, end: number, target: number, line: number, eol: number): number;
  /**
   * Encodes `count` lines of `lineBytes` (a multiple of 3) bytes, a line end before each; returns
   * where the next would go. Reads and writes up to 16 bytes past the last.
   */
  encode(source: number, count: number, target: number, lineBytes: number, eol: number): number;
}

/** Null where this machine's engine has no vectors. */
export function createBase64Kernel(memoryBytes: number): Base64Kernel | null {
  try {
    const module = new WebAssembly.Module(assemble(Math.ceil(memoryBytes / 65_536)));
    return new WebAssembly.Instance(module).exports as unknown as Base64Kernel;
  } catch {
    return null;
  }
}

/** An expression or statement: its bytes, operands first. */
type Code = number[];

function unsigned(value: number): Code {
  const low = value & 127;
  return value > 127 ? [low | 128, ...unsigned(value >>> 7)] : [low];
}

function signed(value: number): Code {
  const low = value & 127;
  const rest = value >> 7;
  const last = (rest === 0 && !(low & 64)) || (rest === -1 && (low & 64) !== 0);
  return last ? [low] : [low | 128, ...signed(rest)];
}

const op =
  (code: number) =>
  (...operands: Code[]): Code => [...operands.flat(), code];
const vectorOp =
  (code: number) =>
  (...operands: Code[]): Code => [...operands.flat(), 0xfd, ...unsigned(code)];

const get = (local: number): Code => [0x20, local];
const set = (local: number, value: Code): Code => [...value, 0x21, local];
const int = (value: number): Code => [0x41, ...signed(value)];
const add = op(0x6a);
const subtract = op(0x6b);
const multiply = op(0x6c);
const divide = op(0x6e);
const equal = op(0x46);
const unequal = op(0x47);
const below = op(0x49);
const atMost = op(0x4d);
const load8 = (at: Code): Code => [...at, 0x2d, 0, 0];
const load16 = (at: Code): Code => [...at, 0x2f, 0, 0];
const store8 = (at: Code, value: Code): Code => [...at, ...value, 0x3a, 0, 0];
const store16 = (at: Code, value: Code): Code => [...at, ...value, 0x3b, 0, 0];
const block = (...body: Code[]): Code => [0x02, 0x40, ...body.flat(), 0x0b];
const loop = (...body: Code[]): Code => [0x03, 0x40, ...body.flat(), 0x0b];
const when = (condition: Code, ...body: Code[]): Code => [
  ...condition,
  0x04,
  0x40,
  ...body.flat(),
  0x0b,
];
const branch = (depth: number): Code => [0x0c, depth];
const branchIf = (depth: number, condition: Code): Code => [...condition, 0x0d, depth];

const loadVector = (at: Code): Code => [...at, 0xfd, 0, 0, 0];
const storeVector = (at: Code, value: Code): Code => [...at, ...value, 0xfd, 11, 0, 0];
const bytes = (...values: number[]): Code => [0xfd, 12, ...values.map((value) => value & 255)];
const everyByte = (value: number): Code => bytes(...Array(16).fill(value));
const every16 = (value: number): Code =>
  bytes(
    ...Array(8)
      .fill([value, value >> 8])
      .flat(),
  );
const every32 = (value: number): Code =>
  bytes(
    ...Array(4)
      .fill([value, value >> 8, value >> 16, value >> 24])
      .flat(),
  );
const swizzle = vectorOp(14);
const byteEqual = vectorOp(0x23);
const byteAbove = vectorOp(0x28);
const and = vectorOp(0x4e);
const or = vectorOp(0x50);
const anyTrue = vectorOp(0x53);
const byteAdd = vectorOp(0x6e);
const byteSubtractSaturated = vectorOp(0x73);
const shiftLeft16 = vectorOp(0x8b);
const shiftRight16 = vectorOp(0x8d);
const shiftLeft32 = vectorOp(0xab);
const shiftRight32 = vectorOp(0xad);
const dotProduct16 = vectorOp(0xba);

const highNibbles = (x: Code) => and(shiftRight32(x, int(4)), everyByte(15));

/** Non-zero bytes where a character is outside the alphabet: two tables share a bit. */
const foreign = (x: Code): Code =>
  and(
    swizzle(
      bytes(0x15, ...Array(9).fill(0x11), 0x13, 0x1a, 0x1b, 0x1b, 0x1b, 0x1a),
      and(x, everyByte(15)),
    ),
    swizzle(bytes(16, 16, 1, 2, 4, 8, 4, 8, ...Array(8).fill(16)), highNibbles(x)),
  );

/** 16 characters → 12 bytes in the low lanes. */
const decoded = (x: Code, scratch: number): Code => {
  const sextets = byteAdd(
    x,
    swizzle(
      bytes(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0),
      byteAdd(byteEqual(x, everyByte(47)), highNibbles(x)),
    ),
  );
  const pairs = or(
    and(shiftLeft16(get(scratch), int(6)), every16(0x0fc0)),
    shiftRight16(get(scratch), int(8)),
  );
  const triples = dotProduct16(pairs, every32(0x0001_1000));
  return [
    ...set(scratch, sextets),
    ...swizzle(triples, bytes(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1)),
  ];
};

/** 12 bytes in the low lanes → 16 characters. */
const encoded = (x: Code, spread: number, index: number): Code => [
  ...set(spread, swizzle(x, bytes(2, 1, 0, -1, 5, 4, 3, -1, 8, 7, 6, -1, 11, 10, 9, -1))),
  ...set(
    index,
    or(
      or(
        and(shiftRight32(get(spread), int(18)), every32(0x3f)),
        and(shiftRight32(get(spread), int(4)), every32(0x3f00)),
      ),
      or(
        and(shiftLeft32(get(spread), int(10)), every32(0x3f_0000)),
        and(shiftLeft32(get(spread), int(24)), every32(0x3f00_0000)),
      ),
    ),
  ),
  ...byteAdd(
    get(index),
    swizzle(
      bytes(71, ...Array(10).fill(-4), -19, -16, 65, 0, 0),
      or(
        byteSubtractSaturated(get(index), everyByte(51)),
        and(byteAbove(everyByte(26), get(index)), everyByte(13)),
      ),
    ),
  ),
];

function decodeBody(): Code {
  const [source, end, target, line, eol] = [0, 1, 2, 3, 4];
  const [from, lineEnd, to, lineBytes] = [5, 6, 7, 8];
  const [x, wrong, scratch] = [9, 10, 11];
  const take = (at: Code) => [
    ...set(x, loadVector(at)),
    ...set(wrong, or(get(wrong), foreign(get(x)))),
  ];
  return [
    ...set(lineBytes, multiply(divide(get(line), int(4)), int(3))),
    ...block(
      loop(
        branchIf(1, below(subtract(get(end), get(source)), add(get(line), get(eol)))),
        set(from, get(source)),
        set(lineEnd, add(get(source), get(line))),
        set(to, get(target)),
        set(wrong, everyByte(0)),
        loop(
          take(get(from)),
          storeVector(get(to), decoded(get(x), scratch)),
          set(from, add(get(from), int(16))),
          set(to, add(get(to), int(12))),
          branchIf(0, atMost(add(get(from), int(16)), get(lineEnd))),
        ),
        // The rest of the line: its last 16 characters, some of them a second time.
        when(
          below(get(from), get(lineEnd)),
          take(subtract(get(lineEnd), int(16))),
          storeVector(
            subtract(add(get(target), get(lineBytes)), int(12)),
            decoded(get(x), scratch),
          ),
        ),
        branchIf(1, anyTrue(get(wrong))),
        when(equal(get(eol), int(2)), branchIf(2, unequal(load16(get(lineEnd)), int(0x0a0d)))),
        when(equal(get(eol), int(1)), branchIf(2, unequal(load8(get(lineEnd)), int(0x0a)))),
        set(target, add(get(target), get(lineBytes))),
        set(source, add(get(lineEnd), get(eol))),
        branch(0),
      ),
    ),
    ...get(source),
  ];
}

function encodeBody(): Code {
  const [source, count, target, lineBytes, eol] = [0, 1, 2, 3, 4];
  const [from, lineEnd, to, line] = [5, 6, 7, 8];
  const [x, spread, index] = [9, 10, 11];
  return [
    ...set(line, multiply(divide(get(lineBytes), int(3)), int(4))),
    ...block(
      loop(
        branchIf(1, equal(get(count), int(0))),
        when(equal(get(eol), int(2)), store16(get(target), int(0x0a0d))),
        when(equal(get(eol), int(1)), store8(get(target), int(0x0a))),
        set(target, add(get(target), get(eol))),
        set(from, get(source)),
        set(lineEnd, add(get(source), get(lineBytes))),
        set(to, get(target)),
        loop(
          set(x, loadVector(get(from))),
          storeVector(get(to), encoded(get(x), spread, index)),
          set(from, add(get(from), int(12))),
          set(to, add(get(to), int(16))),
          branchIf(0, below(get(from), get(lineEnd))),
        ),
        set(target, add(get(target), get(line))),
        set(source, get(lineEnd)),
        set(count, subtract(get(count), int(1))),
        branch(0),
      ),
    ),
    ...get(target),
  ];
}

function assemble(pages: number): Uint8Array<ArrayBuffer> {
  const i32 = 0x7f;
  const v128 = 0x7b;
  const sized = (content: Code): Code => [...unsigned(content.length), ...content];
  const section = (id: number, ...items: Code[]): Code => [
    id,
    ...sized([...unsigned(items.length), ...items.flat()]),
  ];
  const name = (text: string): Code => sized([...Buffer.from(text)]);
  const locals: Code = [2, 4, i32, 3, v128];
  const code = (body: Code): Code => sized([...locals, ...body, 0x0b]);
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [0x60, 5, i32, i32, i32, i32, i32, 1, i32]),
    ...section(3, [0], [0]),
    ...section(5, [0, ...unsigned(pages)]),
    ...section(7, [...name('memory'), 2, 0], [...name('decode'), 0, 0], [...name('encode'), 0, 1]),
    ...section(10, code(decodeBody()), code(encodeBody())),
  ]);
}
