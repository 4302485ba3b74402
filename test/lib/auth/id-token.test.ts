import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import {
  createRemoteJWKSet,
  exportJWK,
  generateKeyPair,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
} from 'jose';
import { type IdTokenRules, sameSecret, verifyIdToken } from '#lib/auth/id-token.ts';
import { newId, newToken } from '#lib/core/ids.ts';

const clientId = 'portal-client';
const loginUrl = 'https://login.example';
const nonce = newToken();
const tid = newId();
const oid = newId();

describe('an id token', () => {
  let server: Server;
  let keysUrl: URL;
  let rules: IdTokenRules;
  let ours: CryptoKey;
  let strangers: CryptoKey;
  let publicPem: Uint8Array;

  before(async () => {
    const pair = await generateKeyPair('RS256', { extractable: true });
    const other = await generateKeyPair('RS256');
    ours = pair.privateKey;
    strangers = other.privateKey;
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
    publicPem = new TextEncoder().encode(JSON.stringify(jwk));
    server = createServer((_req, res) => {
      res.setHeader('content-type', 'application/json');
      res.end(JSON.stringify({ keys: [jwk] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    keysUrl = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`);
    rules = { loginUrl, clientId, nonce, keys: createRemoteJWKSet(keysUrl) };
  });
  after(() => new Promise((resolve) => server.close(resolve)));

  const claims = (more: JWTPayload = {}): JWTPayload => ({
    iss: `${loginUrl}/${tid}/v2.0`,
    aud: clientId,
    exp: Math.floor(Date.now() / 1000) + 600,
    iat: Math.floor(Date.now() / 1000),
    nonce,
    tid,
    oid,
    name: 'Mira Keller',
    ver: '2.0',
    ...more,
  });
  const sign = (payload: JWTPayload, key: CryptoKey = ours, kid = 'k1') =>
    new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid }).sign(key);

  it('of an organisation proves tenant and object id, and takes nothing else for identity', async () => {
    const token = await sign(
      claims({ email: 'boss@victim.example', preferred_username: 'boss@victim.example', upn: 'x' }),
    );
    assert.deepEqual(await verifyIdToken(token, rules), {
      tid,
      oid,
      subject: `${tid}.${oid}`,
      name: 'Mira Keller',
      administrator: false,
    });
  });

  it('names an administrator by the two roles that may consent, and by nothing that looks like them', async () => {
    const global = '62e90394-69f5-4237-9190-012177145e10';
    const privileged = 'e8611ab8-c189-46e8-94e1-60213ab1f814';
    const others = [
      undefined,
      [],
      null,
      global,
      { [global]: true },
      ['b79fbf4d-3ef9-4689-8143-76b194e85509', '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3'],
      [[global]],
    ];
    for (const wids of others) {
      const who = await verifyIdToken(await sign(claims({ wids, roles: [global] })), rules);
      assert.equal(who.administrator, false, JSON.stringify(wids));
    }
    for (const wids of [[global], [privileged], ['b79fbf4d-3ef9-4689-8143-76b194e85509', global]]) {
      const who = await verifyIdToken(await sign(claims({ wids })), rules);
      assert.equal(who.administrator, true, JSON.stringify(wids));
    }
  });

  const now = Math.floor(Date.now() / 1000);
  const otherTid = newId();
  const forged: [string, JWTPayload][] = [
    ['for another app', { aud: 'other-client' }],
    ['for no app', { aud: undefined }],
    ['of another issuer', { iss: 'https://evil.example/v2.0' }],
    ['of another organisation’s issuer', { iss: `${loginUrl}/${otherTid}/v2.0` }],
    ['of a host that begins like ours', { iss: `${loginUrl}.evil.example/${tid}/v2.0` }],
    ['that names an organisation its issuer is not', { tid: otherTid }],
    ['with another nonce', { nonce: newToken() }],
    ['with an empty nonce', { nonce: '' }],
    ['without a nonce', { nonce: undefined }],
    ['without a tenant', { tid: undefined }],
    ['without an object id', { oid: undefined }],
    ['whose object id is no id', { oid: '../../x' }],
    ['whose tenant is a pattern', { tid: '{tenantid}', iss: `${loginUrl}/{tenantid}/v2.0` }],
    ['that has expired', { exp: now - 120 }],
    ['that is not valid yet', { nbf: now + 600 }],
    ['without an end', { exp: undefined }],
  ];
  for (const [what, change] of forged) {
    it(`${what} is refused`, async () => {
      await assert.rejects(verifyIdToken(await sign(claims(change)), rules), {
        code: 'unauthenticated',
      });
    });
  }

  it('with no signature, a stranger’s, or one made with our public key as a secret, is refused', async () => {
    const unsigned = new UnsecuredJWT(claims()).encode();
    const confused = await new SignJWT(claims())
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .sign(publicPem);
    const [header, payload, signature] = (await sign(claims())).split('.');
    const swapped = Buffer.from(JSON.stringify(claims({ oid: newId() }))).toString('base64url');
    const tokens = [
      unsigned,
      confused,
      await sign(claims(), strangers),
      await sign(claims(), strangers, 'k2'),
      `${header}.${swapped}.${signature}`,
      `${header}.${payload}.`,
      'not a token',
      '',
    ];
    for (const token of tokens) {
      await assert.rejects(
        verifyIdToken(token, rules),
        { code: 'unauthenticated' },
        token.slice(0, 40),
      );
    }
  });

  it('of a personal account is refused in words', async () => {
    const personal = '9188040d-6c67-4c5b-b112-36a304b66dad';
    const token = await sign(claims({ tid: personal, iss: `${loginUrl}/${personal}/v2.0` }));
    await assert.rejects(verifyIdToken(token, rules), {
      code: 'forbidden',
      message: 'This is a personal Microsoft account. Use your work account.',
    });
  });

  it('cannot be checked while the keys cannot be had: that is no refusal, and can be tried again', async () => {
    const closed = createRemoteJWKSet(new URL('http://127.0.0.1:9/keys'));
    await assert.rejects(verifyIdToken(await sign(claims()), { ...rules, keys: closed }), {
      code: 'source.unavailable',
      retryable: true,
    });
  });

  it('secrets are the same only when both are there and equal', () => {
    assert.ok(sameSecret('abc', 'abc'));
    for (const [a, b] of [
      ['', ''],
      ['a', 'b'],
      ['a', 'aa'],
      [undefined, undefined],
      [null, null],
      ['ä', 'a'],
    ]) {
      assert.ok(!sameSecret(a, b));
    }
  });
});
