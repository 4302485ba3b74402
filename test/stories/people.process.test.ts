import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { peopleOf, tenantNamed } from '#lib/launch/demo-customer.ts';
import { launchBrowser, Watch } from './browser.ts';
import { Contoso } from './contoso.ts';
import { storySteps } from './steps.ts';

/**
 * Who gets in and who no more, as people do it in browsers of their own: an owner puts somebody out
 * and invites them again, a link is opened twice, a customer's people are let in by their own
 * organisation's account and by no other, a session is ended from elsewhere.
 */

const browser = await launchBrowser();
if (browser === null) {
  process.stderr.write(
    'NO BROWSER: the story of the people was not tried. Name a Chromium in CHROMIUM_PATH.\n',
  );
}

describe('people in browsers', { skip: browser === null }, () => {
  const chromium = browser as Browser;
  let contoso: Contoso;
  let watch: Watch;
  let mira: Page;
  let jon: Page;
  let lee: Page;
  let names: { owner: string; technician: string; administrator: string };
  let link = '';

  const step = storySteps(() => ({
    watch,
    pages: { 'people-mira': mira, 'people-jon': jon, 'people-lee': lee },
    // Whose session was ended is told so by a status, which the browser notes as an error.
    offences: watch.offences.filter((line) => !line.includes('401 (Unauthorized)')),
  }));

  before(async () => {
    contoso = await Contoso.open({ mailboxes: 3 });
    const facts = contoso.house.standIn!;
    const [owner, technician] = tenantNamed(facts, 'Northwind IT').accounts;
    names = {
      owner: owner!.name,
      technician: technician!.name,
      administrator: peopleOf(facts).administrator,
    };
    watch = new Watch(contoso.url);
    [mira, jon, lee] = [
      await watch.person(chromium),
      await watch.person(chromium),
      await watch.person(chromium),
    ];
  });

  after(async () => {
    await chromium?.close();
    await contoso?.close();
  });

  async function signIn(page: Page, name: string): Promise<void> {
    await page.getByRole('button', { name: 'Continue with Microsoft' }).click();
    await page.getByRole('button', { name: new RegExp(name) }).click();
    await page.waitForURL(`${contoso.url}/**`);
  }

  step('an owner sees who may do what, and puts somebody out', async () => {
    await mira.goto(`${contoso.url}/staff`);
    await signIn(mira, names.owner);
    await jon.goto(contoso.url);
    await signIn(jon, names.technician);
    await mira.goto(`${contoso.url}/staff`);
    await mira.getByRole('rowheader', { name: 'Restore mail' }).waitFor();
    await watch.shoot(mira, 'people-01-staff');
    await mira.getByRole('link', { name: names.technician }).click();
    await mira.getByRole('heading', { name: names.technician }).waitFor();
    await watch.shoot(mira, 'people-02-member');
    await mira.getByRole('button', { name: /^Let in no more/ }).click();
    await mira.getByRole('row', { name: /let in no more/ }).waitFor();
  });

  step('whose browser is out at its next page', async () => {
    await jon.goto(`${contoso.url}/customers`);
    await jon.waitForURL('**/sign-in*');
  });

  step('a new link is shown once and lets the first in who signs in with it', async () => {
    await mira.getByRole('link', { name: 'Invite' }).click();
    await mira.getByLabel('Name', { exact: true }).fill('Jon Berg');
    await mira.getByRole('radio', { name: /^Auditor/ }).check();
    await watch.shoot(mira, 'people-03-invite');
    await mira.getByRole('button', { name: 'Make the link' }).click();
    link = await mira.getByLabel('Link to send').inputValue();
    assert.match(link, /^http:\/\/localhost:\d+\/invite\/[\w-]{43}$/);
    await watch.shoot(mira, 'people-04-invited');
    await mira.getByRole('link', { name: 'To the list' }).click();
    await mira.getByRole('button', { name: /Take back/ }).waitFor();
    assert.ok(!(await mira.content()).includes(link.split('/').at(-1)!));

    await jon.goto(link);
    await watch.shoot(jon, 'people-05-invitation');
    await signIn(jon, names.technician);
    await watch.shoot(jon, 'people-06-accept');
    await jon.getByRole('button', { name: 'Accept the invitation' }).click();
    await jon.waitForURL(`${contoso.url}/`);
  });

  step('with the role of the link and no other, and what is not theirs says why', async () => {
    await jon.goto(`${contoso.url}/staff`);
    await jon.getByText('Your role, auditor, may not manage staff.').waitFor();
    await watch.shoot(jon, 'people-07-not-yours');
    await jon.goto(`${contoso.url}/audit`);
    await jon.getByText('Log intact').waitFor();
    await jon.getByText('joined as auditor').waitFor();
  });

  step('the link opens nothing after that', async () => {
    await lee.goto(link);
    await lee.getByText('This invitation was used already').waitFor();
    await watch.shoot(lee, 'people-08-used');
  });

  step('people of a customer come in with an account of their own organisation only', async () => {
    await mira.goto(`${contoso.url}/customers/${contoso.tenantId}/access`);
    await mira.getByRole('radio', { name: /^Invited people/ }).check();
    await mira.getByRole('button', { name: 'Change self-service' }).click();
    await mira.getByRole('button', { name: `Let in no more: ${names.administrator}` }).click();
    await mira.getByRole('button', { name: `Let in again: ${names.administrator}` }).waitFor();
    await watch.shoot(mira, 'people-09-access');
    await mira.getByRole('link', { name: 'Invite somebody' }).click();
    await mira.getByLabel('Name', { exact: true }).fill('Lee Gu');
    await watch.shoot(mira, 'people-10-invite-person');
    await mira.getByRole('button', { name: 'Make the link' }).click();
    link = await mira.getByLabel('Link to send').inputValue();

    await jon.goto(link);
    await jon.getByRole('button', { name: 'Accept the invitation' }).click();
    await jon.getByText('You signed in to another organisation').waitFor();
    await lee.goto(link);
    await signIn(lee, names.administrator);
    await lee.getByRole('button', { name: 'Accept the invitation' }).click();
    await lee.waitForURL(`${contoso.url}/my`);
  });

  step('a session that is ended from elsewhere is over at its next page', async () => {
    await mira.goto(`${contoso.url}/sessions`);
    await mira.getByText('this browser').waitFor();
    await watch.shoot(mira, 'people-11-sessions');
    const row = mira.getByRole('row', { name: new RegExp(`${names.administrator}.*Contoso`) });
    await row.getByRole('button').click();
    await row.waitFor({ state: 'detached' });
    await lee.goto(`${contoso.url}/my`);
    await lee.waitForURL('**/sign-in*');
  });

  step('and all of it stands in the log', async () => {
    await mira.goto(`${contoso.url}/audit?group=people`);
    for (const said of [
      `lets ${names.technician} in no more`,
      'invited Jon Berg as auditor',
      'came in as administrator',
    ]) {
      await mira.getByText(said).first().waitFor();
    }
    await watch.shoot(mira, 'people-12-audit');
    const file = mira.waitForEvent('download');
    await mira.getByRole('link', { name: /CSV/ }).click();
    assert.equal((await file).suggestedFilename(), 'holdfast-audit.csv');
  });
});
