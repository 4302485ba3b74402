import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import tls from 'node:tls';
import nextAuthModule from 'next-auth';
import { authOptions, signingInPath } from '#lib/auth/nextauth.ts';
import { signedInOf } from '#lib/auth/session.ts';
import { systemClock } from '#lib/core/clock.ts';
import { silentLog } from '#lib/core/log.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { Directory } from '#test/m365/entra/directory.ts';
import { Entra } from '#test/m365/entra/entra.ts';
import { contoso, northwind, registerApps } from '#test/m365/entra/organisations.ts';
import { Reply } from '#test/m365/http/reply.ts';
import { openIdentity } from '#test/m365/tls/identity.ts';

/** Next hands the function itself, plain Node the module. */
const nextAuth = ((nextAuthModule as unknown as { default?: unknown }).default ??
  nextAuthModule) as (req: unknown, res: unknown, options: unknown) => Promise<void>;

const portalUrl = 'https://portal.example';

/** A browser: cookies, and the two things that a sign-in consists of. */
class Browser {
  readonly cookies = new Map<string, string>();
  private readonly options: (signingIn: boolean) => unknown;

  constructor(options: (signingIn: boolean) => unknown) {
    this.options = options;
  }

  async call(
    method: string,
    path: string,
    more: { query?: Record<string, string>; body?: Record<string, string> } = {},
  ): Promise<{ location: string | undefined; body: unknown }> {
    const headers = new Map<string, string | string[]>();
    let body: unknown;
    const res = {
      getHeader: (name: string) => headers.get(name.toLowerCase()),
      setHeader: (name: string, value: string | string[]) => headers.set(name.toLowerCase(), value),
      status: () => res,
      send: (value: unknown) => {
        body = value;
      },
      json: (value: unknown) => {
        body = value;
      },
      end: () => {},
    };
    const req = {
      method,
      headers: {},
      query: { ...more.query, nextauth: path.split('/') },
      cookies: Object.fromEntries(this.cookies),
      body: more.body ?? {},
    };
    await nextAuth(req, res, this.options(signingInPath(`/api/auth/${path}`)));
    for (const cookie of [headers.get('set-cookie') ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, decodeURIComponent(value));
      assert.match(cookie, /HttpOnly/i);
      assert.match(cookie, /Secure/i);
    }
    return { location: headers.get('location') as string | undefined, body };
  }

  /** Presses "Sign in with Microsoft". */
  async leave(): Promise<URL> {
    const { body } = await this.call('GET', 'csrf');
    const { csrfToken } = body as { csrfToken: string };
    const { location } = await this.call('POST', 'signin/entra', {
      body: { csrfToken, callbackUrl: `${portalUrl}/customers` },
    });
    return new URL(location!);
  }

  async comeBack(url: URL): Promise<URL> {
    const query = Object.fromEntries(url.searchParams);
    return new URL((await this.call('GET', 'callback/entra', { query })).location!, portalUrl);
  }

  async whoAmI() {
    return signedInOf((await this.call('GET', 'session')).body);
  }
}

