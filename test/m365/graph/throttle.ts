import type { Stats } from '../stats.ts';

/** Limits of one application on one mailbox (research/graph.md §5.1). */
export interface ThrottleLimits {
  requests: number;
  requestWindowMs: number;
  concurrent: number;
  uploadBytes: number;
  uploadWindowMs: number;
}

export const exchangeLimits: ThrottleLimits = {
  requests: 10_000,
  requestWindowMs: 10 * 60_000,
  concurrent: 4,
  uploadBytes: 150 * 1024 * 1024,
  uploadWindowMs: 5 * 60_000,
};

export interface Refusal {
  retryAfterSeconds: number;
  message: string;
}

interface Bucket {
  inWork: number;
  windowStart: number;
  requests: number;
  uploadStart: number;
  uploaded: number;
}

/** The buckets of every (application, mailbox). Refused requests count too. */
export class Throttle {
  readonly #limits: ThrottleLimits;
  readonly #stats: Stats;
  readonly #buckets = new Map<string, Bucket>();

  constructor(limits: ThrottleLimits, stats: Stats) {
    this.#limits = limits;
    this.#stats = stats;
  }

  /** @returns a refusal, or the function to call when the request is done */
  enter(
    appId: string,
    mailbox: string,
    uploadBytes: number,
  ): { refusal: Refusal } | { leave: () => void } {
    const now = Date.now();
    const limits = this.#limits;
    const bucket = this.#bucket(`${appId} ${mailbox}`, now);
    bucket.requests++;
    if (bucket.requests > limits.requests) {
      this.#stats.throttled.requests++;
      return refusal(
        'Application is over its MailboxRequests limit.',
        bucket.windowStart + limits.requestWindowMs - now,
      );
    }
    if (bucket.inWork >= limits.concurrent) {
      this.#stats.throttled.concurrency++;
      return refusal('Application is over its MailboxConcurrency limit.', 1_000);
    }
    // One upload larger than the whole budget passes when nothing went before it.
    if (bucket.uploaded > 0 && bucket.uploaded + uploadBytes > limits.uploadBytes) {
      this.#stats.throttled.bytes++;
      return refusal(
        'Application is over its IncomingBytes limit.',
        bucket.uploadStart + limits.uploadWindowMs - now,
      );
    }
    bucket.uploaded += uploadBytes;
    this.#stats.uploadedBytes += uploadBytes;
    bucket.inWork++;
    this.#stats.concurrentMax = Math.max(this.#stats.concurrentMax, bucket.inWork);
    return { leave: () => bucket.inWork-- };
  }

  #bucket(key: string, now: number): Bucket {
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      bucket = { inWork: 0, windowStart: now, requests: 0, uploadStart: now, uploaded: 0 };
      this.#buckets.set(key, bucket);
    }
    if (now - bucket.windowStart >= this.#limits.requestWindowMs) {
      bucket.windowStart = now;
      bucket.requests = 0;
    }
    if (now - bucket.uploadStart >= this.#limits.uploadWindowMs) {
      bucket.uploadStart = now;
      bucket.uploaded = 0;
    }
    return bucket;
  }
}

function refusal(message: string, waitMs: number): { refusal: Refusal } {
  return { refusal: { message, retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) } };
}
