/**
 * Just enough of PDF for a statement: pages of A4, text in the two faces of Helvetica that every
 * reader has, and lines. The same calls make the same bytes: no clock, no chance, no compression.
 */

type Face = 'plain' | 'bold';

interface TextStyle {
  face?: Face;
  size?: number;
  /** Where `x` is: the text's beginning (default) or its end. */
  align?: 'left' | 'right';
  /** 0 black to 1 white. */
  grey?: number;
}

export interface PdfDocument {
  readonly width: number;
  readonly height: number;
  /** Begins a page; the origin is at the top left, in points. */
  addPage(): void;
  readonly pages: number;
  /** Writes on a page, the last one if none is said (from 0). */
  text(x: number, y: number, text: string, style?: TextStyle, page?: number): void;
  rule(x: number, y: number, width: number, grey?: number): void;
  finish(): Uint8Array;
}

export function pdfDocument(info: { title: string; author: string }): PdfDocument {
  const [width, height] = [595, 842];
  const contents: string[][] = [];
  const put = (line: string, page = contents.length - 1) => contents[page]!.push(line);
  return {
    width,
    height,
    addPage: () => void contents.push([]),
    get pages() {
      return contents.length;
    },
    text(x, y, text, { face = 'plain', size = 9, align = 'left', grey = 0 } = {}, page) {
      const bytes = encode(text);
      const left = align === 'left' ? x : x - widthOf(bytes, face, size);
      const font = face === 'bold' ? 'F2' : 'F1';
      put(
        `BT /${font} ${size} Tf ${grey} g ${left.toFixed(2)} ${(height - y).toFixed(2)} Td <${hex(bytes)}> Tj ET`,
        page,
      );
    },
    rule(x, y, length, grey = 0.8) {
      const at = (height - y).toFixed(2);
      put(`${grey} G 0.5 w ${x.toFixed(2)} ${at} m ${(x + length).toFixed(2)} ${at} l S`);
    },
    finish: () => assemble(contents, width, height, info),
  };
}

function assemble(
  contents: readonly string[][],
  width: number,
  height: number,
  info: { title: string; author: string },
): Uint8Array {
  const font = (name: string) =>
    `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R /Lang (en) >>',
    `<< /Type /Pages /Kids [${contents.map((_, index) => `${6 + 2 * index} 0 R`).join(' ')}] /Count ${contents.length} >>`,
    font('Helvetica'),
    font('Helvetica-Bold'),
    `<< /Title <${utf16(info.title)}> /Author <${utf16(info.author)}> /Producer (Holdfast) >>`,
  ];
  for (const [index, lines] of contents.entries()) {
    const stream = lines.join('\n');
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] /Contents ${7 + 2 * index} 0 R /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>`,
      `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    );
  }
  // Everything is ASCII, so lengths of text are lengths of bytes.
  let file = '%PDF-1.4\n';
  const offsets: number[] = [];
  for (const [index, object] of objects.entries()) {
    offsets.push(file.length);
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
  }
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const trailer = `<< /Size ${objects.length + 1} /Root 1 0 R /Info 5 0 R >>`;
  const start = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n${trailer}\nstartxref\n${start}\n%%EOF\n`;
  return new TextEncoder().encode(file);
}

/** What Windows-1252 has, the encoding of the fonts that readers bring. */
const winAnsi = (() => {
  const decoder = new TextDecoder('windows-1252');
  const codes = new Map<string, number>();
  for (let code = 32; code < 256; code++) {
    if (code === 127) continue;
    const character = decoder.decode(Uint8Array.of(code));
    // 0x81 and four others stand for control characters.
    if (character.codePointAt(0)! >= 0xa0 || code < 127 || character.codePointAt(0)! > 0xff) {
      codes.set(character, code);
    }
  }
  return codes;
})();

/** Whether all of a text is in the fonts; else `encode` writes numbers for what is not. */
export function isPlain(text: string): boolean {
  for (const character of text.normalize('NFC')) if (!winAnsi.has(character)) return false;
  return true;
}

