import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import PDFDocument from 'pdfkit';

type Face = 'plain' | 'bold';

interface TextStyle {
  face?: Face;
  size?: number;
  /** Where `x` is: the text's beginning (default) or its end. */
  align?: 'left' | 'right';
  /** 0 black to 1 white. */
  grey?: number;
}

/** Pages of A4 with text in Noto Sans and lines. The same calls make the same bytes. */
export interface PdfDocument {
  addPage(): void;
  readonly pages: number;
  /** Writes on a page, the last one if none is said (from 0). The origin is at the top left, in points. */
  text(x: number, y: number, text: string, style?: TextStyle, page?: number): void;
  rule(x: number, y: number, width: number, grey?: number): void;
  /** Breaks a text into at most so many lines of a width; a word that does not fit is broken anywhere. */
  wrap(text: string, width: number, size: number, mostLines: number): string[];
  /** Whether the font has all letters of a text; else there are numbers among them on paper. */
  has(text: string): boolean;
  finish(): Promise<Uint8Array>;
}

/** The files that the font comes in; of each script the first that has all of a letter is used. */
const scripts = [
  'latin',
  'latin-ext',
  'cyrillic',
  'cyrillic-ext',
  'greek',
  'greek-ext',
  'vietnamese',
  'devanagari',
] as const;
type Script = (typeof scripts)[number];

const weights: Record<Face, string> = { plain: '400', bold: '700' };

const files = new Map<string, Uint8Array>();
function fontFile(script: Script, face: Face): Uint8Array {
  const name = `noto-sans-${script}-${weights[face]}-normal.woff`;
  let file = files.get(name);
  if (file === undefined) {
    const folder = join(process.cwd(), 'node_modules', '@fontsource', 'noto-sans', 'files');
    file = readFileSync(/* turbopackIgnore: true */ join(folder, name));
    files.set(name, file);
  }
  return file;
}

interface Run {
  script: Script;
  text: string;
}

/** @param info.date stands for the moment of making, so that it does not depend on one */
export function pdfDocument(info: { title: string; author: string; date: Date }): PdfDocument {
  const document = new PDFDocument({
    size: 'A4',
    margin: 0,
    autoFirstPage: false,
    bufferPages: true,
    lang: 'en',
    info: {
      Title: info.title,
      Author: info.author,
      Producer: 'Holdfast',
      Creator: 'Holdfast',
      CreationDate: info.date,
      ModDate: info.date,
    },
  });
  const chunks: Uint8Array[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    document.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    document.on('end', resolve);
    document.on('error', reject);
  });
  let pages = 0;

  const registered = new Set<string>();
  const use = (script: Script, face: Face) => {
    const name = `${script} ${face}`;
    if (!registered.has(name)) {
      document.registerFont(name, fontFile(script, face) as Buffer);
      registered.add(name);
    }
    document.font(name);
  };
  const widths = new Map<string, number>();
  const widthOf = (text: string, face: Face, size: number): number => {
    const key = `${face}|${text}`;
    let width = widths.get(key);
    if (width === undefined) {
      width = 0;
      for (const run of runs(text)) {
        use(run.script, face);
        width += document.fontSize(100).widthOfString(run.text);
      }
      widths.set(key, width);
    }
    return (width * size) / 100;
  };

  return {
    addPage() {
      document.addPage();
      pages++;
    },
    get pages() {
      return pages;
    },
    text(x, y, text, { face = 'plain', size = 9, align = 'left', grey = 0 } = {}, page) {
      document.switchToPage(page ?? pages - 1);
      document.fillColor(shade(grey));
      let left = align === 'left' ? x : x - widthOf(text, face, size);
      for (const run of runs(text)) {
        use(run.script, face);
        document
          .fontSize(size)
          .text(run.text, left, y, { lineBreak: false, baseline: 'alphabetic' });
        left += document.widthOfString(run.text);
      }
    },
    rule(x, y, width, grey = 0.8) {
      document.switchToPage(pages - 1);
      document
        .moveTo(x, y)
        .lineTo(x + width, y)
        .lineWidth(0.5)
        .strokeColor(shade(grey))
        .stroke();
    },
    wrap(text, width, size, mostLines) {
      return wrapped(text, width, mostLines, (part) => widthOf(part, 'plain', size));
    },
    has: (text) =>
      [...letters.segment(text.normalize('NFC'))].every(
        ({ segment }) => isVisible(segment) && scriptOf(segment) !== null,
      ),
    async finish() {
      document.end();
      await ended;
      return new Uint8Array(Buffer.concat(chunks));
    },
  };
}

