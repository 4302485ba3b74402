import { timingSafeEqual } from 'node:crypto';
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { AppError } from '#lib/core/errors.ts';
import { isId } from '#lib/core/ids.ts';

/** The tenant id all personal Microsoft accounts share (`research/graph.md` §1.9). */
export const personalTid = '9188040d-6c67-4c5b-b112-36a304b66dad';

/** Template ids of the directory roles that may consent for a whole organisation (`research/graph.md` §1.2). */
const consentingRoles = [
  '62e90394-69f5-4237-9190-012177145e10', // Global Administrator
  'e8611ab8-c189-46e8-94e1-60213ab1f814', // Privileged Role Administrator
];

export interface IdTokenRules {
  /** Scheme and host of the login service. */
  loginUrl: string;
  /** Our client id: the only audience. */
  clientId: string;
  /** The nonce this browser was sent away with. */
  nonce: string;
  keys: JWTVerifyGetKey;
}

export interface ProvenIdentity {
  tid: string;
  oid: string;
  /** `tid.oid`: identity. Names and addresses in the token are decoration. */
  subject: string;
  name: string;
  /** Holds a role that may consent for the whole organisation, as of this sign-in. */
  administrator: boolean;
}

/** Compares in constant time; anything but two equal, non-empty texts is different. */
export function sameSecret(a: unknown, b: unknown): boolean {
  if (typeof a !== 'string' || typeof b !== 'string' || a === '' || a.length !== b.length) {
    return false;
  }
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * Who signed in, by the word of the organisation's own issuer. One key set serves every
 * organisation, so the issuer must be the one of the organisation that the token names.
 * @throws AppError `unauthenticated` for a token that proves nothing, `forbidden` for a personal account
 */
export async function verifyIdToken(token: string, rules: IdTokenRules): Promise<ProvenIdentity> {
  let claims: JWTPayload;
  try {
    const { payload } = await jwtVerify(token, rules.keys, {
      algorithms: ['RS256'],
      audience: rules.clientId,
      requiredClaims: ['iss', 'exp', 'nonce', 'tid', 'oid'],
      clockTolerance: 60,
    });
    claims = payload;
  } catch (cause) {
    if (cause instanceof errors.JWKSTimeout || !(cause instanceof errors.JOSEError)) {
      throw new AppError('source.unavailable', 'Microsoft did not answer. Sign in again.', {
        retryable: true,
        cause,
      });
    }
    throw refusal('Microsoft sent a sign-in that is not valid. Sign in again.', cause.code);
  }
  const { tid, oid } = claims;
  if (typeof tid !== 'string' || typeof oid !== 'string' || !isId(tid) || !isId(oid)) {
    throw refusal('Microsoft sent a sign-in without an account. Sign in again.', 'claims');
  }
  if (claims.iss !== `${rules.loginUrl}/${tid}/v2.0`) {
    throw refusal('The sign-in was issued for another organisation.', 'issuer');
  }
  if (!sameSecret(claims.nonce, rules.nonce)) {
    throw refusal('The sign-in was started in another browser window. Sign in again.', 'nonce');
  }
  if (tid === personalTid) {
    throw new AppError('forbidden', 'This is a personal Microsoft account. Use your work account.');
  }
  const name = typeof claims.name === 'string' && claims.name !== '' ? claims.name : 'Unnamed';
  return { tid, oid, subject: `${tid}.${oid}`, name, administrator: mayConsent(claims.wids) };
}

/** No claim is no role: Entra leaves it out where the registration does not ask for it. */
function mayConsent(wids: unknown): boolean {
  return Array.isArray(wids) && consentingRoles.some((role) => wids.includes(role));
}

function refusal(sentence: string, reason: string): AppError {
  return new AppError('unauthenticated', sentence, { data: { reason } });
}
