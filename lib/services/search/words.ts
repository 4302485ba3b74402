/** What `ß` and the like are to people who do not have the key. */
const spelled: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  þ: 'th',
};
const letters = new RegExp(`[${Object.keys(spelled).join('')}]`, 'g');
// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is what is looked for
const beyondAscii = /[^\u0000-\u007f]/;
const accented = /([\p{sc=Latin}\p{sc=Greek}])\p{Mn}+/gu;
/** Scripts that put no blank between words: every two characters count as one. */
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}ー]+/gu;

/** Marks on nothing. */
const loneMarks = /(^| )\p{M}+/gu;

/** No word of any language is longer; what is, is a key or a checksum. */
const wordCharactersMax = 60;
const tooLong = new RegExp(`([^ ]{${wordCharactersMax}})[^ ]+`, 'g');

/**
 * Text as words between blanks, the same for what is indexed and what is looked for: lower case,
 * without accents and punctuation. An address or a file name becomes the words it is made of.
 */
export function wordsOf(text: string): string {
  let plain = text.toLowerCase();
  if (beyondAscii.test(plain)) {
    plain = plain
      .toWellFormed()
      .normalize('NFKD')
      .replace(accented, '$1')
      .normalize('NFC')
      .replace(letters, (letter) => spelled[letter]!)
      .replace(unspaced, (run) => ` ${pairs(run)} `);
    return plain
      .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
      .replace(loneMarks, '$1')
      .replace(tooLong, '$1')
      .toWellFormed()
      .trim();
  }
  return plain
    .replace(/[^a-z0-9]+/g, ' ')
    .replace(tooLong, '$1')
    .trim();
}

function pairs(run: string): string {
  const characters = [...run];
  if (characters.length < 3) return run;
  return characters
    .slice(1)
    .map((character, index) => characters[index]! + character)
    .join(' ');
}
