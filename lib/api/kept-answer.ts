import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { z } from 'zod';

/**
 * Answers that are kept for repetition may hold a link that opens something, or subjects of mail. They
 * lie in the catalogue encrypted with a key that only the holder of the API key can make again.
 */
const sealed = z.object({ sealed: z.base64() });
const nonceBytes = 12;
const tagBytes = 16;

function keyFor(secret: string, idempotencyKey: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, idempotencyKey, 'holdfast kept answer 1', 32));
}

export function sealAnswer(secret: string, idempotencyKey: string, body: unknown): unknown {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', keyFor(secret, idempotencyKey), nonce);
  const text = Buffer.concat([cipher.update(JSON.stringify(body ?? null), 'utf8'), cipher.final()]);
  return { sealed: Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64') };
}

export function openAnswer(secret: string, idempotencyKey: string, kept: unknown): unknown {
  const bytes = Buffer.from(sealed.parse(kept).sealed, 'base64');
  const nonce = bytes.subarray(0, nonceBytes);
  const decipher = createDecipheriv('aes-256-gcm', keyFor(secret, idempotencyKey), nonce);
  decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  const text = Buffer.concat([
    decipher.update(bytes.subarray(nonceBytes + tagBytes)),
    decipher.final(),
  ]);
  return JSON.parse(text.toString());
}
