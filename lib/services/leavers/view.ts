import type { MailboxKind } from '#db/enums.ts';
import { targetMs, usualMinutes } from '../coverage/rules.ts';
import { type SealedCause, sealedCauses } from '../mailboxes/store.ts';
import { type LeaverState, leaverState, rungs, unseenMs } from './rules.ts';
import type { sealedMailboxes } from './store.ts';

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

export function viewLeaver(row: Awaited<ReturnType<typeof sealedMailboxes>>[number]): LeaverRow {
  const { mailbox, customer, everyMinutes } = row;
  const facts = {
    sealedAt: mailbox.sealedAt ?? mailbox.discoveredAt,
    lastGoodAt: mailbox.lastGoodAt,
    lastOutcome: mailbox.lastOutcome,
    target: targetMs(everyMinutes ?? usualMinutes),
  };
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
