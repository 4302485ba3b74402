import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import { expectAfter } from './expect-after.ts';
import type { OwnersBrowser } from './frame.ts';

/** The portal without a mouse. */
export function keyboard(owner: OwnersBrowser): void {
  it('the first Tab is the way past the sections', async () => {
    const { frame, page } = owner;
    await page.goto(`${frame.origin}/customers`);
    // What loads below its heading stands a moment after the document has.
    await page.getByRole('main').getByRole('link').first().waitFor();
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: 'Skip to the page' });
    assert.ok(await skip.evaluate((link) => link === document.activeElement));
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    assert.ok(
      await page.evaluate(() => document.activeElement?.closest('main') !== null),
      'the next Tab is inside the page',
    );
  });

  it('Ctrl-K finds, the arrows choose, Enter goes there, Escape leads back', async () => {
    const { frame, page, watch } = owner;
    await page.goto(`${frame.origin}/customers`);
    const trigger = page.getByRole('button', { name: /Customers, mailboxes, acts/ });
    await trigger.focus();
    const field = page.getByRole('combobox', { name: 'Customer, mailbox or act' });
    await expectAfter(field, () => page.keyboard.press('Control+k'));
    const marked = () =>
      field.evaluate(
        (it) =>
          document.getElementById(it.getAttribute('aria-activedescendant') ?? '')?.textContent ??
          '',
      );
    assert.match(await marked(), /Add customer/, 'acts come first');
    await page.keyboard.press('Escape');
    await field.waitFor({ state: 'detached' });
    assert.ok(await trigger.evaluate((it) => it === document.activeElement));

    await page.keyboard.press('Control+k');
    await field.fill('contoso');
    const option = page.getByRole('option', { name: /^Contoso/ });
    await option.waitFor();
    for (let step = 0; step < 20 && !/^Contoso/.test(await marked()); step++) {
      await page.keyboard.press('ArrowDown');
    }
    assert.equal(await option.getAttribute('aria-selected'), 'true');
    await watch.shoot(page, 'frame-palette');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/customers/${frame.house.facts.tenantId}`);
    assert.ok(!page.url().includes('contoso'), 'words stand in no address');

    await page.keyboard.press('Control+k');
    await page.getByRole('button', { name: /^in Contoso/ }).waitFor();
    await page.getByRole('option', { name: 'Restore mail of Contoso' }).waitFor();
    await page.keyboard.press('Backspace');
    await page.getByRole('button', { name: /^in Contoso/ }).waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
  });

  type Facts = OwnersBrowser['frame']['house']['facts'];
  for (const [name, path] of [
    ['Tonight', () => '/'],
    ['Customers', () => '/customers'],
    ['a customer', (of: Facts) => `/customers/${of.tenantId}`],
    ['a mailbox', (of: Facts) => `/customers/${of.tenantId}/mailboxes/${of.mailboxId}`],
    ['Runs', () => '/runs'],
    ['a run', (of: Facts) => `/runs/${of.tenantId}/${of.runId}`],
    ['Restores', () => '/restores'],
    ['a plan', (of: Facts) => `/restores/${of.tenantId}/${of.plannedId}/plan`],
  ] as const) {
    it(`Tab walks through ${name} with a ring in sight, and out of it`, async () => {
      const { frame, page } = owner;
      await page.goto(frame.origin + path(frame.house.facts));
      // Until then the rail alone is there to walk through.
      await page.getByRole('main').getByRole('link').first().waitFor();
      const seen = await walk(page);
      assert.ok(seen.length > 10, `only ${seen.length} stops`);
      assert.deepEqual(
        seen.filter(({ fault }) => fault !== null),
        [],
      );
    });
  }
}

/** Everything Tab stops at, once around. A fault: no ring, out of sight, or under a bar. */
async function walk(page: Page): Promise<Array<{ what: string; fault: string | null }>> {
  const stops: Array<{ what: string; fault: string | null }> = [];
  for (let step = 0; step < 400; step++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate((count) => {
      const it = document.activeElement as HTMLElement | null;
      if (it === null || it === document.body) return null;
      if (it.dataset.walked) {
        return it.dataset.walked === '0'
          ? null
          : { what: it.outerHTML.slice(0, 60), fault: 'a trap' };
      }
      it.dataset.walked = String(count);
      const label = it.matches('input') ? ((it as HTMLInputElement).labels?.[0] ?? it) : it;
      const box = label.getBoundingClientRect();
      const what = `${it.tagName.toLowerCase()} ${(it.getAttribute('aria-label') ?? it.textContent ?? '').slice(0, 60)}`;
      const rings = [it, label, it.parentElement!].map((one) => getComputedStyle(one));
      const ringed = rings.some(
        ({ outlineStyle, outlineWidth, boxShadow }) =>
          (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1) || boxShadow !== 'none',
      );
      const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1);
      const y = box.top + Math.min(box.height / 2, 20);
      const top = document.elementFromPoint(x, y);
      const covered =
        top !== null && !label.contains(top) && !top.contains(label) && !it.contains(top);
      const fault = !ringed
        ? 'no ring'
        : box.width < 1 || box.bottom < 0 || box.top > innerHeight
          ? 'out of sight'
          : covered
            ? `under ${top?.tagName} ${top?.className}`
            : null;
      return { what, fault };
    }, step);
    if (stop === null) break;
    stops.push(stop);
    if (stop.fault === 'a trap') break;
  }
  return stops;
}
