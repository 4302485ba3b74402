import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { paths } from '#app/paths.ts';
import { type Database, openDatabase } from '#db/client.ts';
import { addMs } from '#lib/core/clock.ts';
import { foundDemoMsp, tenantNamed } from '#lib/launch/demo-customer.ts';
import { Helpdesk, type SourceFolder } from '#lib/launch/helpdesk.ts';
import { type House, startHouse } from '#lib/launch/house.ts';
import { type HouseServices, openServices } from '#lib/launch/services.ts';
import { latestLink, updateLink } from '#lib/services/connect/store.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { setMemberRole } from '#lib/services/members/set-role.ts';
import { withScope } from '#lib/services/transaction.ts';
import { launchBrowser, Watch } from './browser.ts';
import { storySteps } from './steps.ts';

/**
 * A technician's day in a browser, against the whole product: a customer is added, whose
 * administrator first cancels and then comes too late; the first run is watched live; a folder that
 * somebody deleted is found in an earlier copy and put back, step by step and back again; and an
 * auditor sees what happened, and nothing of the mail.
 */

const browser = await launchBrowser();
if (browser === null) {
  process.stderr.write(
    'NO BROWSER: the story of the technician was not tried. Name a Chromium in CHROMIUM_PATH.\n',
  );
}

