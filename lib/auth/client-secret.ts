import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { EntraCredential } from '#lib/core/config.ts';
import { AppError } from '#lib/core/errors.ts';

/** What msal signs its requests with. */
export type ClientSecret =
  | { clientSecret: string }
  | { clientCertificate: { thumbprintSha256: string; privateKey: string } };

/**
 * The portal's credential, which can do nothing but sign people in.
 * @throws AppError `credential.invalid` when the PEM file lacks a certificate or its private key
 */
export async function readClientSecret(credential: EntraCredential): Promise<ClientSecret> {
  if (credential.certificateFile === undefined) {
    return { clientSecret: credential.clientSecret ?? '' };
  }
  try {
    const pem = await readFile(credential.certificateFile, 'utf8');
    const certificate = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/.exec(
      pem,
    )?.[0];
    const der = new X509Certificate(certificate ?? '').raw;
    const key = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]+?-----END [A-Z ]*PRIVATE KEY-----/.exec(
      pem,
    )?.[0];
    return {
      clientCertificate: {
        thumbprintSha256: createHash('sha256').update(der).digest('hex'),
        privateKey: createPrivateKey(key ?? '')
          .export({ type: 'pkcs8', format: 'pem' })
          .toString(),
      },
    };
  } catch (cause) {
    throw new AppError(
      'credential.invalid',
      'The sign-in certificate file does not hold a certificate with its private key, both as PEM.',
      { cause },
    );
  }
}
