import { base64, type EolBytes, sextetOf } from './base64.ts';
import {
  base64LineMax,
  base64LineMin,
  identity,
  type PartClass,
  type PartEncoding,
} from './encoding.ts';
import { boundaryLengthMax, type HeaderFacts, readHeader } from './header.ts';
import { findWords } from './words.ts';

/**
 * Receives a message in order. Concatenating every literal and every part, written again by a
 * `PartWriter` with its encoding, gives the message back. Bytes are valid during the call only.
 * However a message looks, its literals are at most about 1 MiB and its parts about 20,000.
 */
export interface SplitSink {
  literal(bytes: Uint8Array): void;
  /** `encoding` is what `endPart` will say: a part can be written again while it arrives. */
  beginPart(cls: PartClass, encoding: PartEncoding): void;
  part(bytes: Uint8Array): void;
  endPart(encoding: PartEncoding): void;
}

/** Shorter bodies stay literal: a reference to a part costs about as much as they do. */
const partBytesMin = 512;
/** A header longer than this is a part, so that recipes stay small. */
const literalHeaderBytesMax = 64 * 1024;
/** Where no header ends within this there is none. */
const headerBytesMax = 1024 * 1024;
/** Multiparts deeper than this are text to us. */
const depthMax = 32;
/** Past either, the rest of a message is one part of text: it is no mail, or it is hostile. */
const literalBytesMax = 1024 * 1024;
const partsMax = 20_000;
/** Enough to see whether a body is base64, whatever its line length. */
const base64LookAhead = 128 * 1024;
const blankLinesBytesMax = 256;
/** A boundary, its dashes and some white space. */
const boundaryLineMax = boundaryLengthMax + 256;
/** Base64 without line ends is decoded in steps of this many characters. */
const unbrokenStep = 1024;

const lf = 10;
const cr = 13;
const dash = 45;
const lineOfDashes = Buffer.from('\n--');
const blankLine = Buffer.from('\n\n');
const blankLineCrlf = Buffer.from('\n\r\n');
const nothing = Buffer.alloc(0);

type State = 'header' | 'text' | 'base64-start' | 'base64' | 'done';

/** A line that is a boundary: where the text before it ends, where the line after it begins. */
interface BoundaryLine {
  textEnd: number;
  next: number;
  level: number;
  closes: boolean;
}

/**
 * Splits one message that arrives in pieces of any size; where they break changes nothing. It
 * follows boundaries and headers as far as they make sense and takes what does not as text, so
 * that every sequence of bytes is a message. Holds at most about 1 MiB.
 *
 * Parts are: bodies of text as they stand (quoted-printable too), canonical base64 decoded up to
 * where it stops being canonical, long runs of B words in headers decoded. Everything between
 * them, headers above all, is literal.
 */
export class MessageSplitter {
  readonly #sink: SplitSink;
  /** Bytes not consumed yet are #window[#at … #end). */
  #window: Buffer = nothing;
  #at = 0;
  #end = 0;
  /** Own storage for what a piece leaves over; pieces themselves are not kept. */
  #kept: Buffer = nothing;
  /** Not worth looking before this many bytes are there. */
  #wanted = 0;
  #final = false;

  #state: State = 'header';
  readonly #boundaries: Buffer[] = [];
  #facts: HeaderFacts = { type: '', transfer: '', boundary: null };
  /** Whether #at is at the start of a line. */
  #atLineStart = true;
  /** Whether the body at #at has begun as a part. */
  #inPart = false;
  /** Literal bytes are #window[#literalFrom … #at). */
  #literalFrom = 0;
  #literalBytes = 0;
  #parts = 0;
  /** Of the part in progress. */
  #encoding: PartEncoding = identity;

  /** Of the base64 part in progress: characters in a line, its end, whether a line was consumed. */
  #line = 0;
  #eol: EolBytes = 0;
  #begun = false;

  constructor(sink: SplitSink) {
    this.#sink = sink;
  }

