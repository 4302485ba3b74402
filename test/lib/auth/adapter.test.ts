import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createAdapter } from '#lib/auth/adapter.ts';
import { authOptions, signingInPath } from '#lib/auth/nextauth.ts';
import { signedInOf } from '#lib/auth/session.ts';
import { newId, newToken } from '#lib/core/ids.ts';
import { silentLog } from '#lib/core/log.ts';
import { foundMsp } from '#lib/services/msps/found.ts';
import { findPlace } from '#lib/services/places/find.ts';
import { wholeReach } from '#lib/services/reach.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createTestClock, createWorld } from '#test/kit/msp.ts';

describe('sign-in', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());

  const clock = createTestClock();
  const subject = () => `${newId()}.${newId()}`;
  const administrators = new Set<string>();
  const adapterFor = (signingIn: boolean) =>
    createAdapter({
      db: db.user,
      clock,
      signingIn,
      administrator: (account) => administrators.has(account),
      browser: `Firefox ${'x'.repeat(1000)}`,
    });

  /** What next-auth does with the adapter when an account comes back from Microsoft. */
  async function signIn(providerAccountId: string, earlierToken?: string) {
    const adapter = adapterFor(true);
    const earlier = earlierToken ? await adapter.getSessionAndUser!(earlierToken) : null;
    let user = earlier?.user ?? null;
    const known = await adapter.getUserByAccount!({ provider: 'entra', providerAccountId });
    if (known !== null) user = known;
    else {
      user ??=
        (await adapter.createUser!({
          name: 'Mira Keller',
          email: '',
          emailVerified: null,
        } as never)) ?? null;
      const tokens = {
        access_token: 'secret-access',
        id_token: 'secret-id',
        refresh_token: 'secret-refresh',
      };
      await adapter.linkAccount!({
        userId: user!.id,
        type: 'oauth',
        provider: 'entra',
        providerAccountId,
        ...tokens,
      } as never);
    }
    const sessionToken = newToken();
    const expires = new Date(clock.now().getTime() + 12 * 60 * 60_000);
    await adapter.createSession!({ sessionToken, userId: user!.id, expires });
    return { sessionToken, userId: user!.id };
  }
  const whoIs = async (token: string) => {
    const found = await adapterFor(false).getSessionAndUser!(token);
    return (found?.user as { subject?: string } | undefined)?.subject ?? null;
  };

  it('a second account in the same browser becomes a user of its own and ends the first session', async () => {
    const [mira, adele] = [subject(), subject()];
    const first = await signIn(mira);
    const second = await signIn(adele, first.sessionToken);
    assert.notEqual(second.userId, first.userId);
    assert.equal(await whoIs(second.sessionToken), adele);
    assert.equal(await whoIs(first.sessionToken), null);
    const again = await signIn(mira, second.sessionToken);
    assert.equal(again.userId, first.userId);
    assert.equal(await whoIs(again.sessionToken), mira);
  });

  it('a session keeps the role its own sign-in proved, and no other session learns of it', async () => {
    const [adele, tom] = [subject(), subject()];
    const mayConsent = async (token: string) => {
      const found = await adapterFor(false).getSessionAndUser!(token);
      return (found?.user as { administrator?: boolean } | undefined)?.administrator;
    };
    const before = await signIn(adele);
    administrators.add(adele);
    const admin = await signIn(adele);
    const other = await signIn(tom);
    administrators.clear();
    const demoted = await signIn(adele);
    const roles = [before, admin, other, demoted].map(({ sessionToken }) =>
      mayConsent(sessionToken),
    );
    assert.deepEqual(await Promise.all(roles), [false, true, false, false]);
  });

  it('an account cannot be added to a user that has one, whoever asks', async () => {
    const { userId } = await signIn(subject());
    await assert.rejects(
      Promise.resolve(
        adapterFor(false).linkAccount!({
          userId,
          type: 'oauth',
          provider: 'entra',
          providerAccountId: subject(),
        } as never),
      ),
      { code: 'forbidden' },
    );
  });

  it('keeps no Microsoft token, no address and no session token', async () => {
    const { sessionToken } = await signIn(subject());
    for (const table of ['users', 'accounts', 'sessions']) {
      const rows = JSON.stringify(await db.owner.unsafe(`select * from ${table}`));
      assert.ok(
        !rows.includes('secret-') && !rows.includes('@') && !rows.includes(sessionToken),
        table,
      );
    }
  });

  it('a session ends after 12 hours, and at once when its row is deleted', async () => {
    const account = subject();
    const { sessionToken } = await signIn(account);
    assert.equal(
      await adapterFor(false).updateSession!({ sessionToken, expires: new Date('2100-01-01') }),
      null,
    );
    assert.equal(await whoIs(sessionToken), account);
    clock.advance(12 * 60 * 60_000);
    assert.equal(await whoIs(sessionToken), null);
    const fresh = await signIn(account);
    await adapterFor(false).deleteSession!(fresh.sessionToken);
    assert.equal(await whoIs(fresh.sessionToken), null);
    assert.equal(await whoIs('not a token'), null);
  });

  it('a session knows its browser, cut short, and when it was seen, to the minute', async () => {
    const account = subject();
    const { sessionToken } = await signIn(account);
    const seen = async () => {
      const [row] = await db.owner`select s.browser, s.last_seen_at::text as at from sessions s
        join accounts a on a.user_id = s.user_id where a.provider_account_id = ${account}`;
      return { browser: row!.browser as string, at: new Date(row!.at) };
    };
    const began = clock.now();
    assert.deepEqual([(await seen()).browser.length, (await seen()).at], [300, began]);
    clock.advance(59_000);
    await whoIs(sessionToken);
    assert.deepEqual((await seen()).at, began);
    clock.advance(1_000);
    await whoIs(sessionToken);
    assert.deepEqual((await seen()).at, clock.now());
  });

  const options = (portalUrl: string) =>
    authOptions({
      db: db.user,
      clock,
      log: silentLog,
      cloud: { loginUrl: 'https://login.example:9443', graphUrl: 'https://graph.example' },
      signIn: { clientId: 'c', certificateFile: undefined, clientSecret: 's' },
      sessionSecret: 'x'.repeat(32),
      portalUrl,
    });

  it('cookies are tied to host and https wherever there is https', () => {
    const secure = options('https://portal.example').cookies!.sessionToken!;
    assert.equal(secure.name, '__Host-holdfast.session');
    assert.deepEqual(secure.options, { httpOnly: true, sameSite: 'lax', path: '/', secure: true });
    const plain = options('http://127.0.0.1:3000').cookies!.sessionToken!;
    assert.deepEqual([plain.name, plain.options.secure], ['holdfast.session', false]);
  });

  it('a session tells who is signed in and nothing else', async () => {
    const { callbacks } = options('https://portal.example');
    const sessionId = newId();
    const known = { id: 'u', subject: 'a.b', name: 'Mira', sessionId };
    const user = { ...known, email: 'm@x', emailVerified: null };
    const session = await callbacks!.session!({
      session: { expires: '2026-01-01', user: { name: 'Mira', email: 'm@x' } },
      user,
    } as never);
    assert.deepEqual(signedInOf(session), {
      userId: 'u',
      subject: 'a.b',
      displayName: 'Mira',
      administrator: false,
      sessionId,
    });
    assert.ok(!JSON.stringify(session).includes('m@x'));
    for (const other of [null, undefined, {}, { user: {} }, { user: { name: 'Mira' } }]) {
      assert.equal(signedInOf(other), null);
    }
  });

  it('sign-in leads back into the portal and nowhere else', async () => {
    const { redirect } = options('https://portal.example').callbacks!;
    const baseUrl = 'https://portal.example';
    const lead = (url: string) => redirect!({ url, baseUrl });
    assert.equal(await lead('/connect/abc'), 'https://portal.example/connect/abc');
    assert.equal(await lead('https://portal.example/x'), 'https://portal.example/x');
    for (const url of [
      'https://evil.example',
      '//evil.example',
      'https://portal.example.evil',
      'javascript:alert(1)',
      '\\\\evil',
      'https://portal.example@evil.example/',
    ]) {
      assert.equal(new URL(await lead(url)).origin, baseUrl, url);
    }
  });

  it('only the answer of Microsoft counts as the end of a sign-in', () => {
    assert.ok(signingInPath('/api/auth/callback/entra'));
    for (const path of [
      '/api/auth/session',
      '/api/auth/signin/entra',
      '/api/auth/callback/entra/x',
    ]) {
      assert.ok(!signingInPath(path));
    }
  });

  it('a membership is found by the account alone; an unknown one has none', async () => {
    const world = await createWorld(db);
    const owner = subject();
    const technician = subject();
    const members = [
      { subject: owner, name: 'Mira Keller', role: 'owner' as const },
      { subject: technician, name: 'Jon Berg', role: 'technician' as const },
    ];
    const founded = await foundMsp(world.open, { name: 'Northwind IT', members });
    const again = await foundMsp(world.open, { name: 'Other', members });
    assert.deepEqual(again, founded);
    assert.deepEqual(await findPlace(db.user, technician), {
      kind: 'staff',
      mspId: founded.mspId,
      mspName: 'Northwind IT',
      role: 'technician',
      reach: wholeReach,
    });
    assert.equal(await findPlace(db.user, subject()), null);
    await db.owner`update members set disabled_at = now() where subject = ${technician}`;
    assert.equal(await findPlace(db.user, technician), null);
  });
});
