/** What stands inside of a word: no blank takes its place. */
const inline = new Set(
  'a abbr b bdi bdo big cite code del dfn em font i ins kbd mark q s samp small span strike strong sub sup tt u var wbr'.split(
    ' ',
  ),
);
/** What people never read. */
const silent = new Set(['head', 'noscript', 'script', 'style', 'template', 'title']);

/**
 * The words of HTML, for an index: in time that grows with its length alone, whatever it holds. What
 * people are shown is made by `textOfHtml`, which knows paragraphs and lists and takes longer.
 */
export function wordsOfMarkup(html: string): string {
  const pieces: string[] = [];
  let from = 0;
  while (from < html.length) {
    const open = html.indexOf('<', from);
    if (open === -1) {
      pieces.push(html.slice(from));
      break;
    }
    if (open > from) pieces.push(html.slice(from, open));
    if (html.startsWith('<!--', open)) {
      from = after(html, '-->', open + 4);
      continue;
    }
    const match = tagName.exec(html.slice(open, open + 32));
    if (!match) {
      // A lone "<" is text.
      pieces.push('<');
      from = open + 1;
      continue;
    }
    const name = match[2]!.toLowerCase();
    from = after(html, '>', open + match[0].length);
    if (!inline.has(name)) pieces.push(' ');
    if (match[1] === '' && silent.has(name) && html[from - 2] !== '/') {
      from = afterElement(html, name, from);
    }
  }
  return pieces.join('').replace(entity, decoded);
}

const tagName = /^<(\/?)([a-z!?][a-z0-9:-]{0,20})/i;

function after(text: string, end: string, from: number): number {
  const at = text.indexOf(end, from);
  return at === -1 ? text.length : at + end.length;
}

function afterElement(html: string, name: string, from: number): number {
  const close = new RegExp(`</${name}[^>]{0,100}>|</${name}`, 'gi');
  close.lastIndex = from;
  return close.exec(html) === null ? html.length : close.lastIndex;
}

const entity = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}\d?));?/gi;

function decoded(
  whole: string,
  decimal: string | undefined,
  hex: string | undefined,
  name: string | undefined,
): string {
  if (name !== undefined) return named.get(name) ?? named.get(name.toLowerCase()) ?? whole;
  const code = decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal);
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return ' ';
  return String.fromCodePoint(code);
}

/** U+00A0 to U+00FF, in order. */
const latin1 =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml';
const named = new Map([
  ...latin1
    .split(' ')
    .map((name, index): [string, string] => [name, String.fromCharCode(0xa0 + index)]),
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['shy', ''],
  ['zwnj', ''],
  ['zwj', ''],
  ['ndash', '–'],
  ['mdash', '—'],
  ['hellip', '…'],
  ['euro', '€'],
  ['lsquo', '‘'],
  ['rsquo', '’'],
  ['ldquo', '“'],
  ['rdquo', '”'],
  ['bdquo', '„'],
  ['OElig', 'Œ'],
  ['oelig', 'œ'],
  ['Scaron', 'Š'],
  ['scaron', 'š'],
]);
