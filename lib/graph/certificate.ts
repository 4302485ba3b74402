import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { AppError } from '#lib/core/errors.ts';

export interface ClientCertificate {
  /** Upper-case hex SHA-256 of the DER certificate: what Entra shows beside an uploaded certificate. */
  thumbprintSha256: string;
  /** PEM, PKCS#8. */
  privateKey: string;
  /** PEM of the certificate itself. */
  certificate: string;
}

const certificateBlock = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/;
const keyBlock =
  /-----BEGIN (?:RSA |EC )?PRIVATE KEY-----[\s\S]+?-----END (?:RSA |EC )?PRIVATE KEY-----/;

/**
 * Reads a PEM file that holds a certificate and its private key, in any order.
 * @throws AppError `credential.invalid` naming the file and what is wrong with it
 */
export async function readClientCertificate(path: string): Promise<ClientCertificate> {
  const refuse = (what: string, cause?: unknown) =>
    new AppError('credential.invalid', `The certificate file ${path} ${what}.`, { cause });
  let pem: string;
  try {
    pem = await readFile(path, 'utf8');
  } catch (err) {
    throw refuse('cannot be read', err);
  }
  const certificate = certificateBlock.exec(pem)?.[0];
  const key = keyBlock.exec(pem)?.[0];
  if (!certificate) throw refuse('holds no certificate');
  if (!key) throw refuse('holds no private key, or an encrypted one');
  try {
    const parsed = new X509Certificate(certificate);
    const privateKey = createPrivateKey(key);
    if (!parsed.checkPrivateKey(privateKey)) throw refuse('holds a key of another certificate');
    return {
      thumbprintSha256: createHash('sha256').update(parsed.raw).digest('hex').toUpperCase(),
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
      certificate,
    };
  } catch (err) {
    if (err instanceof AppError) throw err;
    throw refuse('holds something that is not a certificate with its key', err);
  }
}
