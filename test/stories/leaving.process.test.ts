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

  it('an owner reads what it does, in numbers, and says why', async () => {
    const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    await owner.goto(connection());
    await owner.getByRole('button', { name: 'Disconnect this customer' }).click();
    const dialog = owner.getByRole('dialog', { name: 'Disconnect Contoso' });
    await dialog.waitFor();
    await dialog.getByText(/mailboxes that are protected are sealed/).waitFor();
    await owner.evaluate(axe);
    const found = await owner.evaluate(async () => {
      const { axe: run } = window as unknown as { axe: typeof import('axe-core') };
      return (await run.run('dialog')).violations.map(({ id }) => id);
    });
    assert.deepEqual(found, []);
    await owner.setViewportSize({ width: 320, height: 700 });
    const past = await owner.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.ok(past <= 0, `it reaches ${past} px past the edge`);
    await owner.setViewportSize({ width: 1280, height: 800 });
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
