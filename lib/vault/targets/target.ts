/** Nothing larger is ever read as a whole; what claims to be is damage. */
export const wholeBytesMax = 256 * 1024 * 1024;

/**
 * Bytes somewhere. The contract every target keeps:
 *
 * - Names are lower-case letters, digits, '-' and '/', at most 200 characters.
 * - `put` creates and never replaces: when it resolves, the object is there as a whole and survives
 *   a power cut; when it rejects, or the process dies in it, the object is there as a whole or not at
 *   all. A name that is taken is refused with 'conflict' and left as it is.
 * - After `put` resolved, every reader in every process sees the object in `get`, `head` and `list`.
 * - Absent means absent: `head` answers null, `get` throws 'not-found'. Anything that could also
 *   mean "not reachable" is 'vault.unavailable' and retryable.
 * - A target that cannot take more bytes throws 'vault.full'; what was there before is untouched.
 */
export interface Target {
  /** What people are told about where this is; no credentials in it. */
  readonly description: string;
  put(name: string, parts: readonly Uint8Array[]): Promise<void>;
  /**
   * The whole object, or `length` bytes from `offset`; shorter than asked for is 'vault.damaged', and
   * so is a whole of more than `wholeBytesMax`.
   */
  get(name: string, range?: { offset: number; length: number }): Promise<Buffer>;
  head(name: string): Promise<{ size: number } | null>;
  /**
   * Objects whose names start with `prefix` (which ends with '/'), in any order.
   * @param skip names for which it is true are left out and cost no more than their name
   */
  list(
    prefix: string,
    skip?: (name: string) => boolean,
  ): AsyncIterable<{ name: string; size: number }>;
  readonly abilities: TargetAbilities;
}

/** What not every target can or needs to do; asked for by name, absent when it is not there. */
export interface TargetAbilities {
  /**
   * Makes objects that another process has put, perhaps moments before it died, survive a power
   * cut. Where what is visible is durable, this is absent.
   */
  settle?(names: readonly string[]): Promise<void>;
  /** Bytes that still fit. */
  freeBytes?(): Promise<number>;
}
