import type { MailboxKind } from '#db/enums.ts';
import { targetMs, usualMinutes } from '../coverage/rules.ts';
import { type SealedCause, sealedCauses } from '../mailboxes/store.ts';
import { type LeaverState, leaverState, rungs, type SealedFacts, unseenMs } from './rules.ts';
import type { factsOfSealed, sealedMailboxes } from './store.ts';

export interface LeaverRow {
  tenantId: string;
  mailboxId: string;
  customer: string;
  name: string;
  kind: MailboxKind;
  state: LeaverState;
  /** Which rungs of the ladder are reached. */
  rungs: boolean[];
  /** Null for those sealed before that was written down. */
  cause: SealedCause | null;
  sealedAt: Date;
  lastGoodAt: Date | null;
  /** How long nobody copied before it went. */
  unseenMs: number | null;
  items: number;
  bytes: number;
}

/** What a row says of how well its mailbox was sealed. */
export function sealedFacts({
  mailbox,
  everyMinutes,
}: Awaited<ReturnType<typeof factsOfSealed>>[number]): SealedFacts {
  return {
    sealedAt: mailbox.sealedAt ?? mailbox.discoveredAt,
    lastGoodAt: mailbox.lastGoodAt,
    lastOutcome: mailbox.lastOutcome,
    target: targetMs(everyMinutes ?? usualMinutes),
  };
}

export function viewLeaver(row: Awaited<ReturnType<typeof sealedMailboxes>>[number]): LeaverRow {
  const { mailbox, customer } = row;
  const facts = sealedFacts(row);
  return {
    tenantId: mailbox.tenantId,
    mailboxId: mailbox.id,
    customer,
    name: mailbox.displayName,
    kind: mailbox.kind,
    state: leaverState(facts),
    rungs: rungs(facts),
    cause: sealedCauses.find((cause) => cause === mailbox.sealedCause) ?? null,
    sealedAt: facts.sealedAt,
    lastGoodAt: facts.lastGoodAt,
    unseenMs: unseenMs(facts),
    items: mailbox.items,
    bytes: mailbox.bytes,
  };
}
