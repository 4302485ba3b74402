import { createHash } from 'node:crypto';
import type { Clock } from '#lib/core/clock.ts';
import { AppError, isAppError } from '#lib/core/errors.ts';

/** The header in which the portal's own server tells from which address a request came. */
export const clientHeader = 'x-holdfast-client';

/** As many secrets that open nothing, of one address at once and in a second over time. */
const bucketSize = 240;
const perSecond = 4;
/** As long as a secret that opened something needs no place in the bucket. */
const rememberedMs = 10 * 60_000;
/** Addresses and secrets that are remembered; of more, those not seen for longest are forgotten. */
const rememberedMost = 20_000;

interface Bucket {
  tokens: number;
  at: number;
}

/**
 * Requests with a secret that nobody has looked up yet: a key, a token of a link, a session. Each
 * look-up is work for the catalogue, which everybody shares, so an address has only so many that find
 * nothing. Secrets are too random to be guessed; this is against being kept busy.
 */
export class Strangers {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();
  /** Hashes of secrets that opened something, with when that was. */
  readonly #known = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * @param look finds what the secret opens; null, or an error that says so, when it opens nothing
   * @throws AppError `too-many` before anything is looked up
   */
  async ask<T>(
    { address, secret }: { address: string; secret: string },
    look: () => Promise<T>,
  ): Promise<T> {
    const hash = createHash('sha256').update(secret).digest('base64');
    const place = placeOf(address);
    // Whoever was known a moment ago is not shut out by others behind the same address.
    const isKnown = this.#isKnown(hash);
    if (!isKnown) this.#take(place);
    try {
      const found = await look();
      if (found === null) {
        this.#known.delete(hash);
        return found;
      }
      if (!isKnown) this.#giveBack(place);
      keep(this.#known, hash, this.#clock.monotonicMs());
      return found;
    } catch (err) {
      if (opensNothing(err)) this.#known.delete(hash);
      else if (!isKnown) this.#giveBack(place);
      throw err;
    }
  }

  #isKnown(hash: string): boolean {
    const at = this.#known.get(hash);
    return at !== undefined && this.#clock.monotonicMs() - at < rememberedMs;
  }

  #take(place: string): void {
    const now = this.#clock.monotonicMs();
    const { tokens, at } = this.#buckets.get(place) ?? { tokens: bucketSize, at: now };
    const filled = Math.min(bucketSize, tokens + ((now - at) / 1000) * perSecond);
    if (filled < 1) {
      throw new AppError(
        'too-many',
        'Too many requests from this network opened nothing. Wait a moment, and try again.',
        { retryable: true, retryAfterMs: ((1 - filled) / perSecond) * 1000 },
      );
    }
    keep(this.#buckets, place, { tokens: filled - 1, at: now });
  }

  #giveBack(place: string): void {
    const bucket = this.#buckets.get(place);
    if (bucket) bucket.tokens = Math.min(bucketSize, bucket.tokens + 1);
  }
}

/** Map keeps the order of insertion: what is set anew goes to its end, and the first is the oldest. */
function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > rememberedMost) map.delete(map.keys().next().value!);
}

function opensNothing(err: unknown): boolean {
  if (!isAppError(err)) return false;
  if (err.code === 'consent.refused') return err.data.refusal === 'damaged';
  return err.code === 'unauthenticated' || err.code === 'not-found';
}

/** Whoever has one address of IPv6 has all that share its first half. */
function placeOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('%')[0]!.toLowerCase().split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length);
  const groups = [...front, ...Array<string>(zeros).fill('0'), ...back];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}

/**
 * From which address a request came. What a client says of itself in `X-Forwarded-For` is believed
 * only from the end, and only as far as proxies of ours have written it.
 * @param peer whoever holds the connection
 * @param proxies how many of ours a request passes before it comes here
 */
export function clientAddress(
  peer: string,
  forwardedFor: string | readonly string[] | undefined,
  proxies: number,
): string {
  const told = [forwardedFor ?? []].flat().join(',').split(',');
  const way = [...told.map((one) => one.trim()).filter((one) => one !== ''), peer];
  const found = way[Math.max(0, way.length - 1 - proxies)] ?? peer;
  // Some write a port behind it, and brackets around an address of IPv6.
  return found.replace(/^\[([^\]]*)\](:\d+)?$/, '$1').replace(/^(\d+(?:\.\d+){3}):\d+$/, '$1');
}
