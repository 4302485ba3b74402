import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { openDatabase } from '#db/client.ts';
import { stripeSink } from '#lib/billing/stripe/sink.ts';
import { sleep } from '#lib/core/concurrency.ts';
import { tenantNamed } from '#lib/launch/demo-customer.ts';
import { liveByClock } from '#lib/services/billing/live-by-clock.ts';
import { type AccountOverview, overview } from '#lib/services/billing/overview.ts';
import { launchBrowser, Watch } from './browser.ts';
import { Contoso } from './contoso.ts';
import { Neighbours } from './neighbours.ts';
import { storySteps } from './steps.ts';

/**
 * How an owner is billed, and finds out why: subscribes on Stripe's page, sees usage grow from day to
 * day, opens the invoice, follows a line to the days of a mailbox, keeps the statement; a payment fails
 * and is mended. Months pass because the account's clock at Stripe is moved.
 */

const browser = await launchBrowser();
if (browser === null) {
  process.stderr.write(
    'NO BROWSER: the story of billing was not tried. Name a Chromium in CHROMIUM_PATH.\n',
  );
}

const failingCard = '4000 0000 0000 0341';
const goodCard = '4242 4242 4242 4242';

describe('billing in a browser', { skip: browser === null }, () => {
  const chromium = browser as Browser;
  let contoso: Contoso;
  let watch: Watch;
  let mira: Page;
  let neighbours: Neighbours;
  let owner = '';
  let accountId = '';

  const step = storySteps(() => ({ watch, pages: { billing: mira } }));

  before(async () => {
    contoso = await Contoso.open({ mailboxes: 4 });
    owner = tenantNamed(contoso.house.standIn!, 'Northwind IT').accounts[0]!.name;
    // Before anybody subscribes, the account gets a clock of its own at Stripe.
    const operator = openDatabase(contoso.house.ownerUrl, { connections: 1 });
    ({ accountId } = await liveByClock(
      { ...contoso.ctx, db: operator },
      { at: new Date('2026-10-01T00:00:00Z'), name: 'A story' },
      stripeSink(contoso.house.stripe!),
    ).finally(() => operator.close()));
    neighbours = new Neighbours(contoso.house, contoso.ctx.mspId);
    await neighbours.moveIn();
    watch = new Watch(contoso.url);
    mira = await watch.person(chromium);
    await contoso.signIn(mira, owner);
  });
  after(async () => {
    await chromium?.close();
    await neighbours?.close();
    await contoso?.close();
  });

  const own = async (): Promise<AccountOverview> => (await overview(contoso.ctx, null)).own!;

  async function until(what: string, holds: (about: AccountOverview) => boolean): Promise<void> {
    for (let tries = 0; tries < 600; tries++) {
      if (holds(await own())) return;
      await sleep(200);
    }
    throw new Error(`not in two minutes: ${what}; ${JSON.stringify(await own())}`);
  }

  /** Lets the account's days pass up to a moment, as the product's own job does it. */
  async function moveTo(to: string): Promise<void> {
    const { mspId } = contoso.ctx;
    const day = new Date(Date.parse(to) - 86_400_000).toISOString().slice(0, 10);
    for (let tries = 0; tries < 300; tries++) {
      await neighbours.refresh();
      // One that is still on its way to an earlier moment is joined; then it is asked again.
      await contoso.ctx.deps.jobs.startMoveClock({ mspId, accountId, to });
      await sleep(300);
      const { account } = await own();
      const there = account.clockAt !== null && account.clockAt >= new Date(to);
      if (there && (account.observedThrough ?? '') >= day) return;
    }
    throw new Error(`the clock did not get to ${to}: ${JSON.stringify(await own())}`);
  }

  step('an owner sees what is counted, and subscribes on Stripe’s page', async () => {
    await mira.goto(`${contoso.url}/billing`);
    await mira.getByText('Not subscribed yet').waitFor();
    await watch.shoot(mira, 'billing-01-not-subscribed');
    await mira.getByRole('button', { name: 'Subscribe' }).click();
    await mira.getByLabel(/^Card number/).waitFor();
    await mira.getByLabel('Email').fill('mira@northwind.example');
    await mira.getByRole('button', { name: 'Subscribe' }).click();
    await mira.waitForURL(`${contoso.url}/billing`);
    await mira.getByText(/becomes an invoice on/).waitFor();
    assert.equal((await own()).account.state, 'active');
  });

  step('usage grows from day to day', async () => {
    await moveTo('2026-10-04T06:00:00Z');
    await mira.goto(`${contoso.url}/billing`);
    await mira.getByText('At the average of 3 days').waitFor();
    await moveTo('2026-10-09T06:00:00Z');
    await neighbours.join(3);
    await moveTo('2026-10-13T06:00:00Z');
    await neighbours.leave('Henrietta Mueller');
    await moveTo('2026-10-23T06:00:00Z');
    await until(
      'the three books agree',
      ({ check, through }) => through === '2026-10-22' && check?.verdict === 'equal',
    );
    await mira.reload();
    await mira.getByText('At the average of 22 days').waitFor();
    await mira.getByText('all three agree').waitFor();
    await watch.shoot(mira, 'billing-02-month');
  });

  step('a line says which mailboxes, and a mailbox says which days', async () => {
    await mira.getByRole('link', { name: 'Fabrikam' }).first().click();
    await mira.waitForURL('**/protected-mailboxes');
    await mira.getByRole('columnheader', { name: 'Days' }).waitFor();
    // Four from the first day on, three more from the ninth; one is sealed from the thirteenth on.
    await mira
      .getByRole('row', { name: /^Protected/ })
      .getByText('120')
      .waitFor();
    await watch.shoot(mira, 'billing-03-line');
    await mira.getByRole('link', { name: 'Stored GiB' }).click();
    await mira.getByText('stored (billed)').first().waitFor();
    await watch.shoot(mira, 'billing-04-storage');
    await mira.getByRole('link', { name: 'Protected mailboxes' }).click();
    await mira.getByRole('link', { name: 'Henrietta Mueller' }).click();
    await mira.getByRole('cell', { name: 'its owner left; the copies are kept' }).first().waitFor();
    assert.equal(await mira.getByRole('row').count(), 23);
    await watch.shoot(mira, 'billing-05-mailbox');
  });

  step('the month becomes an invoice, whose lines lead to its days in two clicks', async () => {
    await moveTo('2026-11-03T06:00:00Z');
    await until('October is paid', ({ lastInvoice }) => lastInvoice?.status === 'paid');
    await mira.goto(`${contoso.url}/billing/invoices`);
    const october = mira.getByRole('row', { name: /October 2026/ });
    await october.waitFor();
    await watch.shoot(mira, 'billing-06-invoices');
    await october.getByRole('link').click();
    await mira.getByRole('heading', { name: /for October 2026/ }).waitFor();
    await watch.shoot(mira, 'billing-07-invoice');
    await mira.getByRole('link', { name: 'Fabrikam' }).first().click();
    await mira.getByRole('link', { name: 'Henrietta Mueller' }).click();
    await mira.getByRole('heading', { name: 'Henrietta Mueller, October 2026' }).waitFor();
    await mira.goBack();
    await mira.goBack();
    const statement = mira.waitForEvent('download');
    await mira.getByRole('link', { name: 'Statement PDF' }).click();
    assert.equal((await statement).suggestedFilename(), 'holdfast-statement-2026-10.pdf');
    await mira.goto(`${contoso.url}/billing/2026-10`);
    await mira.getByText('The month came to').waitFor();
    const usage = mira.waitForEvent('download');
    await mira.getByRole('link', { name: 'Usage as CSV' }).click();
    assert.equal((await usage).suggestedFilename(), 'holdfast-usage-2026-10.csv');
  });

  step('other prices are simulated over what happened, and a resale list is made', async () => {
    await mira.goto(`${contoso.url}/billing/simulate?period=2026-10`);
    await mira.getByLabel('Protected mailboxes, step 1, price of one').fill('2.00');
    await mira.getByRole('button', { name: 'Simulate' }).click();
    await mira.getByText(/^October 2026 would have cost .* less/).waitFor();
    await watch.shoot(mira, 'billing-08-simulate');
    await mira.goto(`${contoso.url}/billing/prices`);
    await mira.getByLabel('Name of the list').fill('Gold');
    await mira.getByLabel('Protected mailboxes, step 1, price of one').fill('four');
    await mira.getByRole('button', { name: 'Save the list' }).click();
    await mira.getByText(/A price is a number such as 2.50/).waitFor();
    assert.equal(await mira.getByLabel('Name of the list').inputValue(), 'Gold');
    await mira.getByLabel('Protected mailboxes, step 1, price of one').fill('4.00');
    await mira.getByRole('button', { name: 'Save the list' }).click();
    await mira.getByRole('heading', { name: 'Gold', exact: true }).waitFor();
    await watch.shoot(mira, 'billing-09-prices');
    await mira.goto(`${contoso.url}/billing/account`);
    await mira.getByText('as they were written').waitFor();
    await mira.getByLabel(/^Id of Contoso/).fill('C-1001');
    await mira
      .getByRole('row', { name: /^Contoso/ })
      .getByRole('button', { name: 'Save' })
      .click();
    await mira.locator('main button[aria-disabled]').waitFor({ state: 'detached' });
    await mira.reload();
    await mira.getByText('as they were written').waitFor();
    assert.equal(await mira.getByLabel(/^Id of Contoso/).inputValue(), 'C-1001');
    await watch.shoot(mira, 'billing-10-account');
  });

  step('a payment fails: new mailboxes wait, and everything protected goes on', async () => {
    await putCard(failingCard);
    await moveTo('2026-12-03T06:00:00Z');
    await until('November failed', ({ account }) => account.state === 'past-due');
    await mira.goto(`${contoso.url}/billing`);
    await mira.getByText(/^Payment failed\. New mailboxes wait from/).waitFor();
    await watch.shoot(mira, 'billing-11-payment-failed');
  });

  step('the card is changed, the invoice paid, and all is as before', async () => {
    await putCard(goodCard);
    const { lastInvoice } = await own();
    await mira.goto(lastInvoice!.hostedUrl!);
    // A new card may have been charged already.
    const pay = mira.getByRole('button', { name: /^Pay/ });
    if ((await pay.count()) > 0) await pay.click();
    await until('November is paid', ({ account }) => account.state === 'active');
    await mira.goto(`${contoso.url}/billing`);
    await mira.getByText(/becomes an invoice on/).waitFor();
    assert.equal(await mira.getByText('Payment failed').count(), 0);
    await watch.shoot(mira, 'billing-12-mended');
  });

  step(
    'a customer that is to pay for itself stays on the invoice until it subscribes',
    async () => {
      await mira.goto(`${contoso.url}/billing/account`);
      const row = mira.getByRole('row', { name: /^Fabrikam/ });
      await row.getByRole('button', { name: 'Bill Fabrikam directly' }).click();
      await row.getByText('itself from the month after it has subscribed, January 2027').waitFor();
      await mira.getByText('Fabrikam: Not subscribed yet').waitFor();
      await watch.shoot(mira, 'billing-13-direct');
      await row.getByRole('button', { name: 'Bring Fabrikam back to my invoice' }).click();
      await row.getByRole('button', { name: 'Bill Fabrikam directly' }).waitFor();
      await mira.getByText('Fabrikam: Not subscribed yet').waitFor({ state: 'detached' });
      assert.equal(await row.getByText('itself').count(), 0);
    },
  );

  async function putCard(number: string): Promise<void> {
    await mira.goto(`${contoso.url}/billing/account`);
    await mira.getByRole('button', { name: 'Payment and invoices at Stripe' }).click();
    await mira.getByLabel(/^New card number/).fill(number);
    await mira.getByRole('button', { name: 'Save card' }).click();
    await mira.getByText(`ending in ${number.slice(-4)}`).waitFor();
  }
});
