import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';

/**
 * One JSON value a line, written before the request that caused it is answered. What a killed process
 * left half written at the end is cut off at the next start. (A power cut may lose the last lines:
 * nothing is flushed to the disk by force.)
 */
export class Journal<T> {
  readonly #descriptor: number;
  #held: string[] | null = null;

  private constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  static open<T>(file: string, replay: (record: T) => void): Journal<T> {
    const text = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
    const whole = text.lastIndexOf(10) + 1;
    for (let at = 0; at < whole; ) {
      const end = text.indexOf(10, at);
      replay(JSON.parse(text.toString('utf8', at, end)) as T);
      at = end + 1;
    }
    const descriptor = openSync(file, 'a');
    if (whole < text.length) ftruncateSync(descriptor, whole);
    return new Journal<T>(descriptor);
  }

  append(record: T): void {
    const line = `${JSON.stringify(record)}\n`;
    if (!this.#held) writeSync(this.#descriptor, line);
    else if (this.#held.push(line) >= 2_000) this.#write();
  }

  /** Collects lines until `release`: for filling an empty store quickly. */
  hold(): void {
    this.#held = [];
  }

  release(): void {
    this.#write();
    this.#held = null;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #write(): void {
    if (this.#held && this.#held.length > 0) {
      const lines = Buffer.from(this.#held.join(''));
      for (let at = 0; at < lines.length; ) at += writeSync(this.#descriptor, lines, at);
      this.#held = [];
    }
  }
}
