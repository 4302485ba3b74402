import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page, Request } from 'playwright-core';
import type { OwnersBrowser } from './frame.ts';

/** Pages that hear of changes, and such as cannot. */
export function livePage(owner: OwnersBrowser): void {
  it('a page hears of a change and draws itself anew', async () => {
    const { frame, page } = owner;
    const { waitingId } = frame.house.facts;
    await page.goto(`${frame.origin}/customers/${waitingId}/connecting`);
    const second = await page.context().newPage();
    await second.goto(`${frame.origin}/customers/${waitingId}/connecting`);
    const signedIn = page.getByText('at Microsoft, with a work account');
    assert.equal(await signedIn.count(), 0);
    await frame.sql`update connect_links set opened_at = now(), step = 'signed-in'
        where tenant_id = ${waitingId}`;
    await signedIn.waitFor();
    await second.getByText('at Microsoft, with a work account').waitFor();
    await second.close();
    const [{ count }] = (await frame.sql`select count(*)::int as count from pg_stat_activity
        where application_name = 'holdfast live'`) as unknown as [{ count: number }];
    assert.equal(count, 1, 'one listening connection a process');
  });

  it('a page that hears of changes asks when it is told, and every five minutes', async () => {
    const { waitingId } = owner.frame.house.facts;
    await using told = await openAsking(owner);
    // It asks on until its line stands.
    while ((await told.asksInMinute()) > 2) {}
    // One may be told of something else meanwhile; one that asks on comes to dozens.
    const asked = await told.asksInMinute();
    assert.ok(asked <= 2, `${asked} times in a minute`);
    const heard = told.page.waitForRequest(isAsking);
    await owner.frame.touch(waitingId);
    await heard;
    let beats = 0;
    for (let minute = 0; minute < 7; minute++) beats += await told.asksInMinute();
    assert.ok(beats >= 1 && beats <= 7, `${beats} times in seven minutes`);
  });

  it('a page that cannot hear asks on', async () => {
    await using deaf = await openAsking(owner, 'delete globalThis.SharedWorker');
    for (let minute = 0; minute < 2; minute++) {
      const asked = await deaf.asksInMinute();
      assert.ok(asked >= 6, `${asked} times in a minute`);
    }
  });

  it('a page that is drawn anew while it loads leaves no copy of its parts', async () => {
    const { frame } = owner;
    const own = await owner.another();
    // The browser's first page: it tells its zone, and asks for the page in it.
    await own.context().clearCookies({ name: 'zone' });
    await frame.sql.begin(async (tx) => {
      await tx`lock table runs in access exclusive mode`;
      const { tenantId } = frame.house.facts;
      await own.goto(`${frame.origin}/customers/${tenantId}`, { waitUntil: 'commit' });
      await own.waitForFunction(() => document.cookie.includes('zone='));
      assert.notEqual(await own.evaluate(() => document.readyState), 'complete');
    });
    await own.waitForLoadState('load');
    // The page drawn anew has come whole: an entry is written at the end of an answer.
    await own.waitForFunction(() =>
      performance.getEntriesByType('resource').some(({ name }) => name.includes('_rsc=')),
    );
    await own.getByRole('heading', { name: 'Latest runs' }).waitFor();
    const copies = own.locator('body > [hidden]').filter({ hasText: /\S/ });
    // React takes away what it has hidden a moment after it has drawn the page; what stays fails here.
    await copies.first().waitFor({ state: 'detached' });
    assert.equal(await own.locator('h2', { hasText: 'Latest runs' }).count(), 1);
    await own.context().close();
  });
}

const isAsking = (request: Request) => request.url().includes('/api/progress/');

interface AskingPage {
  page: Page;
  /** How often it asks while a minute of its own clock goes by; each question is answered first. */
  asksInMinute(): Promise<number>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A customer that is connecting, whose page asks often, under a clock that the test turns. */
async function openAsking(owner: OwnersBrowser, script = ''): Promise<AskingPage> {
  const { frame } = owner;
  const page = await owner.another();
  await page.addInitScript(script);
  await page.clock.install();
  let asked = 0;
  let answered = 0;
  page.on('request', (request) => {
    if (isAsking(request)) asked++;
  });
  page.on('response', (response) => {
    if (isAsking(response.request())) answered++;
  });
  await page.goto(`${frame.origin}/customers/${frame.house.facts.waitingId}/connecting`);
  return {
    page,
    async asksInMinute() {
      const before = asked;
      for (let turn = 0; turn < 12; turn++) {
        await page.clock.runFor(5_000);
        while (answered < asked) await page.waitForEvent('response');
        // What came is read by now, and what follows of it is set.
        await page.evaluate(() => fetch('/live-worker.js'));
      }
      return asked - before;
    },
    [Symbol.asyncDispose]: () => page.context().close(),
  };
}
