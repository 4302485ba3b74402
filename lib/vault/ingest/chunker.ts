import { hkdfSync } from 'node:crypto';

/** Objects above this are cut into chunks, and no more than this of a part is ever in memory. */
export const chunkBytesMax = 4 * 1024 * 1024;
const chunkBytesMin = 256 * 1024;
const chunkBytesAim = 1024 * 1024;
/** Before the aimed length a cut needs two bits more, after it two bits less (FastCDC). */
const maskEarly = 0xfffffc00 >>> 0;
const maskLate = 0xffffc000 >>> 0;

/**
 * Content-defined cuts: where a cut falls depends on the bytes around it, so that an insertion in a
 * large attachment changes the chunks it touches and no others. The table is derived from the
 * vault's id key: chunk lengths tell nothing about known files to somebody without it.
 */
export class Chunker {
  private readonly gear: Uint32Array;

  constructor(idKey: Uint8Array) {
    this.gear = new Uint32Array(
      hkdfSync('sha256', idKey, new Uint8Array(0), 'holdfast chunk cuts 1', 1024),
    );
  }

  /** Length of the first chunk of `bytes`; `bytes.length` when it holds no cut. */
  cut(bytes: Uint8Array): number {
    const gear = this.gear;
    const end = Math.min(bytes.length, chunkBytesMax);
    if (end <= chunkBytesMin) return end;
    const aim = Math.min(end, chunkBytesAim);
    let print = 0;
    let at = chunkBytesMin;
    for (; at < aim; at++) {
      print = ((print << 1) + gear[bytes[at]!]!) | 0;
      if ((print & maskEarly) === 0) return at + 1;
    }
    for (; at < end; at++) {
      print = ((print << 1) + gear[bytes[at]!]!) | 0;
      if ((print & maskLate) === 0) return at + 1;
    }
    return end;
  }
}
