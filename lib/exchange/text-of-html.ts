import { compile } from 'html-to-text';

const htmlCharactersMax = 1024 * 1024;

const convert = compile({
  wordwrap: false,
  limits: {
    maxInputLength: htmlCharactersMax,
    maxDepth: 200,
    maxChildNodes: 20_000,
    maxBaseElements: 1,
    ellipsis: ' …',
  },
  selectors: [
    { selector: 'img', format: 'skip' },
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, noAnchorUrl: true } },
    // Layout tables are how mail is built; as text they are paragraphs.
    { selector: 'table', format: 'block' },
  ],
});

/** The converter takes minutes for a few hundred thousand elements in each other; no mail means that. */
const openMax = 5000;
const childless = /^(area|base|br|col|hr|img|input|link|meta|source|wbr)$/i;

/** HTML of hostile origin as text: nothing is fetched, nothing runs, and it never fails or takes long. */
export function textOfHtml(html: string): string {
  const bounded = html.slice(0, htmlCharactersMax);
  try {
    if (!nestsTooDeep(bounded)) return convert(bounded);
  } catch {
    // What the converter cannot take apart goes without its tags.
  }
  return bounded.replace(/<[^<>]{0,10000}>/g, ' ');
}

/** Whether so much stands in so much that taking it apart would take minutes. */
export function nestsTooDeep(html: string): boolean {
  let open = 0;
  for (const [, close, name] of html.matchAll(/<(\/?)([a-z][a-z0-9:-]*)/gi)) {
    if (childless.test(name!)) continue;
    open = close ? Math.max(0, open - 1) : open + 1;
    if (open > openMax) return true;
  }
  return false;
}
