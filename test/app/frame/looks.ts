import assert from 'node:assert/strict';
import { it } from 'node:test';
import { expectAfter } from './expect-after.ts';
import type { OwnersBrowser } from './frame.ts';

/** What whoever looks may choose: their time, the dark, no motion. */
export function looks(owner: OwnersBrowser): void {
  it('a time tells its UTC to the keyboard, and Escape takes it away', async () => {
    const { frame, page } = owner;
    await page.goto(`${frame.origin}/customers/${frame.house.facts.tenantId}`);
    const time = page.locator('main time[data-utc][tabindex="0"]').first();
    await time.waitFor();
    const hint = page.getByRole('tooltip');
    // The hint listens only once the page is alive, and nothing tells when that is.
    await expectAfter(hint, async () => {
      await page.keyboard.press('Tab');
      await time.focus();
    });
    assert.match((await hint.textContent())!, /\d\d:\d\d UTC$/);
    await page.keyboard.press('Escape');
    await hint.waitFor({ state: 'hidden' });
    // On a page that is known to listen, once is enough.
    await page.keyboard.press('Tab');
    await time.focus();
    await hint.waitFor();
  });

  it('dark by choice is drawn by the server from then on', async () => {
    const { frame, page } = owner;
    await page.emulateMedia({ colorScheme: 'light' });
    await page.goto(`${frame.origin}/customers`);
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByText('Dark', { exact: true }).click();
    assert.notEqual(await ground(), light);
    const answer = await page.context().request.get(`${frame.origin}/customers`);
    assert.match(await answer.text(), /<html[^>]*data-theme="dark"/);
    await page.getByText('System', { exact: true }).click();
    assert.equal(await ground(), light);
  });

  it('nothing moves for those who asked for that', async () => {
    const { frame, page } = owner;
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.goto(`${frame.origin}/customers`);
    const longest = await page.evaluate(() =>
      Math.max(
        ...[...document.querySelectorAll('*')].flatMap((it) => {
          const { animationDuration, transitionDuration } = getComputedStyle(it);
          return [animationDuration, transitionDuration].map((text) => Number.parseFloat(text));
        }),
      ),
    );
    assert.ok(longest <= 0.001, `${longest} s`);
    await page.emulateMedia({ reducedMotion: null });
  });
}
