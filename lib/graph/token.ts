import { AuthError, ConfidentialClientApplication, LogLevel } from '@azure/msal-node';
import type { Clock } from '#lib/core/clock.ts';
import type { CloudConfig, EntraCredential } from '#lib/core/config.ts';
import { AppError } from '#lib/core/errors.ts';
import { readClientCertificate } from './certificate.ts';
import { signInRefusal } from './sign-in-codes.ts';

/** An app-only token for one organisation. The claims are hints; Graph's answer is the authority. */
export interface AppToken {
  accessToken: string;
  /** Organisation that the token is for, as the token says. */
  tid: string;
  /** App roles in the token; empty where consent was revoked or is scoped by Exchange. */
  roles: string[];
  expiresAt: Date;
}

/** Tokens of one app registration for any organisation. One per process and registration. */
export interface TokenSource {
  readonly clientId: string;
  /**
   * @param entraTid id of the organisation
   * @param options.fresh passes the cache over; for use after consent and after a 401
   * @throws AppError as `sign-in-codes.ts` says, `source.unavailable` when the login host cannot be reached
   */
  token(entraTid: string, options?: { fresh?: boolean }): Promise<AppToken>;
}

export interface TokenSourceOptions {
  cloud: CloudConfig;
  credential: EntraCredential;
  clock: Clock;
}

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const { cloud, credential, clock } = options;
  let application: Promise<ConfidentialClientApplication> | undefined;
  const inFlight = new Map<string, Promise<AppToken>>();

  const open = () => {
    application ??= createApplication(cloud, credential);
    // A certificate that could not be read may be there at the next attempt.
    application.catch(() => {
      application = undefined;
    });
    return application;
  };

  // msal signs one assertion for an organisation and sends it for as long as it lives, and Microsoft
  // takes each once: whoever passes the cache over signs another, and what is cached stays.
  const reopen = async () => {
    const before = await open();
    const next = await createApplication(cloud, credential);
    next.getTokenCache().deserialize(before.getTokenCache().serialize());
    application = Promise.resolve(next);
    return next;
  };

  const acquire = async (entraTid: string, fresh: boolean): Promise<AppToken> => {
    const client = fresh ? await reopen() : await open();
    try {
      const result = await client.acquireTokenByClientCredential({
        authority: `${cloud.loginUrl}/${entraTid}`,
        scopes: [`${cloud.graphUrl}/.default`],
        skipCache: fresh,
      });
      if (!result?.accessToken) throw signInRefusal([]);
      const claims = readClaims(result.accessToken);
      return {
        accessToken: result.accessToken,
        tid: claims.tid,
        roles: claims.roles,
        expiresAt: result.expiresOn ?? new Date(clock.now().getTime() + 5 * 60_000),
      };
    } catch (err) {
      throw await explain(err, cloud, entraTid);
    }
  };

  return {
    clientId: credential.clientId,
    async token(entraTid, { fresh = false } = {}) {
      if (!guid.test(entraTid)) {
        throw new AppError('input.invalid', 'This is not the id of an organisation at Microsoft.');
      }
      const key = `${entraTid}:${fresh}`;
      const running = inFlight.get(key);
      if (running) return running;
      const started = acquire(entraTid, fresh).finally(() => inFlight.delete(key));
      inFlight.set(key, started);
      return started;
    },
  };
}

async function createApplication(
  cloud: CloudConfig,
  credential: EntraCredential,
): Promise<ConfidentialClientApplication> {
  const secretOrCertificate =
    credential.certificateFile === undefined
      ? { clientSecret: credential.clientSecret ?? '' }
      : { clientCertificate: await certificateFor(credential.certificateFile) };
  return new ConfidentialClientApplication({
    auth: {
      clientId: credential.clientId,
      authority: `${cloud.loginUrl}/organizations`,
      // With its port: without it msal asks Microsoft's own host about ours (research/machine.md §2.7).
      knownAuthorities: [new URL(cloud.loginUrl).host],
      ...secretOrCertificate,
    },
    system: { loggerOptions: { logLevel: LogLevel.Error, loggerCallback: () => {} } },
  });
}

async function certificateFor(path: string) {
  const { thumbprintSha256, privateKey } = await readClientCertificate(path);
  return { thumbprintSha256, privateKey };
}

function readClaims(jwt: string): { tid: string; roles: string[] } {
  try {
    const payload = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return {
      tid: typeof payload.tid === 'string' ? payload.tid : '',
      roles: Array.isArray(payload.roles)
        ? payload.roles.filter((role: unknown): role is string => typeof role === 'string')
        : [],
    };
  } catch {
    return { tid: '', roles: [] };
  }
}

async function explain(err: unknown, cloud: CloudConfig, entraTid: string): Promise<AppError> {
  if (err instanceof AppError) return err;
  if (!(err instanceof AuthError)) {
    return new AppError('source.unavailable', 'The login service could not be asked for a token.', {
      retryable: true,
      cause: err,
    });
  }
  const text = `${err.errorMessage} ${err.message}`;
  const numbers = [...text.matchAll(/AADSTS(\d+)/g)].map((match) => Number(match[1]));
  const more = (err as { errorNo?: string }).errorNo;
  if (more && /^\d+$/.test(more)) numbers.unshift(Number(more));
  if (numbers.length > 0) return signInRefusal(numbers, err);
  if (err.errorCode === 'endpoints_resolution_error') {
    return unreachable(cloud, entraTid, await discoveryFailure(cloud, entraTid), err);
  }
  if (err.errorCode === 'request_cannot_be_made' || /throttl/i.test(err.errorCode)) {
    return new AppError('throttled', 'The login service asked us to wait before the next token.', {
      retryable: true,
      retryAfterMs: 60_000,
      cause: err,
    });
  }
  return unreachable(cloud, entraTid, err.errorCode, err);
}

function unreachable(cloud: CloudConfig, entraTid: string, reason: string, cause: unknown) {
  return new AppError(
    'source.unavailable',
    `The login service at ${cloud.loginUrl} could not be reached (${reason}).`,
    { retryable: true, data: { entraTid, reason }, cause },
  );
}

/** msal hides why the login host cannot be reached; asking it once more by hand tells. */
async function discoveryFailure(cloud: CloudConfig, entraTid: string): Promise<string> {
  try {
    const res = await fetch(`${cloud.loginUrl}/${entraTid}/v2.0/.well-known/openid-configuration`, {
      signal: AbortSignal.timeout(10_000),
      redirect: 'manual',
    });
    await res.body?.cancel();
    return res.ok ? 'the discovery document names another host' : `HTTP ${res.status}`;
  } catch (err) {
    const cause = (err as { cause?: { code?: string; message?: string } }).cause;
    return cause?.code ?? cause?.message ?? (err as Error).name;
  }
}
