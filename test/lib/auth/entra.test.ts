import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, it } from 'node:test';
import { createEntraProvider } from '#lib/auth/entra.ts';

/** A port where nobody listens: it was somebody's a moment ago. */
const gone = createServer().listen(0, '127.0.0.1');
await once(gone, 'listening');
const loginUrl = `https://127.0.0.1:${(gone.address() as AddressInfo).port}`;
gone.close();

const provider = createEntraProvider({
  cloud: { loginUrl, graphUrl: loginUrl },
  signIn: { clientId: 'portal', certificateFile: undefined, clientSecret: 's' },
  onProven: () => {},
});

function redeem(params: Record<string, string>, checks: Record<string, string>) {
  const { token } = provider;
  assert.ok(typeof token === 'object' && token.request);
  const context = {
    params,
    checks,
    provider: { ...provider, signinUrl: '', callbackUrl: 'https://portal.example/cb' },
  };
  return Promise.resolve(token.request(context as never));
}

describe('the Microsoft provider', () => {
  it('compares the state by hand, since next-auth leaves it to us', async () => {
    for (const [state, check] of [
      ['a', 'b'],
      ['', ''],
      ['a', ''],
      ['', 'a'],
    ] as const) {
      await assert.rejects(
        redeem({ state, code: 'c' }, { state: check, nonce: 'n', code_verifier: 'v' }),
        {
          code: 'unauthenticated',
          data: { reason: 'state' },
        },
      );
    }
  });

  it('says that Microsoft does not answer, and why, when the login host cannot be reached', async () => {
    await assert.rejects(
      redeem({ state: 's', code: 'c' }, { state: 's', nonce: 'n', code_verifier: 'v' }),
      {
        code: 'source.unavailable',
        data: { code: 'endpoints_resolution_error', reachable: 'ECONNREFUSED' },
      },
    );
  });

  it('asks for a work account, with PKCE, state and nonce, and for no rights', () => {
    assert.deepEqual(provider.checks, ['pkce', 'state', 'nonce']);
    const { authorization, wellKnown } = provider;
    assert.equal(wellKnown, undefined);
    assert.ok(typeof authorization === 'object');
    assert.equal(authorization.url, `${loginUrl}/organizations/oauth2/v2.0/authorize`);
    assert.equal(authorization.params?.scope, 'openid profile');
  });

  it('makes tenant and object id the account, and keeps no address', async () => {
    const profile = await provider.profile(
      { tid: 't', oid: 'o', name: 'Mira', email: 'mira@northwind.example' } as never,
      {} as never,
    );
    assert.deepEqual(profile, { id: 't.o', name: 'Mira', email: null, image: null });
  });
});
