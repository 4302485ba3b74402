/**
 * Formatted mail as a page of its own. Three walls stand behind each other: the HTML was made harmless
 * in the worker, this policy lets nothing run and nothing be fetched, and the frame has no origin.
 */
export const mailFrameHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    'sandbox allow-popups allow-popups-to-escape-sandbox',
    "default-src 'none'",
    'img-src data:',
    "style-src 'unsafe-inline'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join('; '),
  'cache-control': 'no-store, private',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

/** What the frame is allowed: links open in a tab of their own, and that is all. */
export const mailFrameSandbox = 'allow-popups allow-popups-to-escape-sandbox';

/**
 * A white sheet in both themes, as in Outlook: mail is written for one. The host of a link stands
 * before its words, in a style that the mail cannot change.
 */
export function mailDocument(html: string): string {
  return `<!doctype html><html lang="und"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Formatted message</title><style>${sheet}</style></head><body>${html}</body></html>`;
}

const sheet = [
  ':root{color-scheme:light}',
  'body{margin:0;padding:16px 20px;background:#fff;color:#1b2226;font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}',
  'img{max-width:100%;height:auto}',
  'img:not([src]){display:inline-block;min-width:1em;min-height:1em;border:1px dashed #b9c2c6}',
  'table{max-width:100%}',
  'pre{white-space:pre-wrap}',
  'blockquote{margin-left:0;padding-left:12px;border-left:2px solid #d5dcdf}',
  'a{color:#1668a7!important}',
  // Nothing of a mail is positioned, so nothing is drawn over the host; and it stands on the line of its words.
  'a[data-host],a[data-host] *{vertical-align:baseline!important}',
  'a[data-host]::before{content:attr(data-host) "\\2002";font:600 12px/1.5 system-ui,sans-serif!important;color:#4b565b!important;background:#eef1f2!important;border-radius:3px;padding:1px 4px;letter-spacing:0!important;text-transform:none!important;direction:ltr;unicode-bidi:isolate;position:relative;z-index:2147483647}',
].join('');
