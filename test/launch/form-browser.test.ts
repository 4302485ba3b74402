import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { after, before, test } from 'node:test';
import { FormBrowser } from '#lib/launch/form-browser.ts';

/** The scripted browser does what a person's browser does with the pages it is for. */

let server: Server;
let base = '';
const seen: string[] = [];

before(async () => {
  server = createServer(async (req, res) => {
    let body = '';
    for await (const chunk of req) body += chunk;
    seen.push(`${req.method} ${req.url} ${body} ${req.headers.cookie ?? ''}`.trim());
    const redirect = (to: string) => res.writeHead(302, { location: to }).end();
    if (req.url === '/start') {
      res.setHeader('set-cookie', 'walk=1; Path=/; HttpOnly');
      return redirect('/page?a=1&b=2');
    }
    if (req.url?.startsWith('/page')) {
      return res.end(`<form method="post" action="/choose?x=1&amp;y=2">
        <input type="hidden" name="state" value="s&quot;1"><input type=checkbox name=keep value=1>
        <button name="account" value="one">Ada <b>Lovelace</b></button>
        <button name="account" value="two">Grace Hopper</button></form><a href="/out">Cancel &amp; go</a>`);
    }
    if (req.url?.startsWith('/choose')) return redirect('http://portal.test/return?code=7');
    res.end('nothing here');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
after(() => server.close());

test('redirects, cookies and the pressed button are sent as a browser sends them', async () => {
  const browser = new FormBrowser('http://portal.test/');
  const page = await browser.open(`${base}/start`);
  assert.equal(page.status, 200);
  const end = await browser.press(page, /grace/i);
  assert.deepEqual(end, {
    url: 'http://portal.test/return?code=7',
    status: 0,
    html: '',
    arrived: true,
  });
  assert.ok(seen.includes('GET /page?a=1&b=2  walk=1'));
  assert.ok(seen.includes('POST /choose?x=1&y=2 state=s%221&account=two walk=1'));
});

test('a link is followed, and a page without the wished button says what it shows', async () => {
  const browser = new FormBrowser('http://portal.test/');
  const out = await browser.press(await browser.open(`${base}/page`), /^cancel & go$/i);
  assert.equal(out.html, 'nothing here');
  await assert.rejects(browser.press(out, /accept/i), /offers nothing that matches .*nothing here/);
});
