import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { paths } from '#app/paths.ts';
import { type Database, openDatabase } from '#db/client.ts';
import { addMs } from '#lib/core/clock.ts';
import { sleep } from '#lib/core/concurrency.ts';
import { foundDemoMsp, tenantNamed } from '#lib/launch/demo-customer.ts';
import { Helpdesk } from '#lib/launch/helpdesk.ts';
import { type House, startHouse } from '#lib/launch/house.ts';
import { type HouseServices, openServices } from '#lib/launch/services.ts';
import { listAudit } from '#lib/services/audit/list.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { updateExport } from '#lib/services/exports/store.ts';
import { listItems } from '#lib/services/items/list.ts';
import { withLease } from '#lib/services/leases/hold.ts';
import { withScope } from '#lib/services/transaction.ts';
import { unzip } from '#test/kit/zip.ts';
import { launchBrowser, Watch } from './browser.ts';
import { storySteps } from './steps.ts';

/**
 * The main job as people do it, in a browser, against the whole product: staff sign in and add a
 * customer, the customer's administrator approves at Microsoft, the first backup runs, a message is
 * lost and put back, mail is downloaded, runs are steered. No page may break its content security policy, log an error, or fetch anything
 * from outside this machine.
 */

const browser = await launchBrowser();
if (browser === null) {
  process.stderr.write(
    'NO BROWSER: the story of the main job was not tried. Name a Chromium in CHROMIUM_PATH.\n',
  );
}

