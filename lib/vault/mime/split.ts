import { identity, type PartClass, type PartEncoding } from './encoding.ts';

/**
 * Receives a message in order. Concatenating every literal and every part, written again by a
 * `PartWriter` with its encoding, gives the message back. Bytes are valid during the call only.
 * A message has at most about 1 MiB of literals and 20,000 parts, whatever it looks like.
 */
export interface SplitSink {
  literal(bytes: Uint8Array): void;
  beginPart(cls: PartClass): void;
  part(bytes: Uint8Array): void;
  endPart(encoding: PartEncoding): void;
}

/** Splits one message that arrives in pieces of any size; where they break changes nothing. */
export class MessageSplitter {
  readonly #sink: SplitSink;
  #begun = false;

  constructor(sink: SplitSink) {
    this.#sink = sink;
  }

  push(bytes: Uint8Array): void {
    if (!this.#begun) this.#sink.beginPart('text');
    this.#begun = true;
    this.#sink.part(bytes);
  }

  end(): void {
    if (this.#begun) this.#sink.endPart(identity);
  }
}

/** The same for a message that is in memory as a whole: nothing is copied. */
export function splitMessage(bytes: Uint8Array, sink: SplitSink): void {
  const splitter = new MessageSplitter(sink);
  splitter.push(bytes);
  splitter.end();
}
