import { constants, createPublicKey, createSign, createVerify, type KeyObject } from 'node:crypto';

export interface Jwt {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
  signedPart: string;
  signature: Buffer;
}

/** null for text that is no JWT. */
export function parseJwt(text: string): Jwt | null {
  const [header, claims, signature, ...rest] = text.split('.');
  if (!header || !claims || !signature || rest.length > 0) return null;
  try {
    return {
      header: JSON.parse(Buffer.from(header, 'base64url').toString()),
      claims: JSON.parse(Buffer.from(claims, 'base64url').toString()),
      signedPart: `${header}.${claims}`,
      signature: Buffer.from(signature, 'base64url'),
    };
  } catch {
    return null;
  }
}

export function verifySignature(jwt: Jwt, key: KeyObject): boolean {
  const verifier = createVerify('sha256').update(jwt.signedPart);
  if (jwt.header.alg === 'RS256') return verifier.verify(key, jwt.signature);
  if (jwt.header.alg !== 'PS256') return false;
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  return verifier.verify(
    { key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
    jwt.signature,
  );
}

/** Signs every token of the stand-in (RS256). */
export class TokenSigner {
  readonly #key: KeyObject;
  readonly publicKey: KeyObject;
  readonly keyId: string;

  constructor(key: KeyObject, keyId: string) {
    this.#key = key;
    this.publicKey = createPublicKey(key);
    this.keyId = keyId;
  }

  sign(claims: Record<string, unknown>): string {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${part({ typ: 'JWT', alg: 'RS256', kid: this.keyId })}.${part(claims)}`;
    return `${signed}.${createSign('sha256').update(signed).sign(this.#key, 'base64url')}`;
  }

  /** The claims of a token that this signer made; null for any other. */
  read(token: string): Record<string, unknown> | null {
    const jwt = parseJwt(token);
    if (!jwt || jwt.header.kid !== this.keyId || jwt.header.alg !== 'RS256') return null;
    return verifySignature(jwt, this.publicKey) ? jwt.claims : null;
  }

  jwks() {
    const { kty, n, e } = this.publicKey.export({ format: 'jwk' });
    return { keys: [{ kty, use: 'sig', kid: this.keyId, alg: 'RS256', n, e }] };
  }
}
