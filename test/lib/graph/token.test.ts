import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { systemClock } from '#lib/core/clock.ts';
import { isAppError } from '#lib/core/errors.ts';
import { readClientCertificate } from '#lib/graph/certificate.ts';
import { signInRefusal } from '#lib/graph/sign-in-codes.ts';
import { createTokenSource } from '#lib/graph/token.ts';

describe('the certificate of an app registration', () => {
  it('a file that cannot be used is named, with what is wrong with it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-test-'));
    try {
      const path = join(folder, 'app.pem');
      const refusal = (what: RegExp) => (err: unknown) =>
        isAppError(err, 'credential.invalid') &&
        err.message.includes(path) &&
        what.test(err.message);
      await assert.rejects(readClientCertificate(path), refusal(/cannot be read/));
      await writeFile(path, 'hello');
      await assert.rejects(readClientCertificate(path), refusal(/no certificate/));
      const certificate = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
      await writeFile(path, certificate);
      await assert.rejects(readClientCertificate(path), refusal(/no private key/));
      await writeFile(
        path,
        `${certificate}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n`,
      );
      await assert.rejects(readClientCertificate(path), refusal(/not a certificate/));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('a refusal to sign in', () => {
  it('tells our fault from the customer’s by number alone', () => {
    const code = (number: number) => signInRefusal([number]).code;
    assert.equal(code(700016), 'consent.missing');
    assert.equal(code(7000112), 'consent.missing');
    assert.equal(code(7000215), 'credential.invalid');
    assert.equal(code(700027), 'credential.invalid');
    assert.equal(code(90002), 'source.gone');
    assert.equal(code(90055), 'throttled');
    assert.equal(code(53003), 'source.refused');
    assert.equal(code(123), 'source.refused');
    assert.equal(signInRefusal([90055]).retryable, true);
    assert.equal(signInRefusal([999, 700016]).data.aadsts, 700016);
  });
});

describe('a token source', () => {
  const source = (host = 'login.test') =>
    createTokenSource({
      cloud: { loginUrl: `https://${host}`, graphUrl: `https://${host}` },
      credential: { clientId: 'app', certificateFile: undefined, clientSecret: 'secret' },
      clock: systemClock,
    });

  it('asks only for organisations that have an id', async () => {
    for (const tid of ['common', 'organizations', '', '../x']) {
      await assert.rejects(source().token(tid), (err) => isAppError(err, 'input.invalid'));
    }
  });

  it('says why the login service cannot be reached', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await assert.rejects(
      source(`127.0.0.1:${port}`).token('aaaaaaaa-0000-4000-8000-000000000001'),
      (err) =>
        isAppError(err, 'source.unavailable') && err.retryable && /ECONNREFUSED/.test(err.message),
    );
  });
});
