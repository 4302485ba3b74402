import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { paths } from '#app/paths.ts';
import { newId } from '#lib/core/ids.ts';
import { listItems } from '#lib/services/items/list.ts';
import { readItem } from '#lib/services/items/read.ts';
import { type FurnishedHouse, startFurnishedHouse } from '#test/kit/furnished-house.ts';
import { wear } from '#test/kit/session.ts';
import { launchBrowser, Watch } from '#test/stories/browser.ts';

/** Reading mail against the whole product: what the two routes answer, and what a browser does with it. */

const browser = await launchBrowser();
if (browser === null) {
  process.stderr.write('NO BROWSER: the reader was not seen. Name a Chromium in CHROMIUM_PATH.\n');
}

describe('mail in the portal', () => {
  let it_: FurnishedHouse;
  let place: { tenantId: string; mailboxId: string; itemId: string };
  let previewId: string;

  before(async () => {
    it_ = await startFurnishedHouse();
    const { tenantId, mailboxId, folderId } = it_.facts;
    const list = { tenantId, mailboxId, folderId, sequence: 1, limit: 200 };
    const { items } = await listItems(it_.ctx, list);
    // One with a formatted text, and a file where there is such a one.
    for (const { id } of items.toSorted((a, b) => +b.hasAttachments - +a.hasAttachments)) {
      const opened = await readItem(it_.ctx, { tenantId, mailboxId, itemId: id });
      if (!opened.hasHtml) continue;
      place = { tenantId, mailboxId, itemId: id };
      previewId = opened.previewId;
      break;
    }
    assert.ok(previewId, 'no mail of the folder is formatted');
  });
  after(async () => {
    await browser?.close();
    await it_?.stop();
  });

  const ask = (path: string, headers: Record<string, string> = {}) =>
    fetch(it_.house.portalUrl + path, {
      redirect: 'manual',
      headers: { cookie: it_.sessions.owner.cookie, ...headers },
    });

  it('formatted mail comes under a policy of its own, and only into a frame of ours', async () => {
    const path = paths.mailFrame(place.tenantId, previewId);
    const answer = await ask(path);
    assert.equal(answer.status, 200);
    const policy = answer.headers.get('content-security-policy') ?? '';
    assert.match(
      policy,
      /^sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'/,
    );
    assert.ok(!policy.includes('script-src') && !policy.includes('allow-same-origin'), policy);
    assert.equal(answer.headers.get('x-frame-options'), null);
    assert.match(answer.headers.get('cache-control') ?? '', /no-store/);
    assert.equal(answer.headers.get('referrer-policy'), 'no-referrer');
    const refused: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'document' },
    ];
    for (const headers of refused) assert.equal((await ask(path, headers)).status, 404);
    for (const foreign of [
      paths.mailFrame(place.tenantId, newId()),
      paths.mailFrame(newId(), previewId),
    ]) {
      const missing = await ask(foreign);
      assert.equal(missing.status, 404);
      assert.match(missing.headers.get('content-security-policy') ?? '', /^sandbox /);
    }
    assert.equal((await ask(path, { cookie: '' })).status, 401);
  });

  it('files are octet-streams under names of ours', async () => {
    const { tenantId, mailboxId, itemId } = place;
    const answer = await ask(paths.mailFile(tenantId, mailboxId, itemId));
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'application/octet-stream');
    assert.match(
      answer.headers.get('content-disposition') ?? '',
      /^attachment; filename="holdfast-message-[0-9a-f]{8}\.eml"$/,
    );
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    const mime = await answer.text();
    assert.ok(mime.length > 0);
    assert.match(mime, /^[\w-]+:/);
    const cross = { 'sec-fetch-site': 'cross-site' };
    const path = paths.mailFile(tenantId, mailboxId, itemId);
    assert.equal((await ask(path, cross)).status, 404);
    assert.equal((await ask(paths.mailFile(tenantId, newId(), itemId))).status, 404);
    assert.equal((await ask(`${path}?part=x`)).status, 400);
  });

  it('the reader shows text first, then what is asked for', {
    skip: browser === null,
  }, async () => {
    const { tenantId, mailboxId, itemId } = place;
    const watch = new Watch(it_.house.portalUrl);
    const page: Page = await watch.person(browser!);
    await wear(page.context(), it_.house.portalUrl, it_.sessions.owner);
    const url = (view?: 'formatted' | 'headers') =>
      it_.house.portalUrl +
      paths.mailbox(tenantId, mailboxId, { folder: it_.facts.folderId, item: itemId, view });
    await page.goto(url());
    await page.locator('article pre').waitFor();
    await watch.shoot(page, 'mail-text');
    await page.getByRole('link', { name: 'Formatted' }).click();
    const frame = page.frameLocator('iframe[sandbox]');
    await frame.locator('body').filter({ hasText: /\S/ }).waitFor();
    await watch.shoot(page, 'mail-formatted');
    await page.getByRole('link', { name: 'Headers' }).click();
    await page.locator('article dl').waitFor();
    await watch.shoot(page, 'mail-headers');
    const slider = page.getByRole('slider', { name: 'Copy shown' });
    if ((await slider.count()) > 0) {
      await slider.focus();
      await page.keyboard.press('Home');
      await page.waitForURL('**at=1**');
      assert.equal(await slider.getAttribute('aria-valuenow'), '1');
    }
    assert.deepEqual(watch.offences, []);
    await page.context().close();
  });
});
