import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { mailboxes } from '#db/schema/mailboxes.ts';
import { addMs } from '#lib/core/clock.ts';
import { targetMs, usualMinutes } from '../coverage/rules.ts';
import { loadTenant } from '../customers/store.ts';
import { isCopying } from '../figures/store.ts';
import { findPolicy } from '../policies/store.ts';
import type { MailboxHealth } from './rules.ts';

/** What of a customer decides how its mailboxes are. */
export interface Standing {
  /** A good copy older than this is late. */
  before: Date;
  /** Nothing is copied any more. */
  stopped: boolean;
  /** A run is going on. */
  copying: boolean;
}

/** How the customer stands now; not found where it is none of this MSP. */
export async function standingOf(
  tx: Transaction,
  mspId: string,
  tenantId: string,
  now: Date,
): Promise<Standing> {
  const tenant = await loadTenant(tx, mspId, tenantId);
  const [policy, copying] = await Promise.all([
    findPolicy(tx, mspId, tenantId),
    isCopying(tx, { mspId, tenantId }),
  ]);
  return {
    before: addMs(now, -targetMs(policy?.everyMinutes ?? usualMinutes)),
    stopped: tenant.state === 'consent-lost' || tenant.state === 'disconnected',
    copying,
  };
}

/**
 * How a mailbox is, worst first. Every list, count and head asks this one expression, so that no
 * page calls good what another calls late.
 */
export function healthOf({ before, stopped, copying }: Standing): SQL<MailboxHealth> {
  return sql<MailboxHealth>`case
    when ${mailboxes.state} in ('sealed', 'excluded', 'erased') then ${mailboxes.state}::text
    when ${mailboxes.state} = 'discovered' then 'not-covered'
    when ${stopped}::boolean then 'stopped'
    when ${mailboxes.lastOutcome} not like 'done%' then 'failed'
    when ${mailboxes.lastGoodAt} is null then case when ${copying}::boolean then 'first' else 'not-covered' end
    when ${isLate(sql`${before.toISOString()}::timestamptz`)} then 'late'
    when ${mailboxes.lastOutcome} <> 'done' then 'gaps'
    else 'good' end`;
}

/** Protected, and without a good copy within the target, for whatever cause. */
export function isOutside({ before }: Standing): SQL<boolean> {
  return sql<boolean>`(${mailboxes.state} = 'protected' and (${mailboxes.lastGoodAt} is null or ${mailboxes.lastGoodAt} < ${before.toISOString()}::timestamptz))`;
}

/** Of a protected mailbox: its good copy is older than that, and no cause of its own says why. */
export function isLate(before: SQL): SQL<boolean> {
  return sql<boolean>`(${mailboxes.lastGoodAt} < ${before} and (${mailboxes.lastOutcome} is null or ${mailboxes.lastOutcome} like 'done%'))`;
}
