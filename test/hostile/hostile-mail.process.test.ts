import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { mailDocument, mailFrameHeaders, mailFrameSandbox } from '#app/_mail/mail-document.ts';
import { previewItem } from '#lib/exchange/preview.ts';
import { MemoryVault } from '#test/kit/memory-vault.ts';
import { launchBrowser } from '#test/stories/browser.ts';
import { hostilePayloads, type Payload } from './payloads.ts';

/**
 * Hostile mail in a real browser: it goes the way of all mail, from MIME through the worker's rendering
 * into a frame. Each wall is tried alone: what was sanitised is also opened without any policy and
 * with an origin, where every script may run and every address may be fetched.
 */

const framesAtOnce = 100;
/** A frame without an origin is a process of its own; what was sanitised is whole, so several fit. */
const mailsInFrame = 13;
const timeLimitMs = 580_000;

const browser = await launchBrowser();
if (browser === null) {
  process.stderr.write(
    'NO BROWSER: hostile mail was not tried. Name a Chromium in CHROMIUM_PATH.\n',
  );
}

describe('hostile mail', { skip: browser === null, timeout: timeLimitMs }, () => {
  let trap: Server;
  let connections = 0;
  let pages: Server;
  let origin = '';
  let trapHost = '';
  let payloads: Payload[] = [];
  const shown: string[] = [];

  before(async () => {
    trap = createServer((_, response) => response.end('x'));
    trap.on('connection', () => {
      connections++;
    });
    trapHost = `127.0.0.1:${await listen(trap)}`;
    payloads = hostilePayloads(trapHost, (index) => `console.log(/RAN-${index}-/)`);
    for (const { html } of payloads) shown.push(await rendered(html));
    pages = createServer((request, response) => {
      const [, wall, number] = request.url!.split('/');
      const index = Number(number);
      if (wall === 'page') {
        response.setHeader('content-type', 'text/html');
        // As our own pages are: they frame nothing of others.
        response.setHeader('content-security-policy', "frame-src 'self'");
        return response.end(request.url!.includes('?') ? '' : '<!doctype html><title>x</title>');
      }
      if (wall === 'raw') {
        response.setHeader('content-type', 'text/html');
        return response.end(payloads[index]?.html ?? '');
      }
      if (wall === 'walled') {
        for (const [name, value] of Object.entries(mailFrameHeaders)) {
          response.setHeader(name, value);
        }
        const several = shown.slice(index * mailsInFrame, (index + 1) * mailsInFrame);
        return response.end(mailDocument(several.join('')));
      }
      response.setHeader('content-type', 'text/html; charset=utf-8');
      return response.end(wall === 'bare' ? mailDocument(shown[index] ?? '') : '');
    });
    origin = `http://127.0.0.1:${await listen(pages)}`;
  });

  after(async () => {
    await browser?.close();
    trap?.closeAllConnections();
    pages?.closeAllConnections();
    trap?.close();
    pages?.close();
  });

  it('there are enough payloads, and without walls they run and fetch', async () => {
    assert.ok(payloads.length >= 2000, `${payloads.length} payloads`);
    const some = payloads.flatMap((_, index) => (index % 13 === 0 ? [index] : []));
    const found = await open('raw', some);
    assert.ok(found.ran.size >= 25, `${found.ran.size} scripts ran`);
    assert.ok(connections > 0, 'nobody connected');
    assert.ok(found.requests.length >= 40, `${found.requests.length} requests`);
  });

  it('sanitised alone it runs nothing and fetches nothing, whatever is done to it', async () => {
    await expectNothing('bare');
  });

  it('in its frame it runs nothing and fetches nothing', async () => {
    await expectNothing('walled');
  });

  async function expectNothing(wall: 'bare' | 'walled') {
    const before = connections;
    const frames = wall === 'bare' ? payloads.length : Math.ceil(payloads.length / mailsInFrame);
    const found = await open(
      wall,
      Array.from({ length: frames }, (_, index) => index),
    );
    const names = [...found.ran].map((index) => payloads[index]?.name);
    assert.deepEqual(names, [], 'these ran');
    assert.deepEqual(found.requests, []);
    assert.deepEqual(found.offences, []);
    assert.equal(connections - before, 0, 'somebody connected');
    process.stdout.write(
      `${payloads.length} hostile messages (${wall}): 0 scripts, 0 requests, ${(found.tookMs / 1000).toFixed(0)} s\n`,
    );
  }

  /** Opens messages, a number of frames at a time, and tells what they did. */
  async function open(wall: 'raw' | 'bare' | 'walled', indexes: number[]) {
    const started = performance.now();
    const found = {
      ran: new Set<number>(),
      requests: [] as string[],
      offences: [] as string[],
      tookMs: 0,
    };
    const context = await browser!.newContext();
    context.on('console', (message) => {
      const index = /RAN-(\d+)-/.exec(message.text())?.[1];
      if (index !== undefined) found.ran.add(Number(index));
    });
    context.on('dialog', (dialog) => dialog.dismiss());
    context.on('request', (request) => {
      const url = request.url();
      const ours = url.startsWith(`${origin}/${wall}/`) || url.startsWith(`${origin}/page`);
      if (!ours && !/^(data|about|blob):/.test(url)) found.requests.push(url.slice(0, 200));
    });
    let page = await context.newPage();
    for (let from = 0; from < indexes.length; from += framesAtOnce) {
      const batch = indexes.slice(from, from + framesAtOnce);
      // What was let loose may have led the page away or filled it.
      if (wall === 'raw') {
        await page.close();
        page = await context.newPage();
      }
      await page.goto(`${origin}/page`);
      const told = await frames(page, wall, batch);
      found.offences.push(...told.map(([index, what]) => `${payloads[index]?.name}: ${what}`));
    }
    await context.close();
    found.tookMs = performance.now() - started;
    return found;
  }
});

