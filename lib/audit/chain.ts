import { createHash } from 'node:crypto';
import type { AuditFacts } from '#db/schema/audit.ts';

/** What the hash of an entry covers: all that it says, and the hash before it. */
export interface ChainedEvent {
  mspId: string;
  chainId: string;
  seq: number;
  tenantId: string | null;
  at: Date;
  action: string;
  actorKind: string;
  actor: string;
  entity: string;
  entityId: string | null;
  facts: AuditFacts;
}

export interface ChainLink extends ChainedEvent {
  previousHash: Uint8Array;
  hash: Uint8Array;
}

export const chainStart: Uint8Array = new Uint8Array(32);

export function eventHash(event: ChainedEvent, previousHash: Uint8Array): Uint8Array {
  const facts = Object.entries(event.facts).sort(([a], [b]) => (a < b ? -1 : 1));
  // A list has one form only; an object's text would depend on the order of its keys.
  const content = JSON.stringify([
    'holdfast-audit-1',
    event.mspId,
    event.chainId,
    event.seq,
    event.tenantId,
    event.at.toISOString(),
    event.action,
    event.actorKind,
    event.actor,
    event.entity,
    event.entityId,
    facts,
  ]);
  return createHash('sha256').update(previousHash).update(content).digest();
}

/** Follows one chain from its start, link by link, so that a long one need not be held at once. */
export class ChainWalk {
  private previous = chainStart;
  private seq = 0;
  /** The first `seq` at which the log is not what was written. */
  brokenAt: number | null = null;

  add(link: ChainLink): void {
    if (this.brokenAt !== null) return;
    this.seq++;
    const intact =
      link.seq === this.seq &&
      Buffer.from(link.previousHash).equals(this.previous) &&
      Buffer.from(link.hash).equals(eventHash(link, this.previous));
    if (intact) this.previous = link.hash;
    else this.brokenAt = this.seq;
  }
}

/**
 * @param links one whole chain, by `seq` from 1
 * @returns the first `seq` at which the log is not what was written, or null when it is intact.
 *   A cut tail shows only against a head that was kept elsewhere.
 */
export function firstBreak(links: Iterable<ChainLink>): number | null {
  const walk = new ChainWalk();
  for (const link of links) walk.add(link);
  return walk.brokenAt;
}
