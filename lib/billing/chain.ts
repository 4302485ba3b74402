import { createHash } from 'node:crypto';
import type { Day, Period } from './days.ts';
import type { MailboxDay } from './observation.ts';
import type { Dimension } from './plan.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * JSON that is the same text for the same value: keys sorted, no blanks, nothing undefined. Hashes
 * of the ledger are over this form, so that anybody can compute them again from an export.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') {
    return JSON.stringify(value);
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError('JSON has no such number.');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  if (typeof value === 'object') {
    const fields = Object.entries(value as Record<string, Json | undefined>)
      .filter(([, field]) => field !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`);
    return `{${fields.join(',')}}`;
  }
  throw new TypeError(`JSON has no ${typeof value}.`);
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The hash of what one customer's mailboxes were on a day, whatever the order of the rows. */
export function dayHash(rows: Iterable<Pick<MailboxDay, 'subject' | 'state' | 'reason'>>): string {
  const lines: string[] = [];
  for (const { subject, state, reason } of rows)
    lines.push(`${subject}|${state}|${reason ?? ''}\n`);
  return sha256(lines.sort().join(''));
}

/** A customer's day as the hash of its period knows it. */
export interface HashedDay {
  tenantId: string;
  day: Day;
  /** Of its mailboxes, see `dayHash`. */
  hash: string;
  physicalBytes: number;
  trial: boolean;
}

/** The hash of everything that a period was calculated of, whatever the order of the days. */
export function inputHash(days: Iterable<HashedDay>): string {
  const lines: string[] = [];
  for (const { tenantId, day, hash, physicalBytes, trial } of days) {
    lines.push(`${day}|${tenantId}|${hash}|${physicalBytes}|${trial ? 'trial' : ''}\n`);
  }
  return sha256(lines.sort().join(''));
}

/** What a closed period binds together. */
export interface PeriodSeal {
  /** Hash of the account's period before; null for its first. */
  prev: string | null;
  accountId: string;
  period: Period;
  planId: string;
  planVersion: number;
  inputHash: string;
  quantities: Record<Dimension, number>;
  amount: string;
}

/** The link of a closed period in its account's chain. */
export function periodHash(seal: PeriodSeal): string {
  return sha256(canonicalJson({ ...seal }));
}

export type ChainFinding =
  | { period: Period; finding: 'broken-link' }
  | { period: Period; finding: 'wrong-hash' }
  | { period: Period; finding: 'missing-period' };

/** Walks an account's closed periods, oldest first, and names every link that does not hold. */
export function verifyChain(
  closed: readonly (PeriodSeal & { hash: string })[],
  follows: (period: Period) => Period,
): ChainFinding[] {
  const findings: ChainFinding[] = [];
  let before: (PeriodSeal & { hash: string }) | null = null;
  for (const link of closed) {
    const { hash, ...seal } = link;
    if (seal.prev !== (before?.hash ?? null)) {
      findings.push({ period: link.period, finding: 'broken-link' });
    }
    if (before !== null && follows(before.period) !== link.period) {
      findings.push({ period: link.period, finding: 'missing-period' });
    }
    if (periodHash(seal) !== hash) findings.push({ period: link.period, finding: 'wrong-hash' });
    before = link;
  }
  return findings;
}
