import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { type FurnishedHouse, startFurnishedHouse } from '#test/kit/furnished-house.ts';
import { wear } from '#test/kit/session.ts';
import { launchBrowser, Watch } from '#test/stories/browser.ts';

/** What is drawn by hand, and therefore gets its keys from us. */

const browser = await launchBrowser();
if (browser === null) {
  process.stderr.write('NO BROWSER: no key was pressed. Name a Chromium in CHROMIUM_PATH.\n');
}

describe('by key', { skip: browser === null }, () => {
  let it_: FurnishedHouse;
  let watch: Watch;
  let page: Page;
  let origin: string;

  before(async () => {
    it_ = await startFurnishedHouse();
    origin = it_.house.portalUrl;
    watch = new Watch(origin);
    page = await watch.person(browser!);
    await wear(page.context(), origin, it_.sessions.owner);
  });
  after(async () => {
    await browser?.close();
    await it_?.stop();
  });

  const focused = () =>
    page.evaluate(() => {
      const at = document.activeElement;
      return at?.getAttribute('aria-label') ?? at?.textContent ?? '';
    });

  it('the grid of days has one stop, arrows end at its edges, Enter opens the day', async () => {
    await page.goto(`${origin}/coverage?show=all`);
    const stop = page.locator('[role=grid] tbody [tabindex="0"]');
    await stop.waitFor();
    assert.equal(await stop.count(), 1);
    await stop.focus();
    const walked: [key: string, at: RegExp][] = [
      ['Control+Home', /^Fabrikam \w+$/],
      ['ArrowUp', /^Fabrikam \w+$/],
      ['ArrowLeft', /^Fabrikam \w+$/],
      ['ArrowRight', /^Fabrikam \w+, \w{3} \d+ \w{3}, not covered$/],
      ['PageDown', /^Contoso, .*, not covered$/],
      ['End', /^Contoso, .*, good, 3 of 3 mailboxes covered$/],
      ['ArrowRight', /^Contoso, .*, good, 3 of 3 mailboxes covered$/],
      ['ArrowDown', /^Contoso, .*, good, 3 of 3 mailboxes covered$/],
      ['Home', /^Contoso$/],
      ['Control+End', /^Contoso, .*, good, 3 of 3 mailboxes covered$/],
    ];
    for (const [key, at] of walked) {
      await page.keyboard.press(key);
      assert.match(await focused(), at, key);
    }
    // What has the focus is told below, and Tab leads there and back.
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'Open customer');
    await page.keyboard.press('Shift+Tab');
    assert.match(await focused(), /^Contoso, .*, good/);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/customers\/[0-9a-f-]+\/runs\?day=/);
  });

  it('the dialog of an incident takes the focus, and Escape gives it back', async () => {
    await page.goto(`${origin}/?show=wait`);
    const open = page.getByRole('button', { name: /^Snooze: Contoso/ });
    await open.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: /^Snooze: Contoso/ });
    await dialog
      .getByRole('combobox', { name: 'Snooze until' })
      .and(page.locator(':focus'))
      .waitFor();
    await page.keyboard.press('Escape');
    await open.and(page.locator(':focus')).waitFor();
    // Also when it is opened once more.
    await page.keyboard.press('Enter');
    await dialog
      .getByRole('combobox', { name: 'Snooze until' })
      .and(page.locator(':focus'))
      .waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.type('Known, they are told');
    await page.keyboard.press('Enter');
    await open.waitFor({ state: 'detached' });
    await page.goto(`${origin}/?show=asleep`);
    await page.getByText('Known, they are told').waitFor();
  });

  it('breaks no rule of the watch', () => {
    assert.deepEqual(watch.offences, []);
  });
});