describe('a complete sign-in', () => {
  let db: TestDatabase;
  let folder: string;
  let server: Server;
  let options: (signingIn: boolean) => unknown;

  before(async () => {
    db = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'holdfast-sign-in-'));
    const identity = await openIdentity(folder);
    tls.setDefaultCACertificates([
      ...tls.getCACertificates('default'),
      await readFile(identity.caFile, 'utf8'),
    ]);
    let entra: Entra;
    server = createServer({ key: identity.serverPem, cert: identity.serverPem }, (req, res) => {
      void entra.handle(req, new URL(req.url ?? '/', 'https://x'), new Reply(res));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const loginUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const apps = registerApps(identity, portalUrl);
    entra = new Entra(loginUrl, new Directory(folder, apps), identity, 3600);
    const app = apps.find(({ key }) => key === 'signIn')!;
    process.env.NEXTAUTH_URL = portalUrl;
    options = (signingIn) =>
      authOptions({
        db: db.user,
        clock: systemClock,
        log: silentLog,
        cloud: { loginUrl, graphUrl: loginUrl },
        signIn: {
          clientId: app.clientId,
          certificateFile: app.certificate?.file,
          clientSecret: undefined,
        },
        sessionSecret: 'x'.repeat(40),
        portalUrl,
        signingIn,
      });
  });
  after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true, force: true });
    await db.close();
  });

  /** Chooses an account on Microsoft's page; answers with the address it leads back to. */
  async function choose(url: URL, oid: string): Promise<URL> {
    const body = new URLSearchParams(url.searchParams);
    body.set('account', oid);
    const res = await fetch(`${url.origin}${url.pathname}`, {
      method: 'POST',
      body,
      redirect: 'manual',
    });
    return new URL(res.headers.get('location')!);
  }

  const mira = northwind.accounts[0]!;
  const adele = contoso.accounts[0]!;

  it('leads from the button over Microsoft back to the page, signed in as tenant and object id', async () => {
    const browser = new Browser(options);
    const back = await choose(await browser.leave(), mira.oid);
    assert.equal((await browser.comeBack(back)).href, `${portalUrl}/customers`);
    const user = await browser.whoAmI();
    assert.equal(user?.subject, `${northwind.tid}.${mira.oid}`);
    assert.equal(user?.displayName, 'Mira Keller');
    assert.ok(browser.cookies.has('__Host-holdfast.session'));
  });

  it('tells an administrator of an organisation from its other people', async () => {
    const browser = new Browser(options);
    await browser.comeBack(await choose(await browser.leave(), contoso.accounts[1]!.oid));
    assert.equal((await browser.whoAmI())?.administrator, false);
    await browser.comeBack(await choose(await browser.leave(), adele.oid));
    assert.equal((await browser.whoAmI())?.administrator, true);
  });

  it('as another account in the same browser is another user from then on', async () => {
    const browser = new Browser(options);
    await browser.comeBack(await choose(await browser.leave(), mira.oid));
    const first = await browser.whoAmI();
    const before = browser.cookies.get('__Host-holdfast.session');
    await browser.comeBack(await choose(await browser.leave(), adele.oid));
    const second = await browser.whoAmI();
    assert.equal(second?.subject, `${contoso.tid}.${adele.oid}`);
    assert.notEqual(second?.userId, first?.userId);
    browser.cookies.set('__Host-holdfast.session', before!);
    assert.equal(await browser.whoAmI(), null);
  });

  it('is refused with the answer to somebody else’s question, a changed state, and a code that was used', async () => {
    const victim = new Browser(options);
    const attacker = new Browser(options);
    await victim.leave();
    const own = await choose(await attacker.leave(), adele.oid);

    // The attacker's answer pushed into the victim's browser, as it is and with the victim's state.
    const refusedPage = async (browser: Browser, url: URL) => {
      const page = await browser.comeBack(url);
      assert.equal(page.pathname, '/api/auth/error');
      assert.ok(page.searchParams.get('error'));
      assert.equal(await browser.whoAmI(), null);
    };
    await refusedPage(victim, own);
    const asked = await victim.leave();
    const mixed = new URL(own);
    mixed.searchParams.set('state', asked.searchParams.get('state')!);
    await refusedPage(victim, mixed);

    const back = await choose(await victim.leave(), mira.oid);
    const jar = new Map(victim.cookies);
    await victim.comeBack(back);
    assert.ok(await victim.whoAmI());
    const replayer = new Browser(options);
    for (const [name, value] of jar) replayer.cookies.set(name, value);
    await refusedPage(replayer, back);
  });

  it('leaves no token of Microsoft behind', async () => {
    const rows = JSON.stringify(await db.owner`select row_to_json(a) from accounts a`);
    assert.ok(!rows.includes('eyJ'));
    const columns = await db.owner`select column_name from information_schema.columns
      where table_name = 'accounts' and column_name like '%token%'`;
    assert.equal(columns.length, 0);
  });
});
