import { timingSafeEqual } from 'node:crypto';
import { EntraFailure } from './failures.ts';
import { parseJwt, verifySignature } from './jwt.ts';
import type { AppRegistration } from './organisations.ts';

const bearerAssertion = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const assertionMsMax = 24 * 3_600_000;
const clockSkewMs = 5 * 60_000;

/** Checks how an application proves who it is: secret or certificate (research/graph.md §1.7). */
export class ClientProof {
  /** Assertion ids already used → when they end. */
  readonly #used = new Map<string, number>();

  /**
   * @param endpoint address of the token endpoint that was called: the only audience accepted
   * @returns how it was proved, as `appidacr` says it
   * @throws EntraFailure
   */
  check(app: AppRegistration, form: URLSearchParams, endpoint: string): '1' | '2' {
    const assertion = form.get('client_assertion');
    if (assertion !== null) {
      if (form.get('client_assertion_type') !== bearerAssertion) {
        throw invalid(7000216, "'client_assertion_type' is not the JWT bearer type.");
      }
      this.#checkAssertion(app, assertion, endpoint);
      return '2';
    }
    const secret = form.get('client_secret');
    if (secret === null) {
      throw invalid(
        7000218,
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
      );
    }
    if (!same(secret, app.secret)) {
      throw invalid(7000215, 'Invalid client secret provided.');
    }
    return '1';
  }

  #checkAssertion(app: AppRegistration, assertion: string, endpoint: string): void {
    const jwt = parseJwt(assertion);
    if (!jwt) throw invalid(50027, 'The client assertion is no JWT.');
    const { header, claims } = jwt;
    const known = app.certificate;
    const named =
      known !== null &&
      ((header.alg === 'PS256' && header['x5t#S256'] === known.sha256) ||
        (header.alg === 'RS256' &&
          (header['x5t#S256'] === known.sha256 || header.x5t === known.sha1)));
    if (!named || !verifySignature(jwt, known.publicKey)) {
      throw invalid(
        700027,
        'The certificate with identifier used to sign the client assertion is not registered on application, or the signature is wrong.',
      );
    }
    if (claims.iss !== app.clientId || claims.sub !== app.clientId) {
      throw invalid(700030, "'iss' and 'sub' of the assertion must be the client id.");
    }
    if (claims.aud !== endpoint) {
      throw invalid(
        700023,
        `The audience of the assertion must be '${endpoint}', it is '${claims.aud}'.`,
      );
    }
    const now = Date.now();
    const expires = Number(claims.exp) * 1000;
    if (!(expires > now - clockSkewMs) || expires > now + assertionMsMax) {
      throw invalid(700024, 'The client assertion is not within its valid time range.');
    }
    if (Number(claims.nbf ?? 0) * 1000 > now + clockSkewMs) {
      throw invalid(700024, 'The client assertion is not valid yet.');
    }
    if (typeof claims.jti !== 'string' || claims.jti === '') {
      throw invalid(50013, "The client assertion has no 'jti'.");
    }
    this.#spend(`${app.clientId} ${claims.jti}`, expires + clockSkewMs, now);
  }

  #spend(id: string, until: number, now: number): void {
    if (this.#used.has(id)) {
      throw invalid(5002738, 'The client assertion was used before: its jti is known.');
    }
    for (const [old, ends] of this.#used) if (ends < now) this.#used.delete(old);
    this.#used.set(id, until);
  }
}

function invalid(number: number, text: string): EntraFailure {
  return new EntraFailure(number, 'invalid_client', text, 401);
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
