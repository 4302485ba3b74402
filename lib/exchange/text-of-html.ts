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

/** HTML of hostile origin as text: nothing is fetched, nothing runs, and it never fails. */
export function textOfHtml(html: string): string {
  try {
    return convert(html.slice(0, htmlCharactersMax));
  } catch {
    return html.slice(0, htmlCharactersMax).replace(/<[^>]{0,10000}>/g, ' ');
  }
}
