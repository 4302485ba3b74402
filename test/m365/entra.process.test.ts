import assert from 'node:assert/strict';
import {
  constants,
  createHash,
  createPrivateKey,
  randomBytes,
  randomUUID,
  sign,
  X509Certificate,
} from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ConfidentialClientApplication } from '@azure/msal-node';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { FormBrowser } from '#lib/launch/form-browser.ts';
import { Caller, trustStandIn } from './caller.ts';
import { type StandIn, startStandIn } from './server.ts';

const portalUrl = 'http://localhost:3999';
const folder = mkdtempSync(join(tmpdir(), 'm365-entra-'));
let standIn: StandIn;

before(async () => {
  standIn = await startStandIn({ data: folder, portalUrl, mailboxes: 2, messages: 10 });
  trustStandIn(standIn);
});
after(async () => {
  await standIn.stop();
  rmSync(folder, { recursive: true });
});

const tenant = (name: string) => standIn.facts.tenants.find((it) => it.name === name)!;
const account = (name: string) =>
  standIn.facts.tenants.flatMap((it) => it.accounts).find((it) => it.name === name)!;

function certificateOf(app: 'signIn' | 'backup' | 'restore') {
  const pem = readFileSync(standIn.facts.apps[app].certificateFile!, 'utf8');
  const { raw } = new X509Certificate(pem);
  return {
    privateKey: createPrivateKey(pem).export({ type: 'pkcs8', format: 'pem' }) as string,
    thumbprintSha256: createHash('sha256').update(raw).digest('hex'),
    thumbprint: createHash('sha1').update(raw).digest('hex'),
    sha256: createHash('sha256').update(raw).digest('base64url'),
  };
}

function msalClient(app: 'signIn' | 'backup', deprecatedThumbprint = false) {
  const { privateKey, thumbprint, thumbprintSha256 } = certificateOf(app);
  const { loginUrl, apps } = standIn.facts;
  return new ConfidentialClientApplication({
    auth: {
      clientId: apps[app].clientId,
      authority: `${loginUrl}/organizations`,
      knownAuthorities: [new URL(loginUrl).host],
      clientCertificate: deprecatedThumbprint
        ? { thumbprint, privateKey }
        : { thumbprintSha256, privateKey },
    },
  });
}

function msalToken(client: ConfidentialClientApplication, tid: string) {
  return client.acquireTokenByClientCredential({
    authority: `${standIn.facts.loginUrl}/${tid}`,
    scopes: [`${standIn.facts.graphUrl}/.default`],
    skipCache: true,
  });
}

describe('the discovery document', () => {
  it('names a templated issuer for every organisation together, and its own for one', async () => {
    const { loginUrl } = standIn.facts;
    const read = async (authority: string) => {
      const res = await fetch(`${loginUrl}/${authority}/v2.0/.well-known/openid-configuration`);
      return (await res.json()) as { issuer: string; jwks_uri: string };
    };
    assert.equal((await read('organizations')).issuer, `${loginUrl}/{tenantid}/v2.0`);
    const { tid } = tenant('Contoso');
    assert.equal((await read(tid)).issuer, `${loginUrl}/${tid}/v2.0`);
  });
});

