import { AuthError, ConfidentialClientApplication, LogLevel } from '@azure/msal-node';
import { createRemoteJWKSet } from 'jose';
import type { OAuthConfig } from 'next-auth/providers/oauth';
import type { CloudConfig, EntraCredential } from '#lib/core/config.ts';
import { AppError } from '#lib/core/errors.ts';
import { type ClientSecret, readClientSecret } from './client-secret.ts';
import { type ProvenIdentity, sameSecret, verifyIdToken } from './id-token.ts';

export interface EntraOptions {
  cloud: CloudConfig;
  signIn: EntraCredential;
  /** Told who an id token proves, before next-auth goes on with it. */
  onProven: (who: ProvenIdentity) => void;
}

type EntraProvider = OAuthConfig<ProvenIdentity & { name: string }>;
type TokenRequest = Extract<EntraProvider['token'], { request?: unknown }>['request'];

const scopes = ['openid', 'profile'];

/**
 * Sign-in with a Microsoft work account of any organisation, in any cloud or stand-in: nothing is
 * discovered, since next-auth's own check of templated issuers knows the global cloud only
 * (`research/machine.md` §2.7).
 */
export function createEntraProvider({ cloud, signIn, onProven }: EntraOptions): EntraProvider {
  const authority = `${cloud.loginUrl}/organizations`;
  const keysUrl = `${authority}/discovery/v2.0/keys`;
  const keys = createRemoteJWKSet(new URL(keysUrl));
  let secret: Promise<ClientSecret> | undefined;

  const redeem: TokenRequest = async ({ params, checks, provider }) => {
    // With a token request of our own, next-auth leaves both comparisons to us.
    if (!sameSecret(params.state, checks.state)) {
      throw new AppError('unauthenticated', 'The sign-in was started elsewhere. Sign in again.', {
        data: { reason: 'state' },
      });
    }
    const nonce = 'nonce' in checks && typeof checks.nonce === 'string' ? checks.nonce : '';
    secret ??= readClientSecret(signIn);
    const client = new ConfidentialClientApplication({
      auth: {
        clientId: signIn.clientId,
        authority,
        // With the port: without it msal does not know the host again.
        knownAuthorities: [new URL(cloud.loginUrl).host],
        ...(await secret),
      },
      system: { loggerOptions: { logLevel: LogLevel.Error, loggerCallback: () => {} } },
    });
    const result = await client
      .acquireTokenByCode({
        code: params.code ?? '',
        codeVerifier: typeof checks.code_verifier === 'string' ? checks.code_verifier : '',
        redirectUri: provider.callbackUrl,
        scopes,
        // Inside the request: msal looks for it nowhere else.
        nonce,
      })
      .catch((err: unknown) => explain(err, authority));
    const rules = { loginUrl: cloud.loginUrl, clientId: signIn.clientId, nonce, keys };
    onProven(await verifyIdToken(result.idToken, rules));
    // The one token next-auth needs, for its claims; it is stored nowhere.
    return { tokens: { id_token: result.idToken } };
  };

  return {
    id: 'entra',
    name: 'Microsoft',
    type: 'oauth',
    clientId: signIn.clientId,
    issuer: `${authority}/v2.0`,
    authorization: {
      url: `${authority}/oauth2/v2.0/authorize`,
      params: { scope: scopes.join(' '), response_mode: 'query', prompt: 'select_account' },
    },
    token: { url: `${authority}/oauth2/v2.0/token`, request: redeem },
    jwks_endpoint: keysUrl,
    idToken: true,
    // 'nonce' is missing from the type and there at run time.
    checks: ['pkce', 'state', 'nonce'] as EntraProvider['checks'],
    profile: ({ tid, oid, name }) => ({ id: `${tid}.${oid}`, name, email: null, image: null }),
  } as EntraProvider;
}

/** msal's failures in words; for those that say nothing, what asking the host by hand tells. */
async function explain(err: unknown, authority: string): Promise<never> {
  const code = err instanceof AuthError ? err.errorCode : '';
  if (code === 'invalid_grant') {
    throw new AppError(
      'unauthenticated',
      'This sign-in was used already or is too old. Sign in again.',
    );
  }
  if (code === 'invalid_client') {
    throw new AppError(
      'credential.invalid',
      'Microsoft does not accept the sign-in certificate of this portal. Its operator has to renew it.',
    );
  }
  const reachable = await fetch(`${authority}/v2.0/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(10_000),
  }).then(
    async (res) => {
      await res.body?.cancel();
      return `HTTP ${res.status}`;
    },
    (cause: { cause?: { code?: string }; name?: string }) => cause.cause?.code ?? cause.name ?? '',
  );
  throw new AppError('source.unavailable', 'Microsoft did not answer. Sign in again in a minute.', {
    retryable: true,
    data: { code, reachable },
    cause: err,
  });
}
