import { canonicalJson, sha256 } from '../chain.ts';

/**
 * An idempotency key: the same step with the same contents has the same one. Stripe answers a key
 * that comes with other contents with an error, so the contents are in it.
 */
export function stepKey(step: string, id: string, contents: unknown): string {
  return `hf-${step}-${id}-${sha256(canonicalJson(contents)).slice(0, 24)}`.slice(0, 255);
}
