import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import {
  bits,
  context,
  flag,
  integer,
  objectId,
  octets,
  sequence,
  set,
  text,
  time,
} from './der.ts';

export interface CertificateRequest {
  commonName: string;
  publicKey: KeyObject;
  issuer: { commonName: string; privateKey: KeyObject; publicKey: KeyObject };
  days: number;
  /** `ca` may sign others, `server` names hosts, `client` is what an application signs its assertions with. */
  use: 'ca' | 'server' | 'client';
  /** Host names and addresses of a server. */
  hosts?: string[];
}

const oid = {
  commonName: '2.5.4.3',
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  subjectAltName: '2.5.29.17',
  subjectKeyId: '2.5.29.14',
  authorityKeyId: '2.5.29.35',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  rsaWithSha256: '1.2.840.113549.1.1.11',
};

/** An X.509 version 3 certificate (RFC 5280), as PEM. */
export function issueCertificate(request: CertificateRequest): string {
  const { issuer } = request;
  const algorithm = signatureAlgorithm(issuer.privateKey);
  const from = Date.now() - 3_600_000;
  const body = sequence(
    context(0, integer(2), true),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    name(issuer.commonName),
    sequence(time(new Date(from)), time(new Date(from + request.days * 86_400_000))),
    name(request.commonName),
    request.publicKey.export({ type: 'spki', format: 'der' }),
    context(3, sequence(...extensions(request)), true),
  );
  const certificate = sequence(body, algorithm, bits(sign('sha256', body, issuer.privateKey)));
  const lines = certificate.toString('base64').match(/.{1,64}/g)!;
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function signatureAlgorithm(key: KeyObject): Buffer {
  if (key.asymmetricKeyType === 'ec') return sequence(objectId(oid.ecdsaWithSha256));
  return sequence(objectId(oid.rsaWithSha256), Buffer.from([0x05, 0x00]));
}

function name(commonName: string): Buffer {
  return sequence(set(sequence(objectId(oid.commonName), text(commonName))));
}

function extensions({ use, hosts, publicKey, issuer }: CertificateRequest): Buffer[] {
  const critical = (id: string, value: Buffer) => sequence(objectId(id), flag(true), octets(value));
  const plain = (id: string, value: Buffer) => sequence(objectId(id), octets(value));
  const list = [
    critical(oid.basicConstraints, use === 'ca' ? sequence(flag(true)) : sequence()),
    // Bits from the left: digitalSignature 0, keyEncipherment 2, keyCertSign 5, cRLSign 6.
    critical(
      oid.keyUsage,
      use === 'ca' ? Buffer.from([0x03, 0x02, 0x01, 0x06]) : Buffer.from([0x03, 0x02, 0x07, 0x80]),
    ),
    plain(oid.subjectKeyId, octets(keyId(publicKey))),
    plain(oid.authorityKeyId, sequence(context(0, keyId(issuer.publicKey), false))),
  ];
  if (use !== 'ca') {
    const purpose = use === 'server' ? oid.serverAuth : oid.clientAuth;
    list.push(plain(oid.extendedKeyUsage, sequence(objectId(purpose))));
  }
  if (hosts) list.push(plain(oid.subjectAltName, sequence(...hosts.map(generalName))));
  return list;
}

function keyId(key: KeyObject): Buffer {
  return createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();
}

function generalName(host: string): Buffer {
  if (isIP(host) === 4) return context(7, Buffer.from(host.split('.').map(Number)), false);
  return context(2, Buffer.from(host, 'ascii'), false);
}
