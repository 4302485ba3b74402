import {
  createHash,
  createPrivateKey,
  generateKeyPair as generateKeyPairWithCallback,
  type KeyObject,
  X509Certificate,
} from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { issueCertificate } from './certificate.ts';

const generateKeyPair = promisify(generateKeyPairWithCallback);

/** A certificate that an app registration knows: what its assertions are checked against. */
export interface RegisteredCertificate {
  /** Holds the certificate and its private key. */
  file: string;
  publicKey: KeyObject;
  /** base64url of the SHA-256 and SHA-1 of the DER certificate, as assertions name it. */
  sha256: string;
  sha1: string;
}

export interface Identity {
  caFile: string;
  serverPem: string;
  /** Signs every token. */
  tokenKey: KeyObject;
  certificates: Record<CertifiedApp, RegisteredCertificate>;
}

const certifiedApps = ['signIn', 'backup', 'restore'] as const;
export type CertifiedApp = (typeof certifiedApps)[number];

const caName = 'Holdfast test authority';

/** Finds the keys and certificates in the folder, or makes them. They stay the same ever after. */
export async function openIdentity(folder: string): Promise<Identity> {
  await mkdir(folder, { recursive: true });
  if (!existsSync(join(folder, 'complete'))) await makeIdentity(folder);
  const certificates = {} as Record<CertifiedApp, RegisteredCertificate>;
  for (const app of certifiedApps) {
    const file = join(folder, `${app}.pem`);
    const { publicKey, raw } = new X509Certificate(await readFile(file));
    certificates[app] = {
      file,
      publicKey,
      sha256: createHash('sha256').update(raw).digest('base64url'),
      sha1: createHash('sha1').update(raw).digest('base64url'),
    };
  }
  return {
    caFile: join(folder, 'ca.pem'),
    serverPem: await readFile(join(folder, 'server.pem'), 'utf8'),
    tokenKey: createPrivateKey(await readFile(join(folder, 'token-key.pem'))),
    certificates,
  };
}

async function makeIdentity(folder: string): Promise<void> {
  const ellipticPair = () => generateKeyPair('ec', { namedCurve: 'P-256' });
  const rsaPair = () => generateKeyPair('rsa', { modulusLength: 2048 });
  const [ca, server, token, ...apps] = await Promise.all([
    ellipticPair(),
    ellipticPair(),
    rsaPair(),
    ...certifiedApps.map(rsaPair),
  ]);
  const issuer = { commonName: caName, ...ca };
  const write = (file: string, ...parts: string[]) => write0600(join(folder, file), parts.join(''));
  const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }) as string;
  await write(
    'ca.pem',
    issueCertificate({
      commonName: caName,
      publicKey: ca.publicKey,
      issuer,
      days: 3650,
      use: 'ca',
    }),
  );
  await write(
    'server.pem',
    issueCertificate({
      commonName: 'localhost',
      publicKey: server.publicKey,
      issuer,
      days: 800,
      use: 'server',
      hosts: ['127.0.0.1', 'localhost'],
    }),
    pem(server.privateKey),
  );
  await write('token-key.pem', pem(token.privateKey));
  for (const [index, app] of certifiedApps.entries()) {
    const pair = apps[index]!;
    // As Entra takes them: each application signs its own certificate.
    const own = { commonName: `Holdfast ${app}`, ...pair };
    await write(
      `${app}.pem`,
      issueCertificate({ ...own, issuer: own, days: 800, use: 'client' }),
      pem(pair.privateKey),
    );
  }
  await write('complete', '');
}

async function write0600(file: string, content: string): Promise<void> {
  await writeFile(`${file}.new`, content, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
