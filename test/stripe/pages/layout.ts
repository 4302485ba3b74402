/** The frame of every page of the stand-in: plain, in both schemes, and it says what it is. */
export function layout(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="icon" href="data:,">
<style>${styles}</style>
</head>
<body>
<header><p><strong>Stripe</strong> <span>stand-in, no money moves</span></p></header>
<main>
${content}
</main>
</body>
</html>
`;
}

export function message(title: string, text: string): string {
  return layout(title, `<h1>${escaped(title)}</h1><p>${escaped(text)}</p>`);
}

export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Smallest units as people read them. */
export function money(amount: number, currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount / 10 ** digits);
}

export function date(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

const styles = `
:root{color-scheme:light dark;--ink:#1a1f36;--quiet:#545969;--line:#d5dbe1;--page:#f6f8fa;--sheet:#fff;--act:#4a3fc9;--on-act:#fff;--bad:#b3093c}
@media (prefers-color-scheme:dark){:root{--ink:#eceef3;--quiet:#a9b1c0;--line:#3a4154;--page:#12151f;--sheet:#1b2030;--act:#8f86ff;--on-act:#10121b;--bad:#ff8fab}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
header{border-bottom:1px solid var(--line);background:var(--sheet)}
header p{max-width:44rem;margin:0 auto;padding:.75rem 1.25rem}
header span{color:var(--quiet)}
main{max-width:44rem;margin:1.5rem auto;padding:1.25rem;background:var(--sheet);border:1px solid var(--line);border-radius:12px}
@media (max-width:46rem){main{margin:0;border-width:0 0 1px;border-radius:0}}
h1{font-size:1.4rem;line-height:1.25;margin:0 0 .75rem}
h2{font-size:1.05rem;margin:1.75rem 0 .5rem}
table{width:100%;border-collapse:collapse}
th,td{padding:.5rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
th{font-weight:600;color:var(--quiet);font-size:.875rem}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;padding-left:1rem}
label{display:block;font-weight:600;margin:.75rem 0 .25rem}
label span{font-weight:400;color:var(--quiet)}
input{width:100%;font:inherit;padding:.6rem .7rem;border:1px solid var(--quiet);border-radius:8px;background:var(--page);color:var(--ink)}
.row{display:grid;grid-template-columns:1fr 1fr;gap:0 .75rem}
button,a.button{font:inherit;font-weight:600;padding:.65rem 1rem;border-radius:8px;border:1px solid var(--act);background:var(--act);color:var(--on-act);cursor:pointer;text-decoration:none;display:inline-block}
button.quiet,a.button.quiet{background:transparent;color:var(--ink);border-color:var(--quiet)}
button.bad{background:transparent;color:var(--bad);border-color:var(--bad)}
:focus-visible{outline:3px solid var(--act);outline-offset:2px}
a{color:var(--act)}
.acts{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1.25rem}
.quiet-text{color:var(--quiet)}
.error{border:1px solid var(--bad);color:var(--bad);border-radius:8px;padding:.6rem .8rem;margin:0 0 1rem}
`;