describe('a technician in a browser', { skip: browser === null }, () => {
  const chromium = browser as Browser;
  let folder: string;
  let house: House;
  let services: HouseServices;
  let catalogue: Database;
  let ctx: ServiceContext;
  let watch: Watch;
  let jon: Page;
  let administrator: Page;

  let link = '';
  let tenantId = '';
  let mailboxName = '';
  let lost: SourceFolder;
  let lostMessages = 0;

  const step = storySteps(() => ({ watch, pages: { jon, administrator } }));

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast technician '));
    house = await startHouse({
      dataFolder: folder,
      port: 0,
      standIn: 'seeded',
      standInArguments: ['--mailboxes', '4'],
      portal: true,
      env: { ...process.env, EXPORT_FOLDER: join(folder, 'exports') },
    });
    services = await openServices(house);
    catalogue = openDatabase(house.ownerUrl, { connections: 2 });
    ctx = services.contextFor(await foundDemoMsp(services, house.standIn!));
    watch = new Watch(house.portalUrl);
    jon = await watch.person(chromium);
    administrator = await watch.person(chromium);
  });

  after(async () => {
    await chromium?.close();
    await catalogue?.close();
    await services?.close();
    await house?.stop();
    if (folder) await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  });

  step('signs in and adds a customer; the link can be copied, mailed and scanned', async () => {
    await jon.goto(`${house.portalUrl}${paths.newCustomer()}`);
    await jon.getByRole('button', { name: 'Continue with Microsoft' }).click();
    await jon.getByRole('button', { name: /Jon Berg/ }).click();
    await jon.waitForURL(`${house.portalUrl}/**`);
    await jon.goto(`${house.portalUrl}${paths.newCustomer()}`);
    await jon.getByLabel('Name of the customer').fill('Contoso');
    await jon.getByRole('button', { name: 'Make the link' }).click();
    await jon.getByRole('heading', { name: 'Contoso is connecting' }).waitFor();
    tenantId = /customers\/([0-9a-f-]{36})\//.exec(jon.url())![1]!;
    link = await shownLink();
    assert.match(link, /\/connect\/[\w-]{43}$/);
    await jon.getByRole('img', { name: 'The link as a QR code' }).waitFor();
    const mail = await jon.getByRole('link', { name: 'Write an e-mail' }).getAttribute('href');
    assert.ok(decodeURIComponent(mail!).includes(link), 'the e-mail has the link in it');
    await jon.getByRole('button', { name: 'Copy link' }).waitFor();
    await watch.shoot(jon, 't01-connecting');
  });

  step(
    'sees the link being opened, and reads what the administrator reads: cancelled',
    async () => {
      await administrator.goto(link);
      await watch.shoot(administrator, 't02-connect');
      await administrator.getByRole('button', { name: 'Continue to Microsoft' }).click();
      await chooseAccount();
      await administrator.getByRole('button', { name: 'Approve at Microsoft' }).click();
      await chooseAccount();
      await administrator.getByRole('button', { name: 'Cancel' }).click();
      for (const page of [administrator, jon]) {
        await page.getByText('Not connected. Nothing was changed.').waitFor();
        await page
          .getByText('You chose Cancel at Microsoft. Open the link again when you are ready.')
          .waitFor();
        await page.getByText('cancelled', { exact: true }).waitFor();
      }
      await watch.shoot(jon, 't03-cancelled');
      await watch.shoot(administrator, 't03-connect-cancelled');
    },
  );

  step(
    'a link whose day is over says so to both, with the time, and a new one is sent',
    async () => {
      const scope = { mspId: ctx.mspId, tenantId };
      await withScope(catalogue, scope, async (tx) => {
        const { id } = (await latestLink(tx, ctx.mspId, tenantId))!;
        await updateLink(tx, { ...scope, linkId: id }, { expiresAt: addMs(ctx.clock.now(), -1) });
      });
      for (const page of [administrator, jon]) {
        await page.reload();
        await page.getByText(/^This link expired at .+ \d\d:\d\d\. Ask Northwind IT/).waitFor();
        await page.getByText('expired', { exact: true }).waitFor();
      }
      assert.equal(await administrator.getByRole('button', { name: /Microsoft/ }).count(), 0);
      await watch.shoot(jon, 't04-expired');
      await watch.shoot(administrator, 't04-connect-expired');
      await jon.getByRole('button', { name: 'Make a new link' }).click();
      await jon.getByText('works once', { exact: true }).waitFor();
      const fresh = await shownLink();
      assert.notEqual(fresh, link);
      link = fresh;
    },
  );

  step(
    'the administrator approves both, and each permission is proved before his eyes',
    async () => {
      await administrator.goto(link);
      await administrator.getByRole('button', { name: 'Approve at Microsoft' }).click();
      await chooseAccount();
      await administrator.getByRole('button', { name: 'Accept' }).click();
      await administrator.getByText('Contoso is connected. Backups run.').waitFor();
      await administrator.getByRole('button', { name: 'Approve restoring' }).click();
      await chooseAccount();
      await administrator.getByRole('button', { name: 'Accept' }).click();
      await administrator.getByRole('heading', { name: 'Contoso is connected' }).waitFor();
      await jon.getByText('Reading and restoring are approved.').waitFor();
      await jon.getByText('used, cannot be used again').waitFor();
      assert.equal(await jon.getByRole('img', { name: /QR/ }).count(), 0);
      await watch.shoot(jon, 't05-connected');
    },
  );

  step('watches the first run, whose numbers add up when it is complete', async () => {
    await jon.goto(`${house.portalUrl}${paths.runs({ customer: tenantId })}`);
    await jon.getByRole('link', { name: 'Contoso', exact: true }).first().click();
    await jon.getByRole('heading', { name: 'Contoso, first backup' }).waitFor();
    await watch.shoot(jon, 't06-run');
    await runEnded();
    const [listed, ...parts] = await equation();
    assert.ok(listed! > 0);
    assert.equal(
      parts.reduce((sum, part) => sum + part, 0),
      listed,
      'what was listed is what became of it',
    );
    await jon.getByText('balanced').first().waitFor();
    await watch.shoot(jon, 't07-run-complete');
    await jon.getByRole('link', { name: 'Only problems' }).click();
    await jon.waitForURL('**show=problems');
    await watch.shoot(jon, 't08-run-problems');
  });

  step('somebody deletes a folder, and the next backup no longer has it', async () => {
    for (const user of await helpdesk().users()) {
      const box = await helpdesk().survey(user);
      const own = box.folders.find(
        ({ id, wellKnown, bin, path }) =>
          wellKnown === null &&
          !bin &&
          box.messages.filter(({ folderId }) => folderId === id).length > 1 &&
          !box.folders.some((other) => other.path.startsWith(`${path}/`)),
      );
      if (own === undefined) continue;
      mailboxName = user.name;
      lost = own;
      lostMessages = box.messages.filter(({ folderId }) => folderId === own.id).length;
      await helpdesk().deleteFolder(user.id, own.id);
      break;
    }
    assert.ok(lost, 'somebody has a folder of their own with mail in it');
    await jon.goto(`${house.portalUrl}${paths.customer(tenantId)}`);
    await jon.getByRole('button', { name: 'Back up now' }).click();
    await jon.waitForURL('**/runs/**');
    await runEnded();
  });

  step('finds the customer, the mailbox, the copy and the folder', async () => {
    await jon.goto(`${house.portalUrl}${paths.restores()}`);
    await jon.getByRole('link', { name: 'Restore mail' }).click();
    await jon.getByLabel('Whose mail is it?').first().fill('conto');
    await watch.shoot(jon, 't09-pick-customer');
    await jon
      .getByRole('link', { name: /^Contoso/ })
      .last()
      .click();
    await jon.waitForURL('**/restores/new?customer=**');
    await jon.getByLabel('From which mailbox?').first().fill(mailboxName.slice(0, 4).toLowerCase());
    await watch.shoot(jon, 't10-pick-mailbox');
    await jon.getByRole('link', { name: new RegExp(`^${mailboxName}`) }).click();
    await jon.waitForURL('**mailbox=**');
    const copies = jon.getByLabel('From which copy?');
    const oldest = await copies.locator('option').last().getAttribute('value');
    await copies.selectOption(oldest);
    await jon.getByRole('button', { name: 'Look at this copy' }).click();
    await jon.waitForURL(`**at=${oldest}`);
    await jon.getByLabel('One folder and what is below it').check();
    const path = lost.path.split('/').join(' / ');
    const option = jon.getByLabel('Which folder').locator('option', { hasText: path });
    await jon.getByLabel('Which folder').selectOption(await option.first().getAttribute('value'));
    await watch.shoot(jon, 't11-pick-folder');
    assert.ok(!decodeURIComponent(jon.url()).includes(lost.path), 'no name is in the address');
    await jon.getByRole('button', { name: 'Go on: where to' }).click();
    await jon.waitForURL('**/where');
    await watch.shoot(jon, 't12-where');
  });

  step('goes back and forth, and has to say nothing twice', async () => {
    await jon.getByLabel('A new folder in this mailbox').check();
    await jon.getByLabel('Name of the folder').fill('Looked at once more');
    await jon.getByRole('button', { name: 'Make the plan' }).click();
    await jon.getByText(/will be written\. Nothing has been written yet\./).waitFor();
    await jon.getByText('the new folder “Looked at once more”').waitFor();
    const before = jon.url();
    await jon.getByRole('link', { name: 'Change what or where' }).click();
    await jon.waitForURL('**/where');
    assert.ok(await jon.getByLabel('A new folder in this mailbox').isChecked());
    assert.equal(await jon.getByLabel('Name of the folder').inputValue(), 'Looked at once more');
    await jon.getByRole('link', { name: 'Pick' }).click();
    await jon.waitForURL('**/pick');
    assert.ok(await jon.getByLabel('One folder and what is below it').isChecked());
    await jon.goBack();
    await jon.waitForURL('**/where');
    await jon.getByLabel('A folder in another mailbox').check();
    await jon.getByLabel('Which mailbox').first().fill('nobody has this name');
    await jon.getByText('No such mailbox here. Try fewer letters.').waitFor();
    await jon.getByLabel('Where it was').check();
    await jon.getByRole('button', { name: 'Make the plan' }).click();
    await jon.getByText(/will be written\. Nothing has been written yet\./).waitFor();
    assert.notEqual(jon.url(), before, 'another answer is another plan');
    await watch.shoot(jon, 't13-plan');
  });

  step('each number of the plan leads to as many items', async () => {
    const plan = jon.url();
    const number = jon.locator('dl div', { hasText: 'to write' }).first().getByRole('link');
    const writes = Number((await number.textContent())!.replaceAll(/\D/g, ''));
    assert.ok(writes > 0);
    await number.click();
    const list = jon.locator('section', { has: jon.getByRole('heading', { name: 'To write' }) });
    await list.waitFor();
    assert.equal(await list.getByRole('listitem').count(), writes);
    await list.getByRole('link', { name: 'Everything in the plan' }).click();
    await jon.getByRole('heading', { name: 'First in the plan' }).waitFor();
    await jon.goto(plan);
  });

  step('puts the folder back, and reads plan beside actual', async () => {
    await jon.getByRole('button', { name: /^Restore \d+ items? into/ }).click();
    await jon.getByText(/are back and read back\./).waitFor({ timeout: 60_000 });
    await jon.waitForURL('**/verify');
    await watch.shoot(jon, 't14-verify');
    await jon.goBack();
    await jon.waitForURL('**/plan');
    await jon.getByText('Carried out').waitFor();
    await jon.goForward();
    await jon.waitForURL('**/verify');
    const user = (await helpdesk().users()).find(({ name }) => name === mailboxName)!;
    const { messages } = await helpdesk().survey(user);
    const back = messages.filter((message) => message.folder === lost.path);
    assert.equal(back.length, lostMessages, 'every message is in its folder again');
    await jon.goto(`${house.portalUrl}${paths.restores({ show: 'done' })}`);
    await jon.getByText(`${lostMessages} back`).waitFor();
    await watch.shoot(jon, 't15-restores');
  });

  step('as an auditor he sees the plan and the result, and nothing of the mail', async () => {
    await jon.getByRole('link', { name: mailboxName }).first().click();
    await jon.waitForURL('**/verify');
    const verified = jon.url();
    const account = tenantNamed(house.standIn!, 'Northwind IT').accounts[1]!;
    const { tid } = tenantNamed(house.standIn!, 'Northwind IT');
    await setMemberRole(ctx, { subject: `${tid}.${account.oid}`, role: 'auditor' });
    await jon.goto(verified);
    await jon.getByText(/are back and read back\./).waitFor();
    await jon.goto(verified.replace('/verify', '/plan'));
    await jon.getByText('Your role, auditor, may not see mail content.').first().waitFor();
    const name = lost.path.split('/').at(-1)!;
    assert.ok(!(await jon.locator('main').first().textContent())!.includes(name));
    await watch.shoot(jon, 't16-plan-auditor');
    await jon.goto(verified.replace('/verify', '/where'));
    await jon.getByText('Your role, auditor, may not restore mail.').first().waitFor();
    await jon.goto(`${house.portalUrl}${paths.newCustomer()}`);
    await jon.getByText('Your role, auditor, may not connect customers.').waitFor();
  });

  const shownLink = async () => (await jon.getByTestId('connect-link').textContent())!.trim();
  const helpdesk = () => new Helpdesk(house.standIn!, tenantNamed(house.standIn!, 'Contoso').tid);
  const chooseAccount = async () => {
    const { accounts } = tenantNamed(house.standIn!, 'Contoso');
    const { name } = accounts.find(({ role }) => /admin/i.test(String(role ?? '')))!;
    await administrator.getByRole('button', { name: new RegExp(name) }).click();
  };
  const runEnded = () => jon.getByText(/^complete in /).waitFor({ timeout: 120_000 });
  /** Listed, and then what became of it. */
  const equation = async () => {
    const terms = await jon.locator('dl dd').allTextContents();
    return terms.slice(0, 7).map((text) => Number(text.replaceAll(/\D/g, '')));
  };
});
