import sanitize, { type Attributes, type IOptions } from 'sanitize-html';
import { nestsTooDeep } from './text-of-html.ts';

export interface CleanMail {
  html: string;
  /** Pictures and styles of elsewhere that were left out. */
  remote: number;
}

/** Gives the picture that mail carries under this content id as a `data:` URI. */
export type InlinePicture = (contentId: string) => string | null;

const htmlCharactersMax = 512 * 1024;

/**
 * Formatted mail of hostile origin as HTML that shows and does nothing: no script, no form, no frame,
 * and no address that is fetched by itself. Pictures inside of the mail become `data:` URIs, all
 * others are left out and counted. Links stay, each with the host that it leads to in `data-host`.
 * Null where the mail is too large or too deep to be made harmless in time.
 */
export function sanitizeMail(html: string, inline: InlinePicture): CleanMail | null {
  if (html.length > htmlCharactersMax || opensTooOften(html) || nestsTooDeep(html)) return null;
  let remote = 0;
  const picture = (_tag: string, attributes: Attributes) => {
    const source = pictureSource(attributes.src ?? '', inline);
    if (source === null && attributes.src) remote++;
    const { src: _, ...rest } = attributes;
    return { tagName: 'img', attribs: source === null ? rest : { ...rest, src: source } };
  };
  const options: IOptions = {
    ...base,
    transformTags: {
      a: (_tag, attributes) => ({ tagName: 'a', attribs: linkOf(attributes) }),
      // What one looks at is a message: its frame has the only `body`.
      body: (_tag, attributes) => ({ tagName: 'div', attribs: attributes }),
      center: 'div',
      img: picture,
      image: picture,
    },
  };
  try {
    return { html: sanitize(html, options), remote: remote + countedOutside(html) };
  } catch {
    return null;
  }
}

/** Taking apart costs by the tag; the longest newsletters have some ten thousand. */
const tagsMax = 60_000;

function opensTooOften(html: string): boolean {
  let count = 0;
  for (let at = html.indexOf('<'); at !== -1; at = html.indexOf('<', at + 1)) {
    if (++count > tagsMax) return true;
  }
  return false;
}

const textual = ['style', 'dir', 'lang', 'title', 'align'];
const cells = ['width', 'height', 'bgcolor', 'valign', 'colspan', 'rowspan', 'nowrap'];