  push(bytes: Uint8Array): void {
    if (this.#end > this.#at) this.#append(bytes);
    else {
      this.#window = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      this.#at = 0;
      this.#end = bytes.byteLength;
    }
    if (this.#end - this.#at < this.#wanted) {
      this.#keepRest();
      return;
    }
    this.#run();
    this.#keepRest();
  }

  end(): void {
    this.#final = true;
    this.#run();
  }

  /** The same as one push and the end, without copying. */
  whole(bytes: Uint8Array): void {
    this.#final = true;
    this.push(bytes);
  }

  #append(bytes: Uint8Array): void {
    const rest = this.#end - this.#at;
    if (this.#kept.length - this.#end < bytes.length) {
      const size = rest + bytes.length;
      const target =
        this.#kept.length >= size ? this.#kept : Buffer.allocUnsafe(Math.max(size * 2, 16 * 1024));
      this.#window.copy(target, 0, this.#at, this.#end);
      this.#kept = target;
      this.#at = 0;
      this.#end = rest;
    }
    this.#kept.set(bytes, this.#end);
    this.#window = this.#kept;
    this.#end += bytes.length;
  }

  #keepRest(): void {
    if (this.#window === this.#kept || this.#end === this.#at) return;
    const rest = this.#end - this.#at;
    if (this.#kept.length < rest) this.#kept = Buffer.allocUnsafe(Math.max(rest * 2, 16 * 1024));
    this.#window.copy(this.#kept, 0, this.#at, this.#end);
    this.#window = this.#kept;
    this.#at = 0;
    this.#end = rest;
  }

  #run(): void {
    this.#literalFrom = this.#at;
    while (this.#state !== 'done' && this.#step()) {
      // Each step consumes something or changes the state.
    }
    this.#flushLiteral();
    this.#wanted = this.#final ? 0 : Math.min(2 * (this.#end - this.#at), headerBytesMax);
  }

