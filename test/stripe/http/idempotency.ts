import { createHash } from 'node:crypto';
import type { Store } from '../store/store.ts';
import { StripeFailure } from './failures.ts';

/** An answer that the same key gets again. */
export interface KeptAnswer {
  id: string;
  request: string;
  status: number;
  body: unknown;
  at: number;
}

const keptSeconds = 24 * 3600;

/** Keys of requests that were answered, and of those that are on their way. */
export class Idempotency {
  private readonly running = new Set<string>();
  private readonly store: Store;
  constructor(store: Store) {
    this.store = store;
  }

  /** The answer of an earlier request with this key, or null for a first one, which then runs. */
  begin(key: string, request: string, now: number): KeptAnswer | null {
    if (this.running.has(key)) {
      throw new StripeFailure(409, {
        type: 'idempotency_error',
        code: 'idempotency_key_in_use',
        message: `There is currently another in-progress request using this Idempotency Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
      });
    }
    const kept = this.store.get('answer', key);
    if (kept && now - kept.at < keptSeconds) {
      if (kept.request === fingerprint(request)) return kept;
      throw new StripeFailure(400, {
        type: 'idempotency_error',
        message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
      });
    }
    this.running.add(key);
    return null;
  }

  /** A request that was refused before it did anything leaves no trace; then `answer` is null. */
  end(
    key: string,
    request: string,
    now: number,
    answer: { status: number; body: unknown } | null,
  ): void {
    this.running.delete(key);
    if (answer) {
      this.store.put('answer', { id: key, request: fingerprint(request), at: now, ...answer });
    }
  }
}

function fingerprint(request: string): string {
  return createHash('sha256').update(request).digest('hex');
}