describe('the main job in a browser', { skip: browser === null }, () => {
  const chromium = browser as Browser;
  let folder: string;
  let house: House;
  let services: HouseServices;
  let catalogue: Database;
  let ctx: ServiceContext;
  let watch: Watch;
  let mira: Page;
  let administrator: Page;

  let link = '';
  let tenantId = '';
  const mailbox = { id: '', name: '' };
  let opened = { id: '', key: '', subject: '', folder: '' };

  const step = storySteps(() => ({ watch, pages: { mira, administrator } }));

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast story '));
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
    mira = await watch.person(chromium);
    administrator = await watch.person(chromium);
  });

  after(async () => {
    await chromium?.close();
    await catalogue?.close();
    await services?.close();
    await house?.stop();
    if (folder) await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  });

  step('a stranger is led to the sign-in, and staff get in with Microsoft', async () => {
    await mira.goto(`${house.portalUrl}/customers`);
    await mira.waitForURL('**/sign-in');
    await watch.shoot(mira, '01-sign-in');
    await mira.getByRole('button', { name: 'Continue with Microsoft' }).click();
    await chooseAccount(mira, /Mira Keller/);
    await mira.getByRole('heading', { name: 'Tonight' }).waitFor();
    await watch.shoot(mira, '02-tonight-none');
    await mira.goto(`${house.portalUrl}/customers`);
    await mira.getByRole('heading', { name: 'Customers' }).waitFor();
  });

  step('adding a customer gives a link once, and a page that waits', async () => {
    await mira.getByRole('link', { name: 'Add customer' }).first().click();
    await mira.getByLabel('Name of the customer').fill('Contoso');
    await watch.shoot(mira, '03-add-customer');
    await mira.getByRole('button', { name: 'Make the link' }).click();
    await mira.getByRole('heading', { name: 'Contoso is connecting' }).waitFor();
    link = (await mira.getByTestId('connect-link').textContent())!.trim();
    assert.match(link, /^http:\/\/localhost:\d+\/connect\/[\w-]{43}$/);
    tenantId = /customers\/([0-9a-f-]{36})\//.exec(mira.url())![1]!;
    await watch.shoot(mira, '04-connecting');
  });

  step('a cancelled approval is told to both sides, and nothing is used up', async () => {
    await administrator.goto(link);
    await watch.shoot(administrator, '05-connect');
    await administrator.getByRole('button', { name: 'Continue to Microsoft' }).click();
    await chooseAccount(administrator, administratorName());
    await administrator.getByRole('button', { name: 'Approve at Microsoft' }).click();
    await chooseAccount(administrator, administratorName());
    await administrator.getByRole('button', { name: 'Cancel' }).click();
    await administrator.getByText('You chose Cancel at Microsoft.').waitFor();
    await mira.getByText('You chose Cancel at Microsoft.').waitFor();
    await watch.shoot(administrator, '06-connect-cancelled');
    await watch.shoot(mira, '06-connecting-cancelled');
  });

  step('an account that may not approve is told who can', async () => {
    const other = contoso().accounts.find(({ role }) => !role);
    assert.ok(other, 'the stand-in has somebody without a role');
    const somebody = await watch.person(chromium);
    await somebody.goto(link);
    await somebody.getByRole('button', { name: 'Continue to Microsoft' }).click();
    await chooseAccount(somebody, new RegExp(other.name));
    await somebody.getByRole('button', { name: 'Approve at Microsoft' }).click();
    await somebody.getByText('Your role cannot approve this.').waitFor();
    await mira.getByText('Your role cannot approve this.').waitFor();
    await somebody.context().close();
  });

  step('the administrator approves reading, then restoring; the MSP sees it happen', async () => {
    await administrator.getByRole('button', { name: 'Approve at Microsoft' }).click();
    await chooseAccount(administrator, administratorName());
    await administrator.getByRole('button', { name: 'Accept' }).click();
    await administrator.getByText('Contoso is connected. Backups run.').waitFor();
    await watch.shoot(administrator, '07-connect-restoring');
    await mira.getByRole('heading', { name: 'Contoso is connected' }).waitFor();
    await watch.shoot(mira, '07-connected');
    await administrator.getByRole('button', { name: 'Approve restoring' }).click();
    await chooseAccount(administrator, administratorName());
    await administrator.getByRole('button', { name: 'Accept' }).click();
    await administrator.getByRole('heading', { name: 'Contoso is connected' }).waitFor();
    await watch.shoot(administrator, '08-connected');
    await mira.getByText('Reading and restoring are approved.').waitFor();
  });

  step('a link that was used cannot be used again', async () => {
    const stranger = await watch.person(chromium);
    await stranger.goto(link);
    await stranger.getByRole('heading', { name: 'Contoso is connected' }).waitFor();
    assert.equal(await stranger.getByRole('button').count(), 0);
    await stranger.context().close();
  });

  step('the first backup runs by itself and balances', async () => {
    await mira.getByRole('link', { name: 'Open Contoso' }).click();
    await mira.getByRole('heading', { name: 'Contoso', exact: true }).waitFor();
    await latestRun(mira).click();
    await mira.waitForURL('**/runs/**');
    await watch.shoot(mira, '09-run');
    await runEnded(mira);
    await watch.shoot(mira, '10-run-complete');
    await mira.getByRole('link', { name: 'Contoso', exact: true }).click();
    await mira.waitForURL(`**${paths.customer(tenantId)}`);
    await mira.getByRole('heading', { name: /need a look$/ }).waitFor();
    await watch.shoot(mira, '11-customer');
    await mira.goto(house.portalUrl + paths.customerConnection(tenantId));
    await mira.getByText('The list of users was read').first().waitFor();
    await watch.shoot(mira, '11-connection');
    await mira.goto(house.portalUrl + paths.home());
    await mira.getByText('mailboxes within target').waitFor();
    await watch.shoot(mira, '11-tonight');
    await mira.goto(house.portalUrl + paths.coverage({ show: 'all' }));
    await mira.getByRole('grid').waitFor();
    await watch.shoot(mira, '11-coverage');
    await mira.goto(house.portalUrl + paths.customerMailboxes(tenantId));
    await mira.getByRole('heading', { name: /^\d+ mailboxes$/ }).waitFor();
  });

  step('the folders of a mailbox work from the keyboard', async () => {
    const row = mira.getByRole('row').filter({ hasText: /good/ }).filter({ hasText: /user/ });
    const name = row.first().getByRole('link');
    mailbox.name = (await name.textContent())!;
    await name.click();
    await mira.waitForURL('**/mailboxes/**');
    mailbox.id = /mailboxes\/([0-9a-f-]{36})/.exec(mira.url())![1]!;
    const current = mira.getByRole('treeitem', { selected: true });
    await current.focus();
    await mira.keyboard.press('ArrowDown');
    const next = mira.locator('[role=treeitem]:focus');
    assert.equal(await next.getAttribute('aria-selected'), 'false');
    await mira.keyboard.press('Enter');
    await mira.waitForURL('**folder=**');
    await mira.getByRole('treeitem', { name: /^Inbox/ }).click();
    await mira.getByRole('list', { name: /^Items in Inbox/ }).waitFor();
  });

  step('a message opens as text, and nothing of it is in the address or title', async () => {
    const item = mira
      .getByRole('list', { name: /^Items in/ })
      .getByRole('link')
      .first();
    await item.click();
    await mira.waitForURL('**item=**');
    await mira.locator('article pre').waitFor();
    const place = new URL(mira.url()).searchParams;
    const shown = await listItems(ctx, {
      tenantId,
      mailboxId: mailbox.id,
      sequence: 1,
      folderId: place.get('folder')!,
      limit: 200,
    });
    const found = shown.items.find(({ id }) => id === place.get('item'))!;
    opened = { ...found, folder: place.get('folder')! };
    assert.equal(await mira.locator('article h2').textContent(), opened.subject);
    assert.ok(!decodeURIComponent(mira.url()).includes(opened.subject));
    assert.ok(!(await mira.title()).includes(opened.subject));
    await watch.shoot(mira, '12-mailbox');
  });

  step('after it was deleted, a second backup shows the message as gone', async () => {
    await deleteForGood();
    await mira.getByRole('link', { name: 'Contoso', exact: true }).first().click();
    await mira.getByRole('button', { name: 'Back up now' }).click();
    await mira.waitForURL('**/runs/**');
    await runEnded(mira);
    await mira.goto(mailboxUrl({ folder: opened.folder }));
    await mira.getByRole('list', { name: /^Items in/ }).waitFor();
    assert.equal(await rowOf(opened.id).count(), 0);
    await mira.getByRole('link', { name: 'Earlier copy' }).click();
    await rowOf(opened.id).getByText('gone').waitFor();
    await watch.shoot(mira, '13-mailbox-earlier');
  });

  step('it is put back: a plan first, then the restore, read back and compared', async () => {
    await rowOf(opened.id).getByRole('checkbox').check();
    await mira.getByRole('button', { name: 'Restore 1 item' }).first().click();
    await mira.getByRole('button', { name: 'Go on: where to' }).click();
    await mira.getByRole('button', { name: 'Make the plan' }).waitFor();
    await watch.shoot(mira, '14-restore-where');
    await mira.getByRole('button', { name: 'Make the plan' }).click();
    await mira.getByText('1 item will be written. Nothing has been written yet.').waitFor();
    await watch.shoot(mira, '15-restore-plan');
    await mira.getByRole('button', { name: `Restore 1 item into ${mailbox.name}` }).click();
    await mira.getByText('1 item is back and read back.').waitFor({ timeout: 60_000 });
    await watch.shoot(mira, '16-restore-done');
    const back = (await survey()).messages.filter(({ subject }) => subject === opened.subject);
    assert.ok(back.length > 0, 'the message is in the mailbox again');
  });

  step('two more go into a new folder of their own', async () => {
    await mira.goto(mailboxUrl({ folder: opened.folder }));
    await pick(2);
    await mira.getByRole('button', { name: 'Restore 2 items' }).first().click();
    await mira.getByRole('button', { name: 'Go on: where to' }).click();
    await mira.getByLabel('A new folder in this mailbox').check();
    await mira.getByLabel('Name of the folder').fill('Back from the vault');
    await mira.getByRole('button', { name: 'Make the plan' }).click();
    await mira.getByText('2 items will be written. Nothing has been written yet.').waitFor();
    await mira.getByRole('button', { name: `Restore 2 items into ${mailbox.name}` }).click();
    await mira.getByText('2 items are back and read back.').waitFor({ timeout: 60_000 });
    await mira.getByText('the new folder “Back from the vault”').waitFor();
    const { messages } = await survey();
    const there = messages.filter((message) => message.folder.startsWith('Back from the vault'));
    assert.equal(there.length, 2);
  });

  step(
    'a selection is downloaded, and its files are what the manifest and the mailbox say',
    async () => {
      await mira.goto(mailboxUrl({ folder: opened.folder }));
      await pick(2);
      await mira.getByRole('button', { name: 'Download 2' }).first().click();
      await watch.shoot(mira, '17-download-what');
      await mira.getByRole('button', { name: 'Make the ZIP' }).click();
      await mira.waitForURL('**/exports/**');
      await mira.getByText('2 items are in the ZIP.').waitFor();
      await watch.shoot(mira, '18-download');
      const link = mira.getByRole('link', { name: /^Download ZIP/ });
      const [download] = await Promise.all([mira.waitForEvent('download'), link.click()]);
      assert.match(download.suggestedFilename(), /^holdfast-export-[0-9a-f]{8}\.zip$/);
      const zip = await readFile(await download.path());
      await mira.getByText(sha256(zip)).waitFor();

      const files = unzip(zip);
      const manifest = JSON.parse(files.get('manifest.json')!.toString('utf8'));
      const listed: { path: string; sha256: string }[] = manifest.files;
      assert.deepEqual(
        [...files.keys()].sort(),
        [...listed.map(({ path }) => path), 'manifest.json'].sort(),
      );
      assert.equal(listed.length, 2);
      const atSource = new Set((await survey()).messages.map((message) => message.sha256));
      for (const file of listed) {
        assert.equal(sha256(files.get(file.path)!), file.sha256);
        assert.ok(atSource.has(file.sha256), `${file.path} is byte for byte what the mailbox has`);
      }

      const address = `${house.portalUrl}${await link.getAttribute('href')}`;
      const headers = (await mira.context().request.get(address)).headers();
      assert.equal(headers['content-type'], 'application/zip');
      assert.match(headers['content-disposition']!, /^attachment; filename="holdfast-export-/);
      assert.equal(headers['cache-control'], 'no-store');
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal((await fetch(address)).status, 401);
      const events = await listAudit(ctx, { tenantId });
      assert.equal(events.filter(({ action }) => action === 'export.download').length, 2);
    },
  );

  step('a ZIP whose day is over is not given out, and can be made again', async () => {
    const exportId = mira.url().split('/').at(-1)!;
    const key = { mspId: ctx.mspId, tenantId, exportId };
    const expiresAt = addMs(ctx.clock.now(), -1);
    await withScope(catalogue, key, (tx) => updateExport(tx, key, { expiresAt }));
    const late = await mira
      .context()
      .request.get(house.portalUrl + paths.exportFile(tenantId, exportId));
    assert.equal(late.status(), 410);
    assert.match(await late.text(), /no longer kept/);
    await mira.reload();
    await mira.getByText('This ZIP is no longer kept').waitFor();
    await watch.shoot(mira, '19-download-expired');
    await mira.getByRole('button', { name: 'Make it again' }).click();
    await mira.getByText('2 items are in the ZIP.').waitFor();
    assert.notEqual(mira.url().split('/').at(-1), exportId);
  });

  step('a run is paused, goes on and completes', async () => {
    await whileHeld(async () => {
      await backUpNow();
      await mira.getByText('3 done, 1 put off').waitFor();
      await mira.getByText('was at work on the mailbox').waitFor();
      await mira.getByRole('button', { name: 'Pause' }).click();
      await mira.getByRole('button', { name: 'Resume' }).waitFor();
      await watch.shoot(mira, '20-run-paused');
      await mira.getByRole('button', { name: 'Resume' }).click();
      await mira.getByRole('button', { name: 'Pause' }).waitFor();
    });
    await runEnded(mira);
  });

  step('a run is cancelled, and the copies before it stand', async () => {
    await whileHeld(async () => {
      await backUpNow();
      await mira.getByText('3 done, 1 put off').waitFor();
      await mira.getByRole('button', { name: 'Cancel run' }).click();
      await mira.getByText('the copies taken before stand').waitFor();
      await watch.shoot(mira, '21-run-cancelled');
    });
    await mira.goto(mailboxUrl({ folder: opened.folder }));
    await mira.getByRole('list', { name: /^Items in/ }).waitFor();
  });

  step('the lists of runs and restores lead to all of it', async () => {
    await mira.getByRole('navigation', { name: 'Sections' }).first().getByText('Restores').click();
    await mira.getByRole('heading', { name: 'Restores' }).waitFor();
    await mira.getByText('1 back').waitFor();
    await mira.getByText('2 back').waitFor();
    await mira.getByText('no longer kept').waitFor();
    await mira.getByText('ready', { exact: true }).waitFor();
    await watch.shoot(mira, '22-restores');
    await mira.getByRole('navigation', { name: 'Sections' }).first().getByText('Runs').click();
    await mira.getByRole('heading', { name: 'Runs' }).waitFor();
    await watch.shoot(mira, '23-runs');
  });

  step('what is foreign, missing or nonsense looks exactly alike', async () => {
    const ask = async (path: string) => {
      const answer = await mira.context().request.get(`${house.portalUrl}${path}`);
      return { status: answer.status(), type: answer.headers()['content-type'] };
    };
    const foreign = '00000000-0000-7000-8000-000000000000';
    for (const id of [foreign, 'nonsense', "'--"]) {
      for (const path of [
        paths.customer(id),
        paths.customerConnecting(id),
        paths.mailbox(tenantId, id),
        paths.run(tenantId, id),
        paths.run(id, foreign),
        paths.restore(tenantId, id),
        paths.runProgress(tenantId, id),
        paths.restoreProgress(tenantId, id),
        paths.export(tenantId, id),
        paths.exportProgress(tenantId, id),
      ]) {
        const { status, type } = await ask(path);
        assert.equal(status, 404, path);
        assert.match(type!, path.startsWith('/api/') ? /json/ : /html/);
      }
    }
    assert.equal((await ask(paths.mailbox(tenantId, mailbox.id, { at: 999 }))).status, 200);
  });

  step('headers close the pages to everything that is not theirs', async () => {
    const answer = await fetch(`${house.portalUrl}/sign-in`);
    const policy = answer.headers.get('content-security-policy')!;
    assert.match(policy, /script-src 'self' 'nonce-[\w-]{43}' 'strict-dynamic'/);
    // One style of React's streaming, by its hash; nothing else that is called unsafe.
    const hash = createHash('sha256').update('display:none').digest('base64');
    const hidden = `style-src-attr 'unsafe-hashes' 'sha256-${hash}'`;
    assert.ok(policy.includes(`${hidden};`));
    assert.ok(!policy.replace(hidden, '').includes('unsafe'));
    assert.ok(policy.includes("frame-ancestors 'none'"));
    assert.equal(answer.headers.get('x-frame-options'), 'DENY');
    assert.ok(policy.includes(`form-action 'self' ${house.standIn!.loginUrl}`));
    assert.equal(answer.headers.get('x-powered-by'), null);
    assert.match(answer.headers.get('cache-control')!, /no-store/);
    const again = await fetch(`${house.portalUrl}/sign-in`);
    assert.notEqual(again.headers.get('content-security-policy'), policy);
    const stranger = await fetch(`${house.portalUrl}${paths.customerProgress(tenantId)}`);
    assert.equal(stranger.status, 401);
    assert.deepEqual(await (await fetch(`${house.portalUrl}/api/health`)).json(), { ok: true });
  });

  step('the watch of this story notices what it is there for', async () => {
    await mira.evaluate(() => {
      document.body.insertAdjacentHTML('beforeend', '<p style="color: red">styled</p>');
      const script = document.createElement('script');
      script.textContent = 'document.title = "taken over"';
      document.body.insertAdjacentHTML('beforeend', script.outerHTML);
      console.error('an error');
    });
    const seen = watch.offences.splice(0).join('\n');
    assert.match(seen, /inline style/);
    assert.match(seen, /an error/);
    assert.doesNotMatch(await mira.title(), /taken over/);
  });

  step('an account that nobody invited sees nothing', async () => {
    await administrator.goto(`${house.portalUrl}/customers`);
    await administrator.getByText('nobody has invited this account').waitFor();
  });

  step('after signing out the pages are closed', async () => {
    await mira.getByRole('button', { name: /^Account of/ }).click();
    await mira.getByRole('button', { name: 'Sign out' }).click();
    await mira.getByText('You are signed out').waitFor();
    await mira.goto(`${house.portalUrl}/customers/${tenantId}`);
    await mira.waitForURL('**/sign-in');
  });

  const contoso = () => tenantNamed(house.standIn!, 'Contoso');
  const administratorName = () => {
    const account = contoso().accounts.find(({ role }) => /admin/i.test(String(role ?? '')));
    return new RegExp(account!.name);
  };
  const rowOf = (itemId: string): Locator =>
    mira.getByRole('listitem').filter({ has: mira.locator(`input[value="${itemId}"]`) });
  const pick = async (count: number) => {
    const boxes = mira.getByRole('list', { name: /^Items in/ }).getByRole('checkbox');
    for (let index = 0; index < count; index++) await boxes.nth(index).check();
  };
  const backUpNow = async () => {
    await mira.goto(house.portalUrl + paths.customer(tenantId));
    await mira.getByRole('button', { name: 'Back up now' }).click();
    await mira.waitForURL('**/runs/**');
  };
  /** While somebody else holds one of the mailboxes, a run can be paused but never be over. */
  const whileHeld = async (act: () => Promise<void>): Promise<void> => {
    const request = { tenantId, mailboxId: mailbox.id, owner: 'story', leaseMs: 3_000 };
    for (;;) {
      const lease = await withLease({ ...ctx, db: catalogue }, request, act);
      if (lease.held) return;
      await sleep(lease.waitMs);
    }
  };
  const mailboxUrl = (place: Record<string, string>) =>
    `${house.portalUrl}/customers/${tenantId}/mailboxes/${mailbox.id}?${new URLSearchParams(place)}`;
  const helpdesk = () => new Helpdesk(house.standIn!, contoso().tid);
  const survey = async () => {
    const user = (await helpdesk().users()).find(({ name }) => name === mailbox.name)!;
    return helpdesk().survey(user);
  };
  /** As a retention rule of the customer would: nothing stays behind, not even in the bin. */
  const deleteForGood = async () => {
    const { loginUrl, graphUrl, apps } = house.standIn!;
    const user = (await helpdesk().users()).find(({ name }) => name === mailbox.name)!;
    const answer = await fetch(`${loginUrl}/${contoso().tid}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: apps.helpdesk.clientId,
        client_secret: apps.helpdesk.clientSecret!,
        grant_type: 'client_credentials',
        scope: `${graphUrl}/.default`,
      }),
    });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    const gone = await fetch(
      `${graphUrl}/v1.0/users/${user.id}/messages/${opened.key}/permanentDelete`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, prefer: 'IdType="ImmutableId"' },
      },
    );
    assert.equal(gone.status, 204);
  };
});

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function chooseAccount(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('button', { name }).click();
}

function latestRun(page: Page): Locator {
  return page
    .locator('section', { hasText: 'Latest runs' })
    .getByRole('listitem')
    .first()
    .getByRole('link');
}

/** The run says by itself, live, that it is complete, and has nothing open. */
async function runEnded(page: Page): Promise<void> {
  await page.getByText(/^complete in /).waitFor({ timeout: 120_000 });
  const open = page.locator('dl div', { hasText: /^open/ }).locator('dd');
  assert.equal(await open.textContent(), '0');
}