function shade(grey: number): [number, number, number] {
  const level = Math.round(grey * 255);
  return [level, level, level];
}

const letters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Which file has a letter: true of every document, so it is asked once. */
const homes = new Map<string, Script | null>();
const homesMax = 50_000;
let probe: PDFKit.PDFDocument | undefined;

/** Asks the fonts themselves, on a document that nobody sees: a font that is opened is in its file. */
function scriptOf(letter: string): Script | null {
  let found = homes.get(letter);
  if (found === undefined) {
    probe ??= new PDFDocument({ autoFirstPage: false });
    // The font in use is a private field of the library, and says what no public one does.
    const holder = probe as unknown as {
      _font: { font: { hasGlyphForCodePoint(point: number): boolean } };
    };
    const points = [...letter].map((character) => character.codePointAt(0)!);
    found =
      scripts.find((script) => {
        probe!.registerFont(script, fontFile(script, 'plain') as Buffer).font(script);
        return points.every((point) => holder._font.font.hasGlyphForCodePoint(point));
      }) ?? null;
    if (homes.size < homesMax) homes.set(letter, found);
  }
  return found;
}

/**
 * Parts a text at the borders of scripts. Letters of a script that the font lacks, and what no eye can
 * see, are written as their numbers in Unicode, in brackets: ugly, but nobody's name is lost.
 */
function runs(text: string): Run[] {
  const parts: Run[] = [];
  let numbers: string[] = [];
  const add = (script: Script, part: string) => {
    const last = parts.at(-1);
    if (last?.script === script) last.text += part;
    else parts.push({ script, text: part });
  };
  const flush = () => {
    if (numbers.length > 0) add('latin', `[${numbers.join(' ')}]`);
    numbers = [];
  };
  for (const { segment } of letters.segment(text.normalize('NFC'))) {
    const script = isVisible(segment) ? scriptOf(segment) : null;
    if (script === null) {
      for (const character of segment) {
        numbers.push(character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0'));
      }
      continue;
    }
    flush();
    add(script, segment);
  }
  flush();
  return parts;
}

/** Controls, marks of direction and halves of surrogate pairs are no letters. */
function isVisible(letter: string): boolean {
  return !/[\p{C}\p{Zl}\p{Zp}]/u.test(letter) || /^\p{L}[\p{M}\u200c\u200d]*$/u.test(letter);
}

function wrapped(
  text: string,
  width: number,
  mostLines: number,
  widthOf: (part: string) => number,
): string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  const space = widthOf(' ');
  for (const word of text.split(/\s+/)) {
    const length = widthOf(word);
    if (line !== '' && used + space + length <= width) {
      line += ` ${word}`;
      used += space + length;
      continue;
    }
    if (line !== '') lines.push(line);
    [line, used] = [word, length];
    if (length <= width) continue;
    [line, used] = ['', 0];
    for (const { segment } of letters.segment(word)) {
      const step = widthOf(segment);
      if (used + step > width && line !== '') {
        lines.push(line);
        [line, used] = ['', 0];
      }
      line += segment;
      used += step;
    }
  }
  lines.push(line);
  if (lines.length <= mostLines) return lines;
  const last = [...letters.segment(lines[mostLines - 1]!)].map(({ segment }) => segment);
  return [...lines.slice(0, mostLines - 1), `${last.slice(0, -1).join('')}…`];
}