describe('admin consent', () => {
  const consentUrl = (more: Record<string, string> = {}) => {
    const { loginUrl, graphUrl, apps } = standIn.facts;
    const url = new URL(`${loginUrl}/organizations/v2.0/adminconsent`);
    url.search = new URLSearchParams({
      client_id: apps.backup.clientId,
      scope: `${graphUrl}/.default`,
      redirect_uri: `${portalUrl}/connect/return`,
      state: 'opaque state',
      ...more,
    }).toString();
    return url.href;
  };
  const walk = async (...presses: RegExp[]) => {
    const browser = new FormBrowser(portalUrl);
    let page = await browser.open(consentUrl());
    for (const press of presses) page = await browser.press(page, press);
    return { page, back: new URL(page.url).searchParams };
  };

  it('Cancel leads back with an error and grants nothing', async () => {
    const { page, back } = await walk(/Adele Vance/, /^Cancel$/);
    assert.ok(page.arrived);
    assert.equal(back.get('error'), 'consent_required');
    assert.match(back.get('error_description')!, /^AADSTS65004/);
    // A client that takes admin_consent for the answer is wrong (research/graph.md §1.2).
    assert.equal(back.get('admin_consent'), 'True');
    assert.equal(back.get('state'), 'opaque state');
    const { clientId } = standIn.facts.apps.backup;
    assert.equal(standIn.directory.principal(clientId, tenant('Contoso').tid), undefined);
  });

  it('an ordinary user may not approve, and the application is told so', async () => {
    const { page } = await walk(/Tom Brandt/);
    assert.match(page.html, /AADSTS90094/);
    const { back } = await walk(/Tom Brandt/, /Return to the application/);
    assert.equal(back.get('error'), 'access_denied');
    assert.match(back.get('error_description')!, /AADSTS90094/);
  });

  it('an address that is not registered, or a missing scope, never leads back', async () => {
    const faults: Array<Record<string, string>> = [
      { redirect_uri: `${portalUrl}/connect/return/` },
      { redirect_uri: 'https://evil.example/' },
      { scope: '' },
      { client_id: randomUUID() },
    ];
    for (const more of faults) {
      const res = await fetch(consentUrl(more), { redirect: 'manual' });
      assert.equal(res.status, 400);
      assert.match(await res.text(), /AADSTS(50011|900144|700016)/);
    }
  });

  it('before it there is no token; Accept brings one with the roles of the app', async () => {
    const { tid } = tenant('Contoso');
    await assert.rejects(msalToken(msalClient('backup'), tid), /700016/);
    const { page, back } = await walk(/Adele Vance/, /^Accept$/);
    assert.ok(page.arrived);
    assert.equal(back.get('error'), null);
    assert.equal(back.get('tenant'), tid);
    assert.match(back.get('scope')!, /MailboxItem\.Export\.All/);
    const result = await msalToken(msalClient('backup'), tid);
    const claims = decodeJwt(result!.accessToken) as Record<string, unknown>;
    assert.equal(claims.tid, tid);
    assert.equal(claims.appid, standIn.facts.apps.backup.clientId);
    assert.equal(claims.appidacr, '2');
    assert.ok((claims.roles as string[]).includes('MailboxItem.Export.All'));
    assert.ok(!(claims.roles as string[]).some((role) => /ReadWrite|ImportExport/.test(role)));
  });

  it('holds for the organisation that gave it and for no other', async () => {
    await assert.rejects(msalToken(msalClient('backup'), tenant('Fabrikam').tid), /700016/);
  });
});

