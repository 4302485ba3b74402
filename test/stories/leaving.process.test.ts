import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { connectDemoCustomer } from '#lib/launch/demo-customer.ts';
import { newestRun, watchRun } from '#lib/launch/watch.ts';
import { getCustomer } from '#lib/services/customers/get.ts';
import { listMailboxes } from '#lib/services/mailboxes/list.ts';
import { startRun } from '#lib/services/runs/start.ts';
import { type FurnishedHouse, startFurnishedHouse } from '#test/kit/furnished-house.ts';
import { wear } from '#test/kit/session.ts';
import { launchBrowser, Watch } from './browser.ts';

/** A customer leaves while it is being backed up, and comes back: the portal, the worker, Temporal. */

const browser = await launchBrowser();
if (browser === null) {
  process.stderr.write('NO BROWSER: nobody left. Name a Chromium in CHROMIUM_PATH.\n');
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe('a customer leaves', { skip: browser === null }, () => {
  let it_: FurnishedHouse;
  let watch: Watch;
  let owner: Page;

  before(async () => {
    it_ = await startFurnishedHouse();
    watch = new Watch(it_.house.portalUrl);
    owner = await watch.person(browser!);
    await wear(owner.context(), it_.house.portalUrl, it_.sessions.owner);
  });
  after(async () => {
    await browser?.close();
    await it_?.stop();
  });

  const connection = () => `${it_.house.portalUrl}/customers/${it_.facts.tenantId}/connection`;
  const states = async () => {
    const { ctx, facts } = it_;
    const boxes = await listMailboxes(ctx, { tenantId: facts.tenantId });
    return [...new Set(boxes.map(({ state }) => state))];
  };

  it('an auditor reads why they may not say so', async () => {
    const auditor = await watch.person(browser!);
    await wear(auditor.context(), it_.house.portalUrl, it_.sessions.auditor);
    await auditor.goto(connection());
    const act = auditor.getByRole('button', { name: /^Disconnect this customer\. Your role/ });
    assert.equal(await act.getAttribute('aria-disabled'), 'true');
    await auditor.context().close();
  });

  it('of a customer that never was connected nothing is called covered', async () => {
    await owner.goto(`${it_.house.portalUrl}/customers/${it_.facts.waitingId}`);
    await owner.getByText('no mailbox found yet').waitFor();
    await owner.getByText('not connected yet').waitFor();
    assert.equal(await owner.getByText('every mailbox').count(), 0);
    await owner
      .getByRole('button', { name: /^Restore mail\. Nothing was copied yet/ })
      .first()
      .waitFor();
  });

  it('an owner reads what it does, in numbers, and says why', async () => {
    await owner.goto(connection());
    await owner.getByRole('button', { name: 'Disconnect this customer' }).click();
    const dialog = owner.getByRole('dialog', { name: 'Disconnect Contoso' });
    await dialog.waitFor();
    await dialog.getByText(/mailboxes that are protected are sealed/).waitFor();
    assert.deepEqual(await examine(owner, 'dialog'), []);
    await dialog.getByRole('button', { name: 'Disconnect this customer' }).click();
    await dialog.getByText('Say why: whoever reads the log later asks.').waitFor();
  });

  it('the run that is going on ends, and every mailbox is sealed', async () => {
    const { ctx, facts } = it_;
    const { runId } = await startRun(ctx, { tenantId: facts.tenantId });
    const dialog = owner.getByRole('dialog', { name: 'Disconnect Contoso' });
    await dialog.getByLabel('Why').fill('Contract ended');
    await dialog.getByRole('button', { name: 'Disconnect this customer' }).click();
    await owner.getByRole('button', { name: 'Send a link to connect again' }).waitFor();
    const run = await watchRun(ctx, { tenantId: facts.tenantId, runId }, 'Last backup');
    // Whichever of the two was first, the row is closed and no mailbox is protected.
    assert.ok(['cancelled', 'done'].includes(run.state), run.state);
    assert.deepEqual(await states(), ['sealed']);
    assert.equal((await getCustomer(ctx, { tenantId: facts.tenantId })).state, 'disconnected');
    await assert.rejects(startRun(ctx, { tenantId: facts.tenantId }), { code: 'consent.missing' });
  });

  it('its pages say so, and hold for axe and on a narrow phone', async () => {
    const { facts } = it_;
    for (const tab of ['', '/connection', '/mailboxes?show=sealed', '/runs', '/restores']) {
      await owner.goto(`${it_.house.portalUrl}/customers/${facts.tenantId}${tab}`);
      await owner.getByRole('main').getByText('disconnected').first().waitFor();
      assert.deepEqual(await examine(owner), [], tab);
    }
  });

  it('nothing says that it is approved, or that its mailboxes are gone at Microsoft', async () => {
    const customer = `${it_.house.portalUrl}/customers/${it_.facts.tenantId}`;
    await owner.goto(customer);
    await owner.getByText('Backup app').waitFor();
    assert.equal(await owner.getByText('approved', { exact: true }).count(), 0);
    await owner.goto(`${customer}/mailboxes`);
    const filter = owner.getByRole('combobox', { name: 'Show' });
    assert.doesNotMatch(String(await filter.textContent()), /gone at Microsoft/);
    await filter.selectOption({ label: 'that are sealed' });
    await owner.getByRole('button', { name: 'Apply' }).click();
    await owner.getByRole('heading', { name: '3 of 3 mailboxes' }).waitFor();
  });

  it('wherever mail could be put back, it says why not, and a copy can be taken away', async () => {
    const { facts, house } = it_;
    const at = (path: string) => owner.goto(house.portalUrl + path);
    const why = /Contoso was disconnected, so nothing can be written there/;
    const refused = async (act: string) => {
      const button = owner.getByRole('button', { name: new RegExp(`^${act}\\. ${why.source}`) });
      assert.equal(await button.first().getAttribute('aria-disabled'), 'true', act);
    };
    await at(`/customers/${facts.tenantId}`);
    await refused('Restore mail');
    await at(`/restores/new?customer=${facts.tenantId}`);
    await owner.getByText(why).waitFor();
    assert.equal(await owner.getByRole('radio').count(), 0);
    await at(`/search/${facts.tenantId}/${facts.searchId}`);
    await refused('Restore chosen');
    await at(`/leavers?customer=${facts.tenantId}&mailbox=${facts.mailboxId}`);
    await refused('Restore to a manager');
    await at(`/customers/${facts.tenantId}/mailboxes/${facts.mailboxId}`);
    await refused('Restore');
    await owner.getByRole('button', { name: 'Download' }).first().click();
    const download = owner.getByRole('dialog', { name: /^Download/ });
    await download.getByRole('radio', { name: /^The whole mailbox/ }).check();
    await download.getByRole('button', { name: 'Make the ZIP' }).click();
    await owner.waitForURL(/\/exports\//);
  });

  it('the list says so, its mail can be read, and it comes back with a new link', async () => {
    const { ctx, facts, house, services } = it_;
    await owner.goto(`${house.portalUrl}/customers`);
    await owner.getByText('disconnected').first().waitFor();
    await owner.goto(`${house.portalUrl}/customers/${facts.tenantId}/mailboxes/${facts.mailboxId}`);
    await owner.getByText('Inbox').first().waitFor();
    const before = await newestRun(ctx, facts.tenantId, 60_000);
    await connectDemoCustomer(services, ctx, house.standIn!);
    assert.equal((await getCustomer(ctx, { tenantId: facts.tenantId })).state, 'connected');
    assert.deepEqual(await states(), ['protected']);
    const { runId } = await startRun(ctx, { tenantId: facts.tenantId });
    assert.notEqual(runId, before.id);
    const run = await watchRun(ctx, { tenantId: facts.tenantId, runId }, 'Backup after all');
    assert.equal(run.state, 'done');
  });

  it('breaks no rule of the watch', () => {
    assert.deepEqual(watch.offences, []);
  });
});

/** What axe finds there, and how far it reaches past a narrow phone. */
async function examine(page: Page, part?: string): Promise<string[]> {
  await page.evaluate(axe);
  const found = await page.evaluate(async (of) => {
    const { axe: run } = window as unknown as { axe: typeof import('axe-core') };
    return (await run.run(of ?? document)).violations.map(({ id }) => id);
  }, part);
  await page.setViewportSize({ width: 320, height: 700 });
  const past = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  await page.setViewportSize({ width: 1280, height: 800 });
  return past > 0 ? [...found, `reaches ${past} px past the edge`] : found;
}
