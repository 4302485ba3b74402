import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/**
 * Where a list goes on, as text that clients hand back and cannot make. It holds for one list alone:
 * the place (operation, path, filters) is part of what is signed.
 */
const macBytes = 16;

function mac(secret: string, place: string, payload: string): Buffer {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'holdfast api cursor 1', 32));
  return createHmac('sha256', key)
    .update(JSON.stringify([place, payload]))
    .digest()
    .subarray(0, macBytes);
}

export function sealCursor(secret: string, place: string, position: unknown): string {
  const payload = JSON.stringify(position);
  return Buffer.concat([mac(secret, place, payload), Buffer.from(payload)]).toString('base64url');
}

/** The position, or undefined for what is no cursor of this list. */
export function openCursor(secret: string, place: string, text: string): unknown {
  if (!/^[\w-]+$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  // Base64 has more than one text for some bytes; only ours is a cursor.
  if (bytes.length <= macBytes || bytes.toString('base64url') !== text) return undefined;
  const payload = bytes.subarray(macBytes).toString();
  if (!timingSafeEqual(bytes.subarray(0, macBytes), mac(secret, place, payload))) return undefined;
  return JSON.parse(payload);
}