  /** False: nothing more can be said before more bytes come. */
  #step(): boolean {
    switch (this.#state) {
      case 'header':
        return this.#stepHeader();
      case 'text':
        return this.#stepText();
      case 'base64-start':
        return this.#stepBase64Start();
      case 'base64':
        return this.#stepBase64();
      case 'done':
        return false;
    }
  }

  // Headers.

  #stepHeader(): boolean {
    const literalBytes = this.#literalBytes + this.#at - this.#literalFrom;
    if (literalBytes > literalBytesMax || this.#parts > partsMax) {
      this.#boundaries.length = 0;
      return this.#goOn('text');
    }
    const end = this.#findHeaderEnd();
    if (end === null) return false;
    const boundary = this.#findBoundary(end < 0 ? this.#end : end);
    if (end < 0 || typeof boundary === 'object') return this.#goOn('text');

    const facts = readHeader(this.#window, this.#at, end);
    this.#emitHeader(end);
    this.#facts = facts;
    this.#atLineStart = true;
    if (facts.boundary !== null && this.#boundaries.length < depthMax) {
      this.#boundaries.push(Buffer.from(`--${facts.boundary}`, 'latin1'));
      return this.#goOn('text');
    }
    if (facts.transfer === 'base64') return this.#goOn('base64-start');
    const nested = facts.type === 'message/rfc822' && facts.transfer !== 'quoted-printable';
    return this.#goOn(nested ? 'header' : 'text');
  }

  /** Past the blank line; -1: there is no header here; null: not known yet. */
  #findHeaderEnd(): number | null {
    const at = this.#at;
    const size = this.#end - at;
    if (size < 2 && !this.#final) return null;
    if (size > 0 && this.#window[at] === lf) return at + 1;
    if (size > 1 && this.#window[at] === cr && this.#window[at + 1] === lf) return at + 2;
    const limit = Math.min(this.#end, at + headerBytesMax);
    // In growing steps: a message of short headers must not be searched to its end for each.
    for (let step = 8192; ; step *= 4) {
      const view = this.#window.subarray(at, Math.min(limit, at + step));
      const crlf = view.indexOf(blankLineCrlf);
      const bare = (crlf < 0 ? view : view.subarray(0, crlf)).indexOf(blankLine);
      if (bare >= 0) return at + bare + 2;
      if (crlf >= 0) return at + crlf + 3;
      if (at + step >= limit) break;
    }
    if (this.#final || size >= headerBytesMax) return -1;
    // A boundary may come before any blank line: then what there is has no header.
    return typeof this.#findBoundary(this.#end) === 'object' ? -1 : null;
  }

  #emitHeader(end: number): void {
    if (end - this.#at > literalHeaderBytesMax) {
      this.#beginPart('header', identity);
      this.#sink.part(this.#window.subarray(this.#at, end));
      this.#at = end;
      this.#endPart();
      return;
    }
    for (;;) {
      const run = findWords(this.#window, this.#at, end);
      if (!run) break;
      this.#at = run.start;
      this.#beginPart('binary', run.encoding);
      this.#sink.part(run.decoded);
      this.#at = run.end;
      this.#endPart();
    }
    this.#at = end;
  }

  // Text: bodies, preambles, epilogues, and whatever follows base64.

  #stepText(): boolean {
    const boundary = this.#findBoundary(this.#end);
    if (typeof boundary === 'number') {
      this.#emitText(boundary, this.#final);
      if (!this.#final) return false;
      this.#closePart();
      return this.#goOn('done');
    }
    this.#emitText(boundary.textEnd, true);
    this.#closePart();
    this.#at = boundary.next;
    this.#atLineStart = true;
    this.#boundaries.length = boundary.closes ? boundary.level : boundary.level + 1;
    return this.#goOn(boundary.closes ? 'text' : 'header');
  }

  /** Text up to `end`; `complete` when it is known to go no further. */
  #emitText(end: number, complete: boolean): void {
    if (!this.#inPart) {
      if (end - this.#at < partBytesMin) {
        if (complete) this.#at = end;
        return;
      }
      this.#beginPart(this.#textClass(), identity);
      this.#inPart = true;
    }
    if (end === this.#at) return;
    this.#sink.part(this.#window.subarray(this.#at, end));
    this.#at = end;
    this.#literalFrom = end;
    this.#atLineStart = false;
  }

  #closePart(): void {
    if (this.#inPart) this.#endPart();
    this.#inPart = false;
  }

  #textClass(): PartClass {
    const binary = this.#facts.transfer === 'binary' && !this.#facts.type.startsWith('text/');
    return binary ? 'binary' : 'text';
  }

  /** The first boundary line between #at and `limit`, or up to where there certainly is none. */
  #findBoundary(limit: number): BoundaryLine | number {
    if (this.#boundaries.length === 0) return limit;
    const view = limit === this.#window.length ? this.#window : this.#window.subarray(0, limit);
    const start = this.#at;
    if (this.#atLineStart) {
      const line = this.#readBoundary(start, start);
      if (line !== null) return line;
    }
    for (let at = view.indexOf(lineOfDashes, start); at >= 0; ) {
      const textEnd = at > start && view[at - 1] === cr ? at - 1 : at;
      const line = this.#readBoundary(at + 1, textEnd);
      if (line !== null) return line;
      at = view.indexOf(lineOfDashes, at + lineOfDashes.length);
    }
    // The end may be the beginning of CR LF dash dash.
    return this.#final ? limit : Math.max(start, limit - lineOfDashes.length);
  }

  /** What the line at `start` is: a boundary, nothing, or (a number) not known yet. */
  #readBoundary(start: number, textEnd: number): BoundaryLine | number | null {
    const window = this.#window;
    const available = this.#end - start;
    if (available >= 2 && (window[start] !== dash || window[start + 1] !== dash)) return null;
    const found = window.indexOf(lf, start);
    const ends = found >= 0 && found < this.#end;
    const lineEnd = ends ? found : this.#end;
    if (lineEnd - start > boundaryLineMax) return null;
    if (!ends && !this.#final) return textEnd;
    for (let level = this.#boundaries.length - 1; level >= 0; level--) {
      const boundary = this.#boundaries[level]!;
      if (!startsWith(window, start, lineEnd, boundary)) continue;
      let at = start + boundary.length;
      const closes = lineEnd - at >= 2 && window[at] === dash && window[at + 1] === dash;
      if (closes) at += 2;
      while (at < lineEnd && isBlank(window[at]!)) at++;
      if (at === lineEnd) return { textEnd, next: ends ? lineEnd + 1 : lineEnd, level, closes };
    }
    return null;
  }

  // Base64.

  #stepBase64Start(): boolean {
    const window = this.#window;
    let start = this.#at;
    while (start < this.#end && (window[start] === cr || window[start] === lf)) start++;
    if (start - this.#at > blankLinesBytesMax) return this.#goOn('text');
    if (this.#end - start < base64LookAhead && !this.#final) return false;
    if (!this.#readLineShape(start) || !this.#isWorthAPart(start)) return this.#goOn('text');
    this.#at = start;
    this.#atLineStart = false;
    this.#begun = false;
    const lines = this.#hasSecondLine(start)
      ? ({ length: this.#line, eol: this.#eol === 2 ? 'crlf' : 'lf' } as const)
      : null;
    const cls = this.#facts.type.startsWith('text/') ? 'text' : 'binary';
    this.#beginPart(cls, { kind: 'base64', lines });
    return this.#goOn('base64');
  }

  /** The first line decides how long lines are and how they end. */
  #readLineShape(start: number): boolean {
    const found = this.#window.indexOf(lf, start);
    if (found < 0 || found >= this.#end || found - start > base64LineMax + 2) {
      this.#line = unbrokenStep;
      this.#eol = 0;
      return true;
    }
    this.#eol = found > start && this.#window[found - 1] === cr ? 2 : 1;
    this.#line = found + 1 - start - this.#eol;
    return this.#line >= base64LineMin && this.#line <= base64LineMax && this.#line % 4 === 0;
  }

  #isWorthAPart(start: number): boolean {
    const lines = Math.ceil(partBytesMin / this.#line);
    const step = this.#line + this.#eol;
    const end = Math.min(this.#end, start + lines * step);
    const at = base64.decodeLines(this.#window, start, end, this.#line, this.#eol, () => {});
    const whole = (at - start) / step;
    return whole * this.#line + this.#lastLineLength(at) >= partBytesMin;
  }

  /** Base64 on one line is the same whatever its length: it has no line end of its own. */
  #hasSecondLine(start: number): boolean {
    if (this.#eol === 0) return false;
    const second = start + this.#line + this.#eol;
    const end = Math.min(this.#end, second + this.#line + this.#eol);
    const at = base64.decodeLines(this.#window, start, end, this.#line, this.#eol, () => {});
    return at > second || (at === second && this.#lastLineLength(second) > 0);
  }

  #stepBase64(): boolean {
    const step = this.#line + this.#eol;
    let start = this.#begun ? this.#at + this.#eol : this.#at;
    const next = base64.decodeLines(
      this.#window,
      start,
      this.#end,
      this.#line,
      this.#eol,
      (bytes) => this.#sink.part(bytes),
    );
    if (next > start) {
      this.#begun = true;
      start = next;
      // The end of the last line is the part's only when another line follows.
      this.#at = next - this.#eol;
      this.#literalFrom = this.#at;
    }
    if (!this.#final && this.#end - start < step + 2) return false;
    const length = this.#lastLineLength(start);
    if (length > 0) {
      this.#sink.part(
        Buffer.from(this.#window.toString('latin1', start, start + length), 'base64'),
      );
      this.#at = start + length;
    }
    this.#endPart();
    return this.#goOn('text');
  }

  /** Characters of a last line of base64 at `start`: canonical, and a line end or nothing follows. */
  #lastLineLength(start: number): number {
    const window = this.#window;
    const limit = Math.min(this.#end, start + this.#line);
    let end = start;
    while (end < limit && sextetOf[window[end]!]! >= 0) end++;
    for (let pad = 0; pad < 2 && end < limit && window[end] === 61; pad++) end++;
    const length = end - start;
    if (length === 0 || length % 4 !== 0) return 0;
    if (end < this.#end && window[end] !== lf && window[end] !== cr) return 0;
    const last = window.toString('latin1', end - 4, end);
    return Buffer.from(last, 'base64').toString('base64') === last ? length : 0;
  }

  // What the sink sees.

  #goOn(state: State): true {
    this.#state = state;
    return true;
  }

  #beginPart(cls: PartClass, encoding: PartEncoding): void {
    this.#flushLiteral();
    this.#parts++;
    this.#encoding = encoding;
    this.#sink.beginPart(cls, encoding);
  }

  #endPart(): void {
    this.#sink.endPart(this.#encoding);
    this.#literalFrom = this.#at;
  }

  #flushLiteral(): void {
    if (this.#at > this.#literalFrom) {
      this.#literalBytes += this.#at - this.#literalFrom;
      this.#sink.literal(this.#window.subarray(this.#literalFrom, this.#at));
    }
    this.#literalFrom = this.#at;
  }
}

/** Splits a message that is in memory as a whole: the quick way for all but the largest. */
export function splitMessage(bytes: Uint8Array, sink: SplitSink): void {
  const splitter = new MessageSplitter(sink);
  splitter.whole(bytes);
}

function isBlank(byte: number): boolean {
  return byte === 32 || byte === 9 || byte === cr;
}

function startsWith(window: Buffer, start: number, end: number, prefix: Buffer): boolean {
  if (end - start < prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) if (window[start + i] !== prefix[i]) return false;
  return true;
}
