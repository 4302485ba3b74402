import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { operations } from '#app/api/v1/_operations/table.ts';
import { paths } from '#app/paths.ts';
import { keyScopes } from '#lib/auth/roles.ts';
import { tenantNamed } from '#lib/launch/demo-customer.ts';
import { unzip } from '#test/kit/zip.ts';
import { launchBrowser, Watch } from '#test/stories/browser.ts';
import { type Ids, sampleCall } from './calls.ts';
import { assertPromised, problemKind, sender } from './desk.ts';
import { knownIds, until } from './known-ids.ts';
import { findSchemathesis, runSchemathesis } from './schemathesis.ts';
import { openWholeHouse, type WholeHouse } from './whole-house.ts';

/** The API as a program meets it: over HTTP, with a key, against the whole product. */

const browser = await launchBrowser();
if (browser === null) process.stderr.write('NO BROWSER: the page of keys was not tried.\n');
const schemathesis = findSchemathesis();
if (schemathesis === null) {
  process.stderr.write(
    'NO SCHEMATHESIS: test/api/fuzz.test.ts alone makes requests of the document.\n',
  );
}

describe('the API over HTTP', () => {
  let whole: WholeHouse;
  let ids: Ids;

  before(async () => {
    whole = await openWholeHouse();
    ids = (await knownIds(whole.send, whole.tenantId)) as unknown as Ids;
  });
  after(async () => {
    await browser?.close();
    await whole?.close();
  });

  for (const operation of operations) {
    it(`${operation.id}: ${operation.method} ${operation.path}`, async () => {
      const { path, sent } = sampleCall(operation, ids);
      const answer = await whole.send(path, sent);
      assertPromised(operation, answer);
      // What ends a thing may meet one that has ended already.
      const mayHaveEnded = /^(cancel|start)R/.test(operation.id);
      // Nobody pays in this house, so there is no account to make a statement of.
      const hasNoAccount = operation.id.endsWith('Statement');
      assert.ok(
        answer.status === operation.status ||
          (mayHaveEnded && answer.status === 409) ||
          (hasNoAccount && answer.status === 404),
        `${answer.status} ${JSON.stringify(answer.body)}`,
      );
    });
  }

  it('puts a message back: plan, look, start, read back', async () => {
    const { send } = whole;
    const customer = `/customers/${ids.customerId}`;
    const { mailboxId, snapshot, itemId } = ids;
    const planned = await send(`${customer}/restores`, {
      body: {
        ...{ mailboxId, snapshot, selection: { kind: 'items', itemIds: [itemId] } },
        destination: { kind: 'folder', name: 'Put back by a program' },
        collisions: 'copy',
      },
      headers: { 'idempotency-key': 'put-back-1' },
    });
    assert.equal(planned.status, 202);
    const location = planned.headers.get('location')!.replace('/api/v1', '');
    const looked = await until(
      () => send(location),
      ({ body }) => body.state === 'planned',
    );
    assert.equal(looked.body.plan.write, 1);
    assert.equal((await send(`${location}/start`, { method: 'POST' })).status, 202);
    const done = await until(
      () => send(location),
      ({ body }) => ['done', 'failed', 'cancelled'].includes(body.state),
    );
    assert.deepEqual([done.body.state, done.body.counts.verified], ['done', 1]);
    const items = await send(`${location}/items`);
    assert.deepEqual(
      items.body.items.map((it: { state: string }) => it.state),
      ['verified'],
    );
  });

  it('hands out an archive whole, and the audit log names the key', async () => {
    const { send } = whole;
    const place = `/customers/${ids.customerId}/exports/${ids.exportId}`;
    const { body } = await send(`${place}/archive`);
    assert.ok([...unzip(body).keys()].includes('manifest.json'));
    const log = await send(`/audit?customer=${ids.customerId}&group=restores`);
    const entry = log.body.items.find((it: { action: string }) => it.action === 'export.download');
    assert.equal(entry.actorKind, 'key');
    assert.match(entry.actor, /^key:/);
  });

  it('answers in its own words even where the server never asks it', async () => {
    const url = `${whole.house.portalUrl}/api/v1`;
    const document = await fetch(`${url}/openapi.json`);
    assert.equal(((await document.json()) as { openapi: string }).openapi, '3.1.0');
    assert.match(document.headers.get('cache-control')!, /no-store/);
    assert.equal(
      problemKind(await sender(fetch, whole.house.portalUrl)('/customers')),
      'unauthenticated',
    );
    assert.equal(problemKind(await whole.send('/nothing/here')), 'not-found');
    const large = {
      raw: 'x'.repeat(11 * 1024 * 1024),
      headers: { 'content-type': 'application/json' },
    };
    assert.equal(problemKind(await whole.send(`/customers`, large)), 'too-large');
    const cookies = {
      headers: { cookie: 'next-auth.session-token=x', origin: 'https://elsewhere.example' },
    };
    assert.equal((await sender(fetch, whole.house.portalUrl)('/customers', cookies)).status, 401);
  });

  it('schemathesis finds nothing in a short run', { skip: schemathesis === null }, async () => {
    const { code, output, requests } = await runSchemathesis({
      program: schemathesis!,
      url: `${whole.house.portalUrl}/api/v1`,
      secret: whole.secret,
      known: await knownIds(whole.send, whole.tenantId),
      seconds: 45,
    });
    assert.equal(code, 0, output.slice(-6000));
    assert.ok(requests > 100, `${requests} requests`);
  });

  it('people make a key in the portal, use it, and end it', {
    skip: browser === null,
  }, async () => {
    const { portalUrl } = whole.house;
    const watch = new Watch(portalUrl);
    const mira = await watch.person(browser as Browser);
    await signIn(mira, portalUrl, /Mira Keller/);
    await mira.goto(portalUrl + paths.keys());
    await mira.getByRole('heading', { name: /^Keys/ }).waitFor();
    await mira.getByRole('button', { name: 'Create key' }).click();
    const dialog = mira.getByRole('dialog', { name: 'Create a key' });
    await dialog.getByLabel('Name').fill('Monthly report');
    await dialog.getByLabel('Only these').check();
    // By its id: a run of schemathesis before this adds customers, some of the same name.
    await dialog.locator(`input[value="${whole.tenantId}"]`).check();
    await watch.shoot(mira, '40-key-create');
    await dialog.getByRole('button', { name: 'Create key' }).click();
    const secret = (await mira.getByTestId('api-key').textContent())!.trim();
    await watch.shoot(mira, '41-key-made');
    const send = sender(fetch, portalUrl, secret);
    assert.equal((await send('/customers')).body.items[0].name, 'Contoso');
    assert.equal((await send('/audit')).status, 403);
    await mira.getByRole('button', { name: 'I have it' }).click();
    await mira.reload();
    const row = mira.getByRole('row', { name: /Monthly report/ });
    await row.getByRole('cell', { name: `2 of ${keyScopes.length} scopes` }).waitFor();
    assert.ok(!(await mira.content()).includes(secret), 'the secret is shown once');
    await watch.shoot(mira, '42-keys');
    await row.getByRole('button', { name: 'Revoke Monthly report' }).click();
    await watch.shoot(mira, '43-key-revoke');
    await mira.getByRole('button', { name: 'Revoke key' }).click();
    await row.getByText('revoked', { exact: true }).waitFor();
    assert.equal((await send('/customers')).status, 401);
    await mira.goto(portalUrl + paths.apiDocs());
    await mira.getByRole('heading', { name: 'Holdfast API, version 1' }).waitFor();
    await watch.shoot(mira, '44-api-docs');
    const technician = tenantNamed(whole.house.standIn!, 'Northwind').accounts[1]!;
    const other = await watch.person(browser as Browser);
    await signIn(other, portalUrl, new RegExp(technician.name));
    await other.goto(portalUrl + paths.keys());
    await other.getByText('Your role, technician, may not manage API keys.').first().waitFor();
    await watch.shoot(other, '45-keys-not-yours');
    assert.deepEqual(watch.offences, []);
  });
});

async function signIn(page: Page, portalUrl: string, name: RegExp): Promise<void> {
  await page.goto(portalUrl);
  await page.waitForURL('**/sign-in');
  await page.getByRole('button', { name: 'Continue with Microsoft' }).click();
  await page.getByRole('button', { name }).click();
  await page.waitForURL(
    (url) => url.href.startsWith(portalUrl) && !url.pathname.includes('sign-in'),
  );
}
