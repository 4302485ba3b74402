import { VaultDamaged } from '#lib/vault/errors.ts';

/** Grows as it is written. Integers are little-endian; a varint carries 7 bits a byte, low first. */
export class ByteWriter {
  private buffer: Buffer;
  private used = 0;

  constructor(capacity = 1024) {
    this.buffer = Buffer.allocUnsafeSlow(capacity);
  }

  get length(): number {
    return this.used;
  }

  private room(count: number): void {
    if (this.used + count <= this.buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, this.used + count));
    this.buffer.copy(grown, 0, 0, this.used);
    this.buffer = grown;
  }

  u8(value: number): this {
    this.room(1);
    this.buffer[this.used++] = value;
    return this;
  }

  u32(value: number): this {
    this.room(4);
    this.used = this.buffer.writeUInt32LE(value, this.used);
    return this;
  }

  varint(value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a varint: ${value}`);
    this.room(10);
    let rest = value;
    while (rest > 127) {
      this.buffer[this.used++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.buffer[this.used++] = rest;
    return this;
  }

  raw(bytes: Uint8Array): this {
    this.room(bytes.length);
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
    return this;
  }

  text(value: string): this {
    const bytes = Buffer.from(value, 'utf8');
    return this.varint(bytes.length).raw(bytes);
  }

  /** A view on what was written; valid until the next write or reset. */
  view(): Buffer {
    return this.buffer.subarray(0, this.used);
  }

  /** A copy of what was written. */
  take(): Buffer {
    return Buffer.from(this.view());
  }

  reset(): void {
    this.used = 0;
  }
}

/**
 * Reads what may have been written by anybody: every length is checked against what is there
 * before it is used, so hostile bytes end in `vault.damaged` and never in a large allocation.
 */
export class ByteReader {
  private readonly bytes: Buffer;
  private readonly where: string;
  private at = 0;

  constructor(bytes: Uint8Array, where: string) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.where = where;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  fail(finding: string): never {
    throw new VaultDamaged(this.where, finding);
  }

  u8(): number {
    if (this.left < 1) this.fail('it ends too early');
    return this.bytes[this.at++]!;
  }

  u32(): number {
    if (this.left < 4) this.fail('it ends too early');
    const value = this.bytes.readUInt32LE(this.at);
    this.at += 4;
    return value;
  }

  varint(max = Number.MAX_SAFE_INTEGER): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 8; count++) {
      const byte = this.u8();
      value += (byte & 127) * scale;
      if (byte < 128) {
        if (value > max) this.fail('a number in it is larger than it can be');
        return value;
      }
      scale *= 128;
    }
    return this.fail('a number in it is too long');
  }

  /** How many elements follow, when each takes at least `least` bytes: bounded by what is left. */
  count(least: number): number {
    return this.varint(Math.floor(this.left / least));
  }

  /** A view on the next `length` bytes. */
  raw(length: number): Buffer {
    if (length > this.left) this.fail('it ends too early');
    const view = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return view;
  }

  text(): string {
    return this.raw(this.varint(this.left)).toString('utf8');
  }

  expect(bytes: Uint8Array, finding: string): void {
    if (!this.raw(Math.min(bytes.length, this.left)).equals(bytes)) this.fail(finding);
  }

  end(): void {
    if (this.left !== 0) this.fail(`${this.left} bytes follow its end`);
  }
}