describe('client credentials', () => {
  const ask = async (form: Record<string, string>, authority = tenant('Contoso').tid) => {
    const { loginUrl, graphUrl, apps } = standIn.facts;
    const res = await fetch(`${loginUrl}/${authority}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: apps.backup.clientId,
        grant_type: 'client_credentials',
        scope: `${graphUrl}/.default`,
        ...form,
      }),
    });
    const body = (await res.json()) as {
      error?: string;
      error_codes?: number[];
      access_token?: string;
    };
    return { status: res.status, ...body };
  };
  const assertion = (claims: Record<string, unknown> = {}, key?: string) => {
    const { clientId } = standIn.facts.apps.backup;
    const { sha256, privateKey } = certificateOf('backup');
    const now = Math.floor(Date.now() / 1000);
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${encode({ alg: 'PS256', typ: 'JWT', 'x5t#S256': sha256 })}.${encode({
      aud: `${standIn.facts.loginUrl}/${tenant('Contoso').tid}/oauth2/v2.0/token`,
      iss: clientId,
      sub: clientId,
      jti: randomUUID(),
      nbf: now,
      iat: now,
      exp: now + 600,
      ...claims,
    })}`;
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    const signature = sign('sha256', Buffer.from(signed), {
      key: key ?? privateKey,
      padding,
      saltLength: 32,
    });
    return {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: `${signed}.${signature.toString('base64url')}`,
    };
  };

  it('takes the older thumbprint (RS256, x5t) too', async () => {
    const result = await msalToken(msalClient('backup', true), tenant('Contoso').tid);
    assert.ok(result?.accessToken);
  });

  it('an assertion is good once', async () => {
    const proof = assertion();
    assert.equal((await ask(proof)).status, 200);
    assert.equal((await ask(proof)).status, 401);
  });

  it('refuses an assertion for somebody else, out of time, or signed with another key', async () => {
    const other = `${standIn.facts.loginUrl}/${tenant('Fabrikam').tid}/oauth2/v2.0/token`;
    const past = Math.floor(Date.now() / 1000) - 3_600;
    for (const [proof, code] of [
      [assertion({ aud: other }), 700023],
      [assertion({ exp: past }), 700024],
      [assertion({ iss: randomUUID() }), 700030],
      [assertion({}, certificateOf('restore').privateKey), 700027],
      [{ client_secret: 'wrong' }, 7000215],
      [{}, 7000218],
    ] as const) {
      const answer = await ask(proof);
      assert.deepEqual(
        [answer.status, answer.error, answer.error_codes],
        [401, 'invalid_client', [code]],
      );
    }
  });

  it('needs a concrete organisation and the default scope', async () => {
    const secret = { client_secret: standIn.facts.apps.backup.clientSecret };
    assert.deepEqual((await ask(secret, 'organizations')).error_codes, [9001023]);
    assert.equal(
      (await ask({ ...secret, scope: 'https://example.com/.default' })).error,
      'invalid_scope',
    );
    assert.deepEqual((await ask(secret, 'nonsense')).error_codes, [900023]);
    assert.deepEqual((await ask(secret, randomUUID())).error_codes, [90002]);
  });

  it('after revocation the token comes without roles and Graph refuses; after switching off none comes', async () => {
    const { clientId } = standIn.facts.apps.backup;
    const { tid } = tenant('Contoso');
    const caller = new Caller(standIn, 'backup').consent();
    assert.equal((await caller.get('/users')).status, 200);
    standIn.directory.revoke(clientId, tid);
    caller.forgetToken();
    assert.equal('roles' in decodeJwt((await caller.askToken()).body.access_token), false);
    const refused = await caller.get('/users');
    assert.deepEqual(
      [refused.status, refused.body.error.code],
      [403, 'Authorization_RequestDenied'],
    );
    standIn.directory.setEnabled(clientId, tid, false);
    assert.deepEqual((await caller.askToken()).body.error_codes, [7000112]);
    standIn.directory.remove(clientId, tid);
    assert.deepEqual((await caller.askToken()).body.error_codes, [700016]);
  });
});

describe('sign-in', () => {
  const redirectUri = `${portalUrl}/api/auth/callback/entra`;
  const authorize = async (more: Record<string, string>, ...presses: RegExp[]) => {
    const url = new URL(`${standIn.facts.loginUrl}/organizations/oauth2/v2.0/authorize`);
    url.search = new URLSearchParams({
      client_id: standIn.facts.apps.signIn.clientId,
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: 'openid profile',
      state: 'a state',
      ...more,
    }).toString();
    const browser = new FormBrowser(portalUrl);
    let page = await browser.open(url.href);
    for (const press of presses) page = await browser.press(page, press);
    return new URL(page.url).searchParams;
  };
  const pkce = () => {
    const verifier = randomBytes(32).toString('base64url');
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    return { verifier, params: { code_challenge: challenge, code_challenge_method: 'S256' } };
  };

  it('redeems a code with msal, certificate, PKCE and nonce; the id token verifies', async () => {
    const { verifier, params } = pkce();
    const nonce = randomUUID();
    const back = await authorize({ ...params, nonce }, /Mira Keller/);
    assert.equal(back.get('state'), 'a state');
    const result = await msalClient('signIn').acquireTokenByCode({
      code: back.get('code')!,
      codeVerifier: verifier,
      redirectUri,
      scopes: ['openid', 'profile'],
      nonce,
    });
    const { tid } = tenant('Northwind IT');
    const keys = createRemoteJWKSet(
      new URL(`${standIn.facts.loginUrl}/organizations/discovery/v2.0/keys`),
    );
    const { payload } = await jwtVerify(result.idToken, keys, {
      issuer: `${standIn.facts.loginUrl}/${tid}/v2.0`,
      audience: standIn.facts.apps.signIn.clientId,
      algorithms: ['RS256'],
    });
    assert.equal(payload.tid, tid);
    assert.equal(payload.oid, account('Mira Keller').oid);
    assert.equal(payload.name, 'Mira Keller');
    assert.equal(payload.nonce, nonce);
    assert.equal(payload.ver, '2.0');
  });

  it('a code is good once, for its verifier', async () => {
    const { verifier, params } = pkce();
    const redeem = (code: string, codeVerifier: string) =>
      msalClient('signIn').acquireTokenByCode({
        code,
        codeVerifier,
        redirectUri,
        scopes: ['openid'],
      });
    const first = await authorize(params, /Jon Berg/);
    await assert.rejects(redeem(first.get('code')!, 'x'.repeat(43)), /501481/);
    const second = await authorize(params, /Jon Berg/);
    await redeem(second.get('code')!, verifier);
    await assert.rejects(redeem(second.get('code')!, verifier), /9002313/);
  });

  it('declining leads back with an error', async () => {
    const back = await authorize({}, /^Cancel$/);
    assert.equal(back.get('error'), 'access_denied');
  });

  it('the page of one organisation offers its own accounts only', async () => {
    const browser = new FormBrowser(portalUrl);
    const url = new URL(
      `${standIn.facts.loginUrl}/${tenant('Fabrikam').tid}/oauth2/v2.0/authorize`,
    );
    url.search = new URLSearchParams({
      client_id: standIn.facts.apps.signIn.clientId,
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: 'openid',
    }).toString();
    const { html } = await browser.open(url.href);
    assert.match(html, /Sara Lindqvist/);
    assert.doesNotMatch(html, /Mira Keller|Adele Vance/);
  });
});