/**
 * Text in the encoding of the fonts. A letter with a mark that they lack is written without it, and
 * of other scripts the numbers of Unicode, in brackets: ugly, but nobody's name is lost.
 */
export function encode(text: string): number[] {
  const bytes: number[] = [];
  let foreign: string[] = [];
  const flush = () => {
    if (foreign.length > 0) bytes.push(...encode(`[${foreign.join(' ')}]`));
    foreign = [];
  };
  for (const character of text.normalize('NFC')) {
    const code = winAnsi.get(character) ?? winAnsi.get(baseOf(character));
    if (code === undefined) {
      foreign.push(character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0'));
    } else {
      flush();
      bytes.push(code);
    }
  }
  flush();
  return bytes;
}

function baseOf(character: string): string {
  const [first, ...marks] = character.normalize('NFD');
  return marks.length > 0 && marks.every((mark) => /\p{M}/u.test(mark)) ? first! : '';
}

/** How wide a text is in points. */
export function textWidth(text: string, face: Face, size: number): number {
  return widthOf(encode(text), face, size);
}

function widthOf(bytes: readonly number[], face: Face, size: number): number {
  return (bytes.reduce((all, code) => all + (widths[face][code - 32] ?? 0), 0) * size) / 1000;
}

function hex(bytes: readonly number[]): string {
  return bytes.map((code) => code.toString(16).padStart(2, '0')).join('');
}

function utf16(text: string): string {
  let units = 'feff';
  for (let index = 0; index < text.length; index++) {
    units += text.charCodeAt(index).toString(16).padStart(4, '0');
  }
  return units;
}

/** Thousandths of the size for each code from 32 on, from Adobe's metrics of the standard fonts. */
const widths: Record<Face, readonly number[]> = {
  plain: (
    '278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 ' +
    '556 556 556 556 278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 ' +
    '556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 333 556 ' +
    '556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 ' +
    '500 500 500 334 260 334 584 0 556 0 222 556 333 1000 556 556 333 1000 667 333 1000 0 611 ' +
    '0 0 222 222 333 333 350 556 1000 333 1000 500 333 944 0 500 667 278 333 556 556 556 556 ' +
    '260 556 333 737 370 556 584 333 737 333 400 584 333 333 333 556 537 278 333 333 365 556 ' +
    '834 834 834 611 667 667 667 667 667 667 1000 722 667 667 667 667 278 278 278 278 722 722 ' +
    '778 778 778 778 778 584 778 722 722 722 722 667 667 611 556 556 556 556 556 556 889 500 ' +
    '556 556 556 556 278 278 278 278 556 556 556 556 556 556 556 584 611 556 556 556 556 500 ' +
    '556 500'
  )
    .split(' ')
    .map(Number),
  bold: (
    '278 333 474 556 556 889 722 238 333 333 389 584 278 333 278 278 556 556 556 556 556 556 ' +
    '556 556 556 556 333 333 584 584 584 611 975 722 722 722 722 667 611 778 722 278 556 722 ' +
    '611 833 722 778 667 778 722 667 611 722 667 944 667 667 611 333 278 333 584 556 333 556 ' +
    '611 556 611 556 333 611 611 278 278 556 278 889 611 611 611 611 389 556 333 611 556 778 ' +
    '556 556 500 389 280 389 584 0 556 0 278 556 500 1000 556 556 333 1000 667 333 1000 0 611 ' +
    '0 0 278 278 500 500 350 556 1000 333 1000 556 333 944 0 500 667 278 333 556 556 556 556 ' +
    '280 556 333 737 370 556 584 333 737 333 400 584 333 333 333 611 556 278 333 333 365 556 ' +
    '834 834 834 611 722 722 722 722 722 722 1000 722 667 667 667 667 278 278 278 278 722 722 ' +
    '778 778 778 778 778 584 778 722 722 722 722 667 667 611 556 556 556 556 556 556 889 556 ' +
    '556 556 556 556 278 278 278 278 611 611 611 611 611 611 611 584 611 611 611 611 611 556 ' +
    '611 556'
  )
    .split(' ')
    .map(Number),
};