/** Loads a batch, and where it can reach inside, pokes at every element and looks at what is there. */
async function frames(
  page: Page,
  wall: 'raw' | 'bare' | 'walled',
  batch: number[],
): Promise<[number, string][]> {
  return await page.evaluate(
    async ({ wall, batch, sandbox }) => {
      const told: [number, string][] = [];
      const loaded = batch.map((index) => {
        const frame = document.createElement('iframe');
        frame.width = '300';
        frame.height = '100';
        if (wall === 'walled') frame.setAttribute('sandbox', sandbox);
        const done = new Promise<void>((resolve) => {
          frame.onload = () => resolve();
          // What is let loose may never be done.
          if (wall === 'raw') setTimeout(resolve, 10_000);
        });
        frame.src = `/${wall}/${index}`;
        document.body.append(frame);
        return { frame, index, done };
      });
      await Promise.all(loaded.map(({ done }) => done));
      if (wall !== 'bare') return told;
      const events = 'click mouseover focus load error toggle animationstart pointerenter scroll';
      for (const { frame, index } of loaded) {
        const inside = frame.contentDocument;
        if (inside === null || !inside.URL.endsWith(`/bare/${index}`)) {
          told.push([index, 'the frame went elsewhere']);
          continue;
        }
        for (const element of inside.body.querySelectorAll('*')) {
          for (const { name, value } of element.attributes) {
            if (name.startsWith('on')) told.push([index, `attribute ${name}`]);
            if (/^\s*(javascript|vbscript):/i.test(value)) told.push([index, `${name} runs`]);
            if (name === 'style' && /url|position|\\|@/i.test(value)) told.push([index, value]);
          }
          if (!(element instanceof frame.contentWindow!.window.HTMLElement)) {
            told.push([index, `element ${element.tagName}`]);
          }
          if (/^(script|style|link|meta|base|iframe|object|embed|form)$/i.test(element.tagName)) {
            told.push([index, `element ${element.tagName}`]);
          }
          const href = (element as HTMLAnchorElement).href;
          if (element.tagName === 'A' && href !== '' && !/^(https?|mailto):/.test(href)) {
            told.push([index, `a link to ${href.slice(0, 50)}`]);
          }
          // Links would open what they name; that is what links are for.
          if (element.tagName === 'A') continue;
          for (const name of events.split(' ')) element.dispatchEvent(new Event(name));
        }
      }
      return told;
    },
    { wall, batch, sandbox: mailFrameSandbox },
  );
}

/** The way of all mail: bytes of MIME, and what the worker makes of them. */
async function rendered(html: string): Promise<string> {
  const vault = new MemoryVault();
  const mime = [
    'From: Mallory <mallory@example.test>',
    'Subject: <script>console.log(1)</script>',
    'MIME-Version: 1.0',
    'Content-Type: text/html; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from(html)
      .toString('base64')
      .replace(/(.{76})/g, '$1\r\n'),
  ].join('\r\n');
  const { ref } = await vault.putItem({ readable: { format: 'mime', body: Buffer.from(mime) } });
  const shown = await previewItem(vault, ref, 'message');
  return shown?.html ?? '';
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
