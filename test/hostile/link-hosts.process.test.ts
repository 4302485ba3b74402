import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { mailDocument } from '#app/_mail/mail-document.ts';
import { sanitizeMail } from '#lib/exchange/sanitize-mail.ts';
import { launchBrowser } from '#test/stories/browser.ts';

/** Mail that would hide where a link leads, in a real browser: what stands before its words is seen there. */

const browser = await launchBrowser();
if (browser === null) process.stderr.write('NO BROWSER: the hosts of links were not looked for.\n');

/** Pixels above and below its words. */
const near = 70;

const link = (inside: string, style = '') =>
  `<a href="https://evil.example/" style="${style}">${inside}<b>https://bank.example/login</b></a>`;
/** A sign that takes its width back, and so many more. */
const back = (by: number) => `<span style="letter-spacing:-${by}px">i</span>`;

const blank = '&nbsp;'.repeat(18);

const tricks: Record<string, string> = {
  'as it is': link(''),
  'without a size': link('', 'font-size:0;line-height:0'),
  'in the colour of the paper': link('', 'color:#fff;background:#fff'),
  'drawn over by words that go back': link(
    `${back(400)}<span style="background:#fff;font-size:40px">${blank}</span><br>`,
  ),
  'drawn over by a line without height': link(
    `<br><span style="line-height:0;font-size:60px;background:#fff">${blank}</span><br>`,
  ),
  'left of the page': `${back(3000)}${link('<span style="letter-spacing:3000px">i</span>')}`,
  'pushed out of the first line': `<div style="text-indent:-3000px">${link('<br>')}</div>`,
  'far below its words': `<p>${link('', 'vertical-align:-3000px').replace('<b ', '<b style="vertical-align:3000px" ')}</p>`,
  'at the foot of a tall line': `<p><img height="3000" alt="">${link('', 'vertical-align:bottom').replace('<b ', '<b style="vertical-align:top" ')}</p>`,
};

describe('the host of a link', { skip: browser === null }, () => {
  let page: Page;
  before(async () => {
    page = await browser!.newPage({ viewport: { width: 800, height: 600 } });
  });
  after(() => browser?.close());

  for (const [name, html] of Object.entries(tricks)) {
    it(`is seen before its words: ${name}`, async () => {
      await page.setContent(mailDocument(sanitizeMail(html, () => null)!.html));
      const words = page.locator('b');
      await words.scrollIntoViewIfNeeded();
      const box = (await words.boundingBox())!;
      const y = Math.max(0, box.y - near);
      const clip = { x: 0, y, width: 800, height: Math.min(box.y + near, 600) - y };
      const png = await page.screenshot({ clip });
      const seen = await page.evaluate(
        async (data) => {
          const image = new Image();
          image.src = data;
          await image.decode();
          const canvas = new OffscreenCanvas(image.width, image.height);
          const paper = canvas.getContext('2d')!;
          paper.drawImage(image, 0, 0);
          const { data: bytes } = paper.getImageData(0, 0, image.width, image.height);
          let count = 0;
          for (let at = 0; at < bytes.length; at += 4) {
            // The ground that only the host stands on.
            if (bytes[at] === 0xee && bytes[at + 1] === 0xf1 && bytes[at + 2] === 0xf2) count++;
          }
          return count;
        },
        `data:image/png;base64,${png.toString('base64')}`,
      );
      assert.ok(seen > 500, `${seen} pixels of it`);
    });
  }
});