const color = /^(?:#[0-9a-f]{3,8}|[a-z]{3,30}|rgba?\([\d.,%\s/]{3,40}\))$/i;
/** Bounded, so that nothing of a message can lie over what is not of it or be a million pixels. */
const length = /^(?:auto|0|-?\d{1,4}(?:\.\d{1,4})?(?:px|pt|em|rem|ex|ch|%|cm|mm|in)?)$/i;
const lengths =
  /^(?:(?:auto|0|\d{1,4}(?:\.\d{1,4})?(?:px|pt|em|rem|%|cm|mm|in)?)(?:\s+(?=\S)|$)){1,4}$/i;
const words = /^[a-z-]{2,30}$/i;
const fonts = /^[a-z0-9 ,'"_-]{1,200}$/i;
const border = /^[a-z0-9#.%\s-]{1,60}$/i;

const styles: Record<string, RegExp[]> = {
  color: [color],
  background: [color],
  'background-color': [color],
  font: [fonts],
  'font-family': [fonts],
  'font-size': [/^(?:[a-z-]{5,10}|\d{1,3}(?:\.\d{1,4})?(?:px|pt|em|rem|%))$/i],
  'font-style': [words],
  'font-weight': [/^(?:[a-z]{4,7}|[1-9]00)$/i],
  'line-height': [/^(?:normal|\d{1,3}(?:\.\d{1,4})?(?:px|pt|em|rem|%)?)$/i],
  // Words that go back over others could cover them.
  'letter-spacing': [/^(?:normal|0|\d{1,2}(?:\.\d{1,4})?(?:px|pt|em|rem)?)$/i],
  'text-align': [words],
  'text-decoration': [/^[a-z\s-]{2,40}$/i],
  'text-transform': [words],
  'vertical-align': [words, length],
  'white-space': [words],
  'word-break': [words],
  direction: [/^(?:ltr|rtl)$/i],
  display: [/^(?:block|inline|inline-block|none|table|table-row|table-cell|list-item)$/i],
  float: [/^(?:left|right|none)$/i],
  clear: [/^(?:left|right|both|none)$/i],
  width: [length],
  'max-width': [length],
  'min-width': [length],
  height: [length],
  'max-height': [length],
  'list-style-type': [words],
  'border-collapse': [words],
  'border-spacing': [lengths],
  'border-radius': [lengths],
  ...Object.fromEntries(
    ['', '-top', '-right', '-bottom', '-left', '-color', '-style', '-width'].map((side) => [
      `border${side}`,
      [border],
    ]),
  ),
  ...Object.fromEntries(
    ['', '-top', '-right', '-bottom', '-left'].flatMap((side) => [
      [`margin${side}`, [lengths]],
      [`padding${side}`, [lengths]],
    ]),
  ),
};

const base: IOptions = {
  allowedTags: [
    ...['a', 'abbr', 'address', 'article', 'aside', 'b', 'bdi', 'bdo', 'big', 'blockquote', 'br'],
    ...['caption', 'cite', 'code', 'col', 'colgroup', 'dd', 'del', 'dfn', 'div', 'dl', 'dt', 'em'],
    ...['figcaption', 'figure', 'font', 'footer', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'header'],
    ...['hr', 'i', 'img', 'ins', 'kbd', 'li', 'main', 'mark', 'nav', 'ol', 'p', 'pre', 'q', 's'],
    ...['samp', 'section', 'small', 'span', 'strike', 'strong', 'sub', 'sup', 'table', 'tbody'],
    ...['td', 'tfoot', 'th', 'thead', 'tr', 'tt', 'u', 'ul', 'var', 'wbr'],
  ],
  allowedAttributes: {
    '*': textual,
    a: ['href', 'target', 'rel', 'data-host'],
    img: ['src', 'alt', 'width', 'height'],
    font: ['color', 'face', 'size'],
    table: [...cells, 'border', 'cellpadding', 'cellspacing'],
    td: cells,
    th: cells,
    tr: cells,
    col: ['width', 'span'],
    ol: ['start', 'type'],
    li: ['value'],
  },
  allowedStyles: { '*': styles },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowedSchemesByTag: { img: ['data'] },
  allowedSchemesAppliedToAttributes: ['href', 'src', 'cite', 'background', 'bgcolor'],
  allowProtocolRelative: false,
  disallowedTagsMode: 'discard',
  nonTextTags: [
    ...['script', 'style', 'textarea', 'option', 'noscript', 'title', 'template', 'xmp', 'iframe'],
    ...['noembed', 'noframes', 'plaintext', 'svg', 'math', 'object', 'select', 'audio', 'video'],
  ],
  enforceHtmlBoundary: false,
  parseStyleAttributes: true,
  nestingLimit: 200,
};

function linkOf(attributes: Attributes): Attributes {
  const { style, title, dir, lang } = attributes;
  const kept = Object.fromEntries(
    Object.entries({ style, title, dir, lang }).filter(([, value]) => value !== undefined),
  ) as Attributes;
  const target = targetOf(attributes.href ?? '');
  if (target === null) return kept;
  return {
    ...kept,
    href: target.href,
    target: '_blank',
    rel: 'noopener noreferrer nofollow',
    'data-host': target.host,
  };
}

/** The host as a machine writes it: letters that look like others are seen as `xn--`. */
function targetOf(text: string): { href: string; host: string } | null {
  if (!URL.canParse(text.trim())) return null;
  const url = new URL(text.trim());
  if (url.protocol === 'mailto:') {
    // Some programs attach files and copies that such a link names; the address is enough.
    return { href: `mailto:${url.pathname.slice(0, 320)}`, host: 'e-mail' };
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  // `https://bank.example@evil.example/` is made to be misread.
  url.username = '';
  url.password = '';
  return { href: url.href, host: url.host };
}

const dataPicture = /^data:image\/(?:png|jpe?g|gif|webp|bmp);base64,[A-Za-z0-9+/=\s]{1,2000000}$/i;

function pictureSource(source: string, inline: InlinePicture): string | null {
  const text = source.trim();
  const cid = /^cid:(.{1,500})$/is.exec(text)?.[1];
  if (cid !== undefined) return inline(decoded(cid));
  return dataPicture.test(text) ? text.replace(/\s/g, '') : null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Addresses in styles and old attributes, which would have been fetched and are gone. */
function countedOutside(html: string): number {
  let count = 0;
  for (const _ of html.matchAll(/(?:url\(\s*['"]?|background\s*=\s*['"]?)(?:https?:)?\/\//gi)) {
    if (++count >= 10_000) break;
  }
  return count;
}
