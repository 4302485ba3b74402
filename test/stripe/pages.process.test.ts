import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { AxeResults } from 'axe-core';
import type { Browser } from 'playwright-core';
import { launchBrowser, screenshotFolder } from '#test/stories/browser.ts';
import { stripeClient } from './client.ts';
import { type StripeStandIn, startStripe } from './server.ts';
import { advance } from './target.ts';

/** The pages that people of the demo see at Stripe, as a browser shows them. */

const browser = await launchBrowser();
if (browser === null) {
  process.stderr.write('NO BROWSER: the pages of the Stripe stand-in were not examined.\n');
}

describe('the pages of the Stripe stand-in', { skip: browser === null }, () => {
  const chromium = browser as Browser;
  let standIn: StripeStandIn;
  const pages: Record<string, string> = {};
  const home = 'http://127.0.0.1:9/billing';

  before(async () => {
    standIn = await startStripe({ data: null });
    const stripe = stripeClient(standIn.facts);
    const start = Date.UTC(2026, 9, 1) / 1000;
    const { id: clock } = await stripe.testHelpers.testClocks.create({ frozen_time: start });
    const customer = await stripe.customers.create({ name: 'Northwind IT', test_clock: clock });
    const prices = [];
    for (const [name, event] of [
      ['Protected mailboxes', 'protected'],
      ['Stored GiB', 'stored'],
    ] as const) {
      const meter = await stripe.billing.meters.create({
        display_name: name,
        event_name: event,
        default_aggregation: { formula: 'last' },
      });
      prices.push(
        await stripe.prices.create({
          currency: 'usd',
          product_data: { name },
          unit_amount: 250,
          recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
        }),
      );
    }
    const session = await stripe.checkout.sessions.create({
      mode: 'subscription',
      customer: customer.id,
      line_items: prices.map(({ id }) => ({ price: id })),
      subscription_data: {
        billing_cycle_anchor_config: { day_of_month: 1, hour: 0, minute: 0, second: 0 },
      },
      success_url: `${home}?session={CHECKOUT_SESSION_ID}`,
      cancel_url: home,
    });
    pages.checkout = session.url!;
    const portal = await stripe.billingPortal.sessions.create({
      customer: customer.id,
      return_url: home,
    });
    pages.portal = portal.url;
    await fetch(pages.checkout, {
      method: 'POST',
      body: new URLSearchParams({ number: '4000000000000341', email: 'billing@example.com' }),
      redirect: 'manual',
    });
    await stripe.billing.meterEvents.create({
      event_name: 'protected',
      payload: { stripe_customer_id: customer.id, value: '118' },
    });
    await advance(stripe, clock, start + 32 * 86_400);
    const [invoice] = (await stripe.invoices.list({ customer: customer.id })).data;
    pages.invoice = invoice!.hosted_invoice_url!;
    const again = await stripe.checkout.sessions.create({
      mode: 'setup',
      currency: 'usd',
      success_url: home,
    });
    pages.card = again.url!;
    pages.done = pages.checkout;
    const next = await stripe.checkout.sessions.create({
      mode: 'subscription',
      line_items: prices.map(({ id }) => ({ price: id })),
      success_url: home,
      cancel_url: home,
    });
    pages.checkout = next.url!;
  });
  after(async () => {
    await chromium?.close();
    await standIn?.stop();
  });

  it('are clean for axe in light and dark, wide and as a phone, and fit', async () => {
    const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    mkdirSync(screenshotFolder, { recursive: true });
    const found: string[] = [];
    for (const [colorScheme, width] of [
      ['light', 1280],
      ['dark', 320],
    ] as const) {
      const context = await chromium.newContext({ colorScheme, viewport: { width, height: 800 } });
      for (const [name, url] of Object.entries(pages)) {
        const page = await context.newPage();
        await page.goto(url);
        await page.evaluate(axe);
        const results = (await page.evaluate(() => {
          const { axe: tool } = window as unknown as { axe: typeof import('axe-core') };
          return tool.run(document, { resultTypes: ['violations'] });
        })) as AxeResults;
        const where = `${name}, ${colorScheme}, ${width} px`;
        for (const { id, nodes } of results.violations) {
          found.push(`${where}: ${id}: ${nodes[0]!.html.slice(0, 160)}`);
        }
        const past = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        if (past > 0) found.push(`${where}: reaches ${past} px past the edge`);
        const file = `stripe-${name}-${colorScheme}.png`;
        await page.screenshot({ path: join(screenshotFolder, file), fullPage: true });
        await page.close();
      }
      await context.close();
    }
    assert.deepEqual(found, []);
  });

  it('are worked by keyboard alone, without a script', async () => {
    const context = await chromium.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(pages.portal!);
    await page.getByLabel('New card number').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(pages.portal!);
    await page.getByText('visa ending in 4242').waitFor();
    await context.close();
  });
});
