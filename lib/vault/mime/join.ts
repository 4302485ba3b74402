import type { PartEncoding } from './encoding.ts';

export class PartWriter {
  readonly #encoding: PartEncoding;
  readonly #out: (bytes: Uint8Array) => void;

  constructor(encoding: PartEncoding, out: (bytes: Uint8Array) => void) {
    this.#encoding = encoding;
    this.#out = out;
  }

  push(decoded: Uint8Array): void {
    if (this.#encoding.kind === 'identity') this.#out(decoded);
  }

  end(): void {}
}
