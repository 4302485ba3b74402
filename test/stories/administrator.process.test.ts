import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { paths } from '#app/paths.ts';
import type { SourceMailbox } from '#lib/launch/helpdesk.ts';
import { launchBrowser, Watch } from './browser.ts';
import { Contoso } from './contoso.ts';
import { storySteps } from './steps.ts';

/**
 * A customer's administrator: somebody leaves, and what is kept of their mail goes to their manager;
 * a message of anybody is found; and it is seen who of the provider looked at what.
 */

const browser = await launchBrowser();
if (browser === null) {
  process.stderr.write(
    'NO BROWSER: the story of the administrator was not tried. Name a Chromium in CHROMIUM_PATH.\n',
  );
}

describe('the administrator of a customer', { skip: browser === null }, () => {
  const chromium = browser as Browser;
  const leaver = 'Daniel Hart';
  const manager = 'Tom Brandt';
  const folder = `Mail of ${leaver}`;
  let contoso: Contoso;
  let watch: Watch;
  let adele: Page;
  let left: SourceMailbox;
  let managerBefore: SourceMailbox;
  let stays: SourceMailbox;

  const step = storySteps(() => ({ watch, pages: { customer: adele } }));

  before(async () => {
    contoso = await Contoso.open({ mailboxes: 12 });
    watch = new Watch(contoso.url);
    adele = await watch.person(chromium);
  });

  after(async () => {
    await chromium?.close();
    await contoso?.close();
  });

  step('nobody has left yet, and every mailbox is copied', async () => {
    await contoso.signIn(adele, 'Adele Vance');
    await adele.getByRole('heading', { name: 'Find a lost message' }).waitFor();
    await watch.shoot(adele, 'admin-01-find');
    await section('Leavers');
    await adele.getByText('Nobody has left').waitFor();
    await section('Mailboxes');
    await adele.getByText(/^(\d+) of \1 copied in time$/).waitFor();
    await watch.shoot(adele, 'admin-02-mailboxes');
  });

  step('an account that is deleted is a leaver at the next backup', async () => {
    left = await contoso.atSource(leaver);
    assert.ok(left.messages.length > 0, 'there is mail to keep');
    managerBefore = await contoso.atSource(manager);
    await contoso.helpdesk.deleteUser(left.userId);
    await contoso.backUp();
    await section('Leavers');
    await adele.getByRole('heading', { name: leaver }).waitFor();
    await watch.shoot(adele, 'admin-03-leavers');
  });

  step('their mail goes to the manager, after a look at what would happen', async () => {
    await adele.getByRole('button', { name: `Give the mail of ${leaver} to somebody` }).click();
    await adele.getByText(`${leaver} has left`).waitFor();
    await adele.getByRole('button', { name: 'Show what will happen' }).click();
    await adele.getByText('Choose whose mailbox it goes to.').waitFor();
    await adele.getByRole('searchbox', { name: 'Whose mailbox' }).fill('brandt');
    await adele.getByRole('radio', { name: new RegExp(manager) }).check();
    assert.equal(await adele.getByLabel('Name of the folder').inputValue(), folder);
    await watch.shoot(adele, 'admin-04-where');
    await adele.getByRole('button', { name: 'Show what will happen' }).click();
    await adele
      .getByRole('heading', {
        name: new RegExp(`^Put [\\d,]+ items? into ${manager}’s mailbox\\?$`),
      })
      .waitFor({ timeout: 60_000 });
    await adele.getByText('Nothing has been written yet.').waitFor();
    await watch.shoot(adele, 'admin-05-plan');
    const unchanged = await contoso.atSource(manager);
    assert.equal(unchanged.messages.length, managerBefore.messages.length);
  });

  step(
    'all of it is in the folder, byte for byte, and the manager’s own mail is untouched',
    async () => {
      await adele
        .getByRole('button', { name: new RegExp(`^Put [\\d,]+ items? into ${manager}’s mailbox$`) })
        .click();
      await adele
        .getByRole('heading', {
          name: new RegExp(`items? are in “${folder}” of ${manager}’s mailbox$`),
        })
        .waitFor({ timeout: 120_000 });
      await watch.shoot(adele, 'admin-06-done');
      stays = await contoso.atSource(manager);
      const given = stays.messages.filter((message) => message.folder.startsWith(folder));
      assert.deepEqual(
        given.map(({ sha256 }) => sha256).sort(),
        left.messages.map(({ sha256 }) => sha256).sort(),
      );
      const own = stays.messages.filter((message) => !message.folder.startsWith(folder));
      assert.deepEqual(
        own.map(({ sha256 }) => sha256).sort(),
        managerBefore.messages.map(({ sha256 }) => sha256).sort(),
      );
    },
  );

  step('one folder of the leaver goes where it is wanted, too', async () => {
    await section('Leavers');
    await adele.getByRole('link', { name: 'Look into it' }).click();
    await adele.getByRole('heading', { name: leaver, exact: true }).waitFor();
    await watch.shoot(adele, 'admin-07-leaver');
    await adele.getByLabel('One folder and what is below it').check();
    const select = adele.getByLabel(/^Which folder/);
    await select.selectOption({ index: 0 });
    await adele.getByRole('button', { name: 'Go on: where to' }).click();
    await adele.getByRole('searchbox', { name: 'Whose mailbox' }).fill('adele');
    await adele.getByRole('radio', { name: /Adele Vance/ }).check();
    await adele.getByLabel('Name of the folder').fill('Daniel, inbox');
    await adele.getByRole('button', { name: 'Show what will happen' }).click();
    await adele.getByRole('button', { name: /^Put .* into Adele Vance’s mailbox$/ }).click();
    await adele
      .getByRole('heading', { name: /in “Daniel, inbox” of Adele Vance’s mailbox$/ })
      .waitFor({ timeout: 120_000 });
    const { messages } = await contoso.atSource('Adele Vance');
    const given = messages.filter((message) => message.folder.startsWith('Daniel, inbox'));
    assert.deepEqual(
      given.map(({ sha256 }) => sha256).sort(),
      left.messages
        .filter((message) => message.folder.startsWith('Inbox'))
        .map(({ sha256 }) => sha256)
        .sort(),
    );
  });

  step('a message is found in whichever mailbox it is', async () => {
    const { subject } = left.messages.find((message) => message.subject.length > 10)!;
    await section('Find');
    await adele.getByRole('searchbox').fill(subject);
    await adele.getByRole('searchbox').press('Enter');
    await adele.waitForURL('**/my/search/**');
    const found = adele.getByRole('list', { name: 'Messages found' });
    await found.getByText(leaver).first().waitFor();
    await watch.shoot(adele, 'admin-08-found');
    await found
      .getByRole('listitem')
      .filter({ hasText: ` · ${leaver}` })
      .first()
      .getByRole('link')
      .click();
    await adele.waitForURL('**/my/mail/**');
    await adele.getByRole('button', { name: 'Put it into another mailbox' }).waitFor();
    await watch.shoot(adele, 'admin-09-read');
  });

  step('what staff of the provider looked at is told, with names', async () => {
    await section('Who looked');
    await adele.getByText(/^Nobody of Northwind IT has looked$/).waitFor();
    await staffLooks();
    await adele.reload();
    const list = adele.getByRole('main').getByRole('listitem');
    await list
      .filter({
        hasText: `Mira Keller of Northwind IT opened a message in the mailbox of ${manager}.`,
      })
      .first()
      .waitFor();
    await watch.shoot(adele, 'admin-10-looked');
    await adele.getByRole('link', { name: 'Everybody' }).click();
    await list
      .filter({ hasText: /^You put [\d,]+ items? back/ })
      .first()
      .waitFor();
    await watch.shoot(adele, 'admin-11-everybody');
    await adele.goto(contoso.url + paths.myMailbox(await contoso.mailboxId(manager)));
    await adele.getByRole('link', { name: 'Who looked at it' }).click();
    await adele.getByText('Mira Keller of Northwind IT').first().waitFor();
  });

  step('nothing of the provider’s own is theirs', async () => {
    await adele.goto(contoso.url + paths.staff());
    await adele.waitForURL(`**${paths.my()}`);
    await section('Put back');
    await adele
      .getByRole('link', { name: new RegExp(`from ${leaver}`) })
      .first()
      .waitFor();
    await watch.shoot(adele, 'admin-12-restores');
  });

  /** Mira opens a message of the manager's, in the provider's own portal. */
  const staffLooks = async () => {
    const mira = await watch.person(chromium);
    await contoso.signIn(mira, 'Mira Keller');
    await mira.goto(
      contoso.url + paths.mailbox(contoso.tenantId, await contoso.mailboxId(manager)),
    );
    await mira
      .getByRole('list', { name: /^Items in/ })
      .getByRole('link')
      .first()
      .click();
    await mira.waitForURL('**item=**');
    await mira.locator('article').first().waitFor();
    await mira.context().close();
  };
  const section = async (name: string) => {
    await adele.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name }).click();
  };
});
