import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page, Request } from 'playwright-core';
import postgres from 'postgres';
import { newId } from '#lib/core/ids.ts';
import { projectFolder } from '#lib/launch/project.ts';
import { type FurnishedHouse, startFurnishedHouse } from '#test/kit/furnished-house.ts';
import { beginSession, type TestSession, wear } from '#test/kit/session.ts';
import { launchBrowser, Watch } from '#test/stories/browser.ts';

/**
 * The frame around every page against the whole product: what headers close, where mutations may come
 * from, who hears of changes and for how long, and the portal without a mouse.
 */

const browser = await launchBrowser();
if (browser === null) {
  process.stderr.write(
    'NO BROWSER: the keyboard was not tried. Name a Chromium in CHROMIUM_PATH.\n',
  );
}

describe('the frame', () => {
  let it_: FurnishedHouse;
  let sql: postgres.Sql;
  let origin: string;

  before(async () => {
    it_ = await startFurnishedHouse();
    origin = it_.house.portalUrl;
    sql = postgres(it_.house.ownerUrl, { max: 2, onnotice: () => {} });
  });

  after(async () => {
    await browser?.close();
    await sql?.end({ timeout: 5 });
    await it_?.stop();
  });

  const ask = (path: string, session?: TestSession, init: RequestInit = {}) =>
    fetch(origin + path, {
      redirect: 'manual',
      ...init,
      headers: { ...(session ? { cookie: session.cookie } : {}), ...init.headers },
    });

  describe('headers', () => {
    it('keep everything private out of every cache and every other site', async () => {
      const { facts, sessions } = it_;
      const strangers = newId();
      for (const path of [
        '/',
        '/sign-in',
        '/customers',
        `/customers/${facts.tenantId}`,
        `/customers/${strangers}`,
        '/nowhere',
        `/api/progress/customers/${facts.tenantId}`,
        `/api/progress/customers/${strangers}`,
        `/api/exports/${facts.tenantId}/${facts.exportId}`,
        '/api/auth/session',
        '/api/auth/csrf',
        '/live-worker.js',
      ]) {
        const answer = await ask(path, sessions.owner);
        const header = (name: string) => answer.headers.get(name) ?? '';
        await answer.body?.cancel();
        assert.match(header('cache-control'), /no-store/, path);
        assert.equal(header('x-content-type-options'), 'nosniff', path);
        assert.equal(header('x-frame-options'), 'DENY', path);
        assert.equal(header('referrer-policy'), 'same-origin', path);
        assert.equal(header('x-powered-by'), '', path);
        const policy = header('content-security-policy');
        assert.doesNotMatch(policy, /'unsafe-(?!hashes')/, path);
        // One style of React's by its hash, and nothing that runs.
        assert.doesNotMatch(policy.replace(/style-src-attr [^;]*/, ''), /unsafe/, path);
        for (const part of [
          "default-src 'none'",
          "worker-src 'self'",
          "frame-ancestors 'none'",
          "base-uri 'none'",
          "object-src 'none'",
        ]) {
          assert.ok(policy.includes(part), `${path} lacks ${part}`);
        }
      }
    });

    it('a part of a page that fails says so, and the rest of the page stands', async () => {
      const { facts, sessions } = it_;
      const look = async (path: string) => {
        const answer = await ask(path, sessions.owner);
        return { status: answer.status, text: await answer.text() };
      };
      const failed = /The ([\w ]+) did not load\. Backups are not affected\./g;
      const partsOf = (text: string) => [...text.matchAll(failed)].map(([, what]) => what);
      await sql`revoke select on runs from app_user`;
      try {
        const home = await look('/');
        assert.equal(home.status, 200);
        assert.deepEqual(new Set(partsOf(home.text)), new Set(['night']));
        assert.match(home.text, /mailboxes within target/);
        assert.match(home.text, /Reference(?:<!-- -->)? ?[0-9A-Z]{8}/);
        const customer = await look(`/customers/${facts.tenantId}`);
        assert.equal(customer.status, 200);
        assert.deepEqual(
          new Set(partsOf(customer.text)),
          new Set(['last 30 days', 'list of runs']),
        );
        assert.match(customer.text, /Contoso/);
        assert.equal((await look(`/customers/${newId()}`)).status, 404);
      } finally {
        await sql`grant select on runs to app_user`;
      }
      assert.deepEqual(partsOf((await look('/')).text), []);
    });

    it('a page that is not there says so, and that one may have no access to it', async () => {
      for (const path of ['/nowhere', `/customers/${newId()}`]) {
        const answer = await ask(path, it_.sessions.owner);
        assert.equal(answer.status, 404, path);
        assert.match(
          await answer.text(),
          /That page does not exist, or you have no access to it/,
          path,
        );
      }
    });
  });

  describe('mutations', () => {
    /**
     * Every route that takes something and looks at a cookie. The API is opened by a key, the webhook by
     * a signature.
     */
    const taking = globSync('app/**/route.ts', { cwd: projectFolder })
      .filter((file) => !file.startsWith('app/api/v1/') && !file.startsWith('app/api/webhooks/'))
      .filter((file) =>
        /export (?:async )?(?:function|const) (?:POST|PUT|PATCH|DELETE)|as POST|, POST|POST \}/.test(
          readFileSync(join(projectFolder, file), 'utf8'),
        ),
      )
      .map((file) => `/${file.split('/').slice(1, -1).join('/')}`);

    it('are known to this test', () => {
      assert.ok(taking.includes('/api/palette'), taking.join(', '));
      assert.ok(taking.includes('/api/auth/[...nextauth]'), taking.join(', '));
    });

    it('from another origin, or from none, are refused before anything is read', async () => {
      const paths = [
        ...taking.map((path) => path.replace(/\[[^\]]+\]/g, newId())),
        '/api/auth/signout',
        '/customers',
        `/customers/${it_.facts.tenantId}`,
      ];
      for (const path of paths) {
        for (const from of ['https://elsewhere.example', 'null', undefined]) {
          for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
            const answer = await ask(path, it_.sessions.owner, {
              method,
              headers: {
                'content-type': 'application/json',
                'next-action': 'x'.repeat(42),
                ...(from ? { origin: from } : {}),
              },
              body: '{}',
            });
            assert.equal(answer.status, 403, `${method} ${path} from ${from}`);
          }
        }
      }
      // No cookie opens the webhook, and without a signature nothing of a body is believed.
      const forged = await ask('/api/webhooks/stripe', it_.sessions.owner, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: 'https://elsewhere.example' },
        body: JSON.stringify({ id: 'evt_1', type: 'invoice.paid', data: { object: {} } }),
      });
      assert.equal(forged.status, 400, 'the webhook');
      const still = await ask('/customers', it_.sessions.owner);
      await still.body?.cancel();
      assert.equal(still.status, 200, 'nobody was signed out');
    });
  });

  describe('the palette', () => {
    const find = (body: unknown, session: TestSession | undefined, type = 'application/json') =>
      ask('/api/palette', session, {
        method: 'POST',
        headers: { origin, 'content-type': type },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });

    it('finds customers, mailboxes and runs by name', async () => {
      const answer = await find({ words: 'conto' }, it_.sessions.owner);
      assert.equal(answer.status, 200);
      const found = (await answer.json()) as {
        customers: { name: string }[];
        runs: { runId: string }[];
      };
      assert.deepEqual(
        found.customers.map(({ name }) => name),
        ['Contoso'],
      );
      assert.ok(found.runs.some(({ runId }) => runId === it_.facts.runId));
    });

    it('takes signs of patterns as letters', async () => {
      for (const words of ['%%', '__', '\\\\', "'; --"]) {
        const answer = await find({ words }, it_.sessions.owner);
        const found = (await answer.json()) as Record<string, unknown[]>;
        assert.deepEqual([found.customers, found.mailboxes], [[], []], words);
      }
    });

    it('knows nothing of another MSP, nor for people of a customer or nobody', async () => {
      const other = await otherMsp();
      const theirs = (await (await find({ words: 'conto' }, other.session)).json()) as {
        customers: { tenantId: string }[];
        mailboxes: unknown[];
        runs: unknown[];
      };
      assert.deepEqual(
        theirs.customers.map(({ tenantId }) => tenantId),
        [other.tenantId],
      );
      assert.deepEqual([theirs.mailboxes, theirs.runs], [[], []]);
      const foreign = await find({ words: '', tenantId: it_.facts.tenantId }, other.session);
      const missing = await find({ words: '', tenantId: newId() }, other.session);
      assert.deepEqual([foreign.status, missing.status], [404, 404]);
      assert.equal(await foreign.text(), await missing.text());
      assert.equal((await find({ words: 'conto' }, it_.sessions['mailbox-owner'])).status, 404);
      assert.equal((await find({ words: 'conto' }, undefined)).status, 401);
    });

    it('shows assigned staff their customers alone', async () => {
      const assigned = await staff('technician', [it_.facts.waitingId]);
      const words = await (await find({ words: 'fabri' }, assigned)).json();
      assert.equal((words as { customers: unknown[] }).customers.length, 1);
      const none = await (await find({ words: 'conto' }, assigned)).json();
      assert.deepEqual((none as { customers: unknown[] }).customers, []);
      assert.deepEqual((none as { runs: unknown[] }).runs, []);
    });

    it('refuses what no page of ours sends', async () => {
      const { owner } = it_.sessions;
      for (const [body, type] of [
        ['{', 'application/json'],
        ['"x"', 'application/json'],
        [{ words: 7 }, 'application/json'],
        [{ words: 'x', more: true }, 'application/json'],
        [{ words: 'x'.repeat(81) }, 'application/json'],
        [{ words: 'x'.repeat(20_000) }, 'application/json'],
        [{ words: 'x' }, 'text/plain'],
      ] as const) {
        assert.equal(
          (await find(body, owner, type)).status,
          400,
          JSON.stringify(body).slice(0, 60),
        );
      }
    });
  });

  describe('the live stream', () => {
    it('is for those who are signed in', async () => {
      const answer = await ask('/api/live');
      assert.equal(answer.status, 401);
    });

    it('tells ids of one MSP to its staff, and nothing of another', async () => {
      const other = await otherMsp();
      await using mine = await openStream(it_.sessions.owner);
      await using theirs = await openStream(other.session);
      await touch(it_.facts.waitingId);
      await touch(other.tenantId);
      await mine.hears(it_.facts.waitingId);
      await theirs.hears(other.tenantId);
      assert.ok(!mine.text().includes(other.tenantId));
      assert.ok(!theirs.text().includes(it_.facts.waitingId));
      assert.ok(!mine.text().includes('Fabrikam'), 'ids only');
    });

    it('tells assigned staff of their customers alone, and an owner of a mailbox of none', async () => {
      const assigned = await staff('technician', [it_.facts.waitingId]);
      await using some = await openStream(assigned);
      await using owner = await openStream(it_.sessions['mailbox-owner']);
      await touch(it_.facts.tenantId);
      await touch(it_.facts.waitingId);
      await some.hears(it_.facts.waitingId);
      assert.ok(!some.text().includes(it_.facts.tenantId));
      // Of their own mailbox they do hear, so what came before and was not heard was not for them.
      await sql`update restores set state = state where id = ${it_.facts.restoredId}`;
      await owner.hears(it_.facts.restoredId);
      assert.ok(!owner.text().includes('customer'));
    });

    it('ends with the session, and does not begin again', async () => {
      const session = await staff('technician', null);
      await using stream = await openStream(session);
      await sql`delete from sessions where id = ${session.sessionId}`;
      await stream.ended;
      assert.equal((await ask('/api/live', session)).status, 401);
    });

    it('ends when the member is disabled or assigned elsewhere', async () => {
      const subject = `${newId()}.${newId()}`;
      const session = await staff('technician', null, subject);
      const first = await openStream(session);
      await sql`update members set customers = ${[it_.facts.waitingId]} where subject = ${subject}`;
      await first.ended;
      await using second = await openStream(session);
      await sql`update members set disabled_at = now() where subject = ${subject}`;
      await second.ended;
      assert.equal((await ask('/api/live', session)).status, 401);
    });

    it('ends when it can be heard again after the database cut the line, and is opened anew', async () => {
      const first = await openStream(it_.sessions.owner);
      await sql`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'holdfast live'`;
      await first.says(/data: lost\n/);
      await first.ended;
      await using second = await openStream(it_.sessions.owner);
      await touch(it_.facts.waitingId);
      await second.hears(it_.facts.waitingId);
    });
  });

  describe('in a browser', { skip: browser === null }, () => {
    let watch: Watch;
    let page: Page;

    before(async () => {
      watch = new Watch(origin);
      page = await watch.person(browser as Browser);
      await wear(page.context(), origin, it_.sessions.owner);
    });

    after(async () => {
      await page?.context().close();
    });

    it('a page hears of a change and draws itself anew', async () => {
      await page.goto(`${origin}/customers/${it_.facts.waitingId}/connecting`);
      const second = await page.context().newPage();
      await second.goto(`${origin}/customers/${it_.facts.waitingId}/connecting`);
      const signedIn = page.getByText('at Microsoft, with a work account');
      assert.equal(await signedIn.count(), 0);
      await sql`update connect_links set opened_at = now(), step = 'signed-in'
        where tenant_id = ${it_.facts.waitingId}`;
      await signedIn.waitFor({ timeout: 10_000 });
      await second.getByText('at Microsoft, with a work account').waitFor();
      await second.close();
      const [{ count }] = (await sql`select count(*)::int as count from pg_stat_activity
        where application_name = 'holdfast live'`) as unknown as [{ count: number }];
      assert.equal(count, 1, 'one listening connection a process');
    });

    it('a page that hears of changes asks once in five minutes, and one that cannot hear asks on', async () => {
      const path = `/customers/${it_.facts.waitingId}/connecting`;
      const isAsking = (request: Request) => request.url().includes('/api/progress/');
      const open = async (deaf: boolean) => {
        const own = await watch.person(browser as Browser);
        await wear(own.context(), origin, it_.sessions.owner);
        if (deaf) await own.addInitScript('delete globalThis.SharedWorker');
        await own.clock.install();
        let asked = 0;
        own.on('request', (request) => {
          if (isAsking(request)) asked++;
        });
        const first = own.waitForRequest(isAsking);
        await own.goto(origin + path);
        await own.clock.runFor(2_000);
        await (await first).response();
        return { own, asked: () => asked };
      };
      const told = await open(false);
      const heard = told.own.waitForRequest(isAsking);
      await touch(it_.facts.waitingId);
      await (await heard).response();
      // What the page was told of at its beginning has been asked by now.
      await told.own.clock.runFor(5_000);
      await told.own.evaluate(() => fetch('/api/progress/fleet'));
      const before = told.asked();
      await told.own.clock.runFor(4 * 60_000);
      await told.own.evaluate(() => fetch('/api/progress/fleet'));
      // This test asked once, and what else changed in the house may be told; one that asks on is far above.
      assert.ok(told.asked() <= before + 4, `${told.asked() - before} times in four minutes`);
      const beat = told.own.waitForRequest((request) => isAsking(request));
      await told.own.clock.runFor(6 * 60_000);
      await beat;
      await told.own.context().close();

      const deaf = await open(true);
      for (let turn = 0; turn < 3; turn++) {
        const next = deaf.own.waitForRequest(isAsking);
        await deaf.own.clock.runFor(2_000);
        await (await next).response();
      }
      await deaf.own.context().close();
    });

    it('a page that is drawn anew while it loads leaves no copy of its parts', async () => {
      const own = await watch.person(browser as Browser);
      await wear(own.context(), origin, it_.sessions.owner);
      // The browser's first page: it tells its zone, and asks for the page in it.
      await own.context().clearCookies({ name: 'zone' });
      await sql.begin(async (tx) => {
        await tx`lock table runs in access exclusive mode`;
        await own.goto(`${origin}/customers/${it_.facts.tenantId}`, { waitUntil: 'commit' });
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
      assert.equal(await copies.count(), 0);
      assert.equal(await own.locator('h2', { hasText: 'Latest runs' }).count(), 1);
      await own.context().close();
    });

    it('the first Tab is the way past the sections', async () => {
      await page.goto(`${origin}/customers`);
      // What loads below its heading stands a moment after the document has.
      await page.getByRole('main').getByRole('link').first().waitFor();
      await page.keyboard.press('Tab');
      const skip = page.getByRole('link', { name: 'Skip to the page' });
      assert.ok(await skip.evaluate((link) => link === document.activeElement));
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      assert.ok(
        await page.evaluate(() => document.activeElement?.closest('main') !== null),
        'the next Tab is inside the page',
      );
    });

    it('Ctrl-K finds, the arrows choose, Enter goes there, Escape leads back', async () => {
      await page.goto(`${origin}/customers`);
      const trigger = page.getByRole('button', { name: /Customers, mailboxes, acts/ });
      await trigger.focus();
      await page.keyboard.press('Control+k');
      const field = page.getByRole('combobox', { name: 'Customer, mailbox or act' });
      await field.waitFor();
      const marked = () =>
        field.evaluate(
          (it) =>
            document.getElementById(it.getAttribute('aria-activedescendant') ?? '')?.textContent ??
            '',
        );
      assert.match(await marked(), /Add customer/, 'acts come first');
      await page.keyboard.press('Escape');
      await field.waitFor({ state: 'detached' });
      assert.ok(await trigger.evaluate((it) => it === document.activeElement));

      await page.keyboard.press('Control+k');
      await field.fill('contoso');
      const option = page.getByRole('option', { name: /^Contoso/ });
      await option.waitFor();
      for (let step = 0; step < 20 && !/^Contoso/.test(await marked()); step++) {
        await page.keyboard.press('ArrowDown');
      }
      assert.equal(await option.getAttribute('aria-selected'), 'true');
      await watch.shoot(page, 'frame-palette');
      await page.keyboard.press('Enter');
      await page.waitForURL(`**/customers/${it_.facts.tenantId}`);
      assert.ok(!page.url().includes('contoso'), 'words stand in no address');

      await page.keyboard.press('Control+k');
      await page.getByRole('button', { name: /^in Contoso/ }).waitFor();
      await page.getByRole('option', { name: 'Restore mail of Contoso' }).waitFor();
      await page.keyboard.press('Backspace');
      await page.getByRole('button', { name: /^in Contoso/ }).waitFor({ state: 'detached' });
      await page.keyboard.press('Escape');
    });

    for (const [name, path] of [
      ['Tonight', () => '/'],
      ['Customers', () => '/customers'],
      ['a customer', () => `/customers/${it_.facts.tenantId}`],
      ['a mailbox', () => `/customers/${it_.facts.tenantId}/mailboxes/${it_.facts.mailboxId}`],
      ['Runs', () => '/runs'],
      ['a run', () => `/runs/${it_.facts.tenantId}/${it_.facts.runId}`],
      ['Restores', () => '/restores'],
      ['a plan', () => `/restores/${it_.facts.tenantId}/${it_.facts.plannedId}/plan`],
    ] as const) {
      it(`Tab walks through ${name} with a ring in sight, and out of it`, async () => {
        await page.goto(origin + path());
        const seen = await walk(page);
        assert.ok(seen.length > 10, `only ${seen.length} stops`);
        assert.deepEqual(
          seen.filter(({ fault }) => fault !== null),
          [],
        );
      });
    }

    it('a time tells its UTC to the keyboard, and Escape takes it away', async () => {
      await page.goto(`${origin}/customers/${it_.facts.tenantId}`);
      const time = page.locator('main time[data-utc][tabindex="0"]').first();
      if ((await time.count()) === 0) return;
      await page.keyboard.press('Tab');
      await time.focus();
      const hint = page.getByRole('tooltip');
      await hint.waitFor();
      assert.match((await hint.textContent())!, /\d\d:\d\d UTC$/);
      await page.keyboard.press('Escape');
      await hint.waitFor({ state: 'hidden' });
    });

    it('dark by choice is drawn by the server from then on', async () => {
      await page.emulateMedia({ colorScheme: 'light' });
      await page.goto(`${origin}/customers`);
      const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const light = await ground();
      await page.getByRole('button', { name: /^Account of/ }).click();
      await page.getByText('Dark', { exact: true }).click();
      assert.notEqual(await ground(), light);
      const answer = await page.context().request.get(`${origin}/customers`);
      assert.match(await answer.text(), /<html[^>]*data-theme="dark"/);
      await page.getByText('System', { exact: true }).click();
      assert.equal(await ground(), light);
    });

    it('nothing moves for those who asked for that', async () => {
      await page.emulateMedia({ reducedMotion: 'reduce' });
      await page.goto(`${origin}/customers`);
      const longest = await page.evaluate(() =>
        Math.max(
          ...[...document.querySelectorAll('*')].flatMap((it) => {
            const { animationDuration, transitionDuration } = getComputedStyle(it);
            return [animationDuration, transitionDuration].map((text) => Number.parseFloat(text));
          }),
        ),
      );
      assert.ok(longest <= 0.001, `${longest} s`);
      await page.emulateMedia({ reducedMotion: null });
    });

    it('broke no rule of the watch', () => {
      assert.deepEqual(
        watch.offences.filter((line) => !line.includes('404 (Not Found)')),
        [],
      );
    });
  });

  /** A customer's row changes in nothing that anybody sees. */
  const touch = (tenantId: string) => sql`update tenants set name = name where id = ${tenantId}`;

  async function staff(
    role: 'technician' | 'owner',
    customers: string[] | null,
    subject = `${newId()}.${newId()}`,
    mspId = it_.mspId,
  ): Promise<TestSession> {
    await sql`insert into members (msp_id, subject, name, role, customers, enrolled_at)
      values (${mspId}, ${subject}, 'Jon', ${role}, ${customers}, now())`;
    return beginSession(it_.house.ownerUrl, { subject, name: 'Jon' });
  }

  async function otherMsp(): Promise<{ session: TestSession; tenantId: string }> {
    const [mspId, tenantId] = [newId(), newId()];
    await sql`insert into msps (id, name, created_at) values (${mspId}, 'Southwind', now())`;
    await sql`insert into tenants (id, msp_id, name, created_at)
      values (${tenantId}, ${mspId}, 'Contoso', now())`;
    return { session: await staff('owner', null, undefined, mspId), tenantId };
  }

  async function openStream(session: TestSession) {
    const stop = new AbortController();
    const answer = await ask('/api/live', session, { signal: stop.signal });
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type')!, /^text\/event-stream/);
    assert.match(answer.headers.get('cache-control')!, /no-store/);
    let text = '';
    let heard = () => {};
    const ended = (async () => {
      const decoder = new TextDecoder();
      try {
        for await (const chunk of answer.body!) {
          text += decoder.decode(chunk, { stream: true });
          heard();
        }
      } catch (err) {
        if (!stop.signal.aborted) throw err;
      }
      heard();
    })();
    const says = async (pattern: RegExp) => {
      while (!pattern.test(text)) {
        await new Promise<void>((resolve) => {
          heard = resolve;
        });
      }
    };
    await says(/data: live\n/);
    return {
      text: () => text,
      says,
      hears: (id: string) => says(new RegExp(`event: changes\\ndata: .*${id}`)),
      ended,
      [Symbol.asyncDispose]: async () => {
        stop.abort();
        await ended;
      },
    };
  }
});

/** Everything Tab stops at, once around. A fault: no ring, out of sight, or under a bar. */
async function walk(page: Page): Promise<Array<{ what: string; fault: string | null }>> {
  const stops: Array<{ what: string; fault: string | null }> = [];
  for (let step = 0; step < 400; step++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate((count) => {
      const it = document.activeElement as HTMLElement | null;
      if (it === null || it === document.body) return null;
      if (it.dataset.walked) {
        return it.dataset.walked === '0'
          ? null
          : { what: it.outerHTML.slice(0, 60), fault: 'a trap' };
      }
      it.dataset.walked = String(count);
      const label = it.matches('input') ? ((it as HTMLInputElement).labels?.[0] ?? it) : it;
      const box = label.getBoundingClientRect();
      const what = `${it.tagName.toLowerCase()} ${(it.getAttribute('aria-label') ?? it.textContent ?? '').slice(0, 60)}`;
      const rings = [it, label, it.parentElement!].map((one) => getComputedStyle(one));
      const ringed = rings.some(
        ({ outlineStyle, outlineWidth, boxShadow }) =>
          (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1) || boxShadow !== 'none',
      );
      const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1);
      const y = box.top + Math.min(box.height / 2, 20);
      const top = document.elementFromPoint(x, y);
      const covered =
        top !== null && !label.contains(top) && !top.contains(label) && !it.contains(top);
      const fault = !ringed
        ? 'no ring'
        : box.width < 1 || box.bottom < 0 || box.top > innerHeight
          ? 'out of sight'
          : covered
            ? `under ${top?.tagName} ${top?.className}`
            : null;
      return { what, fault };
    }, step);
    if (stop === null) break;
    stops.push(stop);
    if (stop.fault === 'a trap') break;
  }
  return stops;
}
