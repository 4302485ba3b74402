import type { z } from 'zod';
import type { Transaction } from '#db/client.ts';
import { dayHash } from '#lib/billing/chain.ts';
import { type Day, dayOf, periodBounds, periodOf } from '#lib/billing/days.ts';
import {
  countDay,
  type FreeReason,
  supersedes,
  type UsageState,
} from '#lib/billing/observation.ts';
import { observe, trialEnd } from '#lib/billing/observe.ts';
import { accountNow } from '../billing/account-clock.ts';
import { accrue } from '../billing/accrue.ts';
import { bookAdjustments } from '../billing/adjust.ts';
import {
  type AccountRow,
  accountOf,
  findPeriod,
  lockAccount,
  planOf,
  planVersionFor,
} from '../billing/store.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { usualMinutes } from '../coverage/rules.ts';
import { loadTenant } from '../customers/store.ts';
import { parse } from '../input.ts';
import { findPolicy } from '../policies/store.ts';
import { withScope } from '../transaction.ts';
import { observeInput } from './input.ts';
import {
  addMailboxDays,
  addStorageDay,
  addUsageDay,
  type FactRow,
  findStorageDay,
  findUsageDay,
  firstUsageDay,
  lockUsage,
  type MailboxDayInsert,
  readFacts,
  readStandings,
  type Standing,
  sampleStorage,
} from './store.ts';

export interface ObservedDay {
  day: Day;
  /** Rows of mailboxes that were added: all of a new day, the changed ones of a known one. */
  added: number;
  protected: number;
  sealed: number;
  free: number;
  /** Every customer of the account is observed for this day. */
  complete: boolean;
}

/**
 * Writes down what a customer's mailboxes were on a day (UTC), and in the same transaction what its
 * account has accrued by then. The same facts twice write nothing; other facts supersede what was
 * written, and where the month is closed the difference goes into the next one that is open.
 * @param input.copiesOnly takes of a day that was observed before nothing but good copies that came to
 * light: licences, pauses and what is left out are known as they are now, not as they were on the day
 */
export async function observeDay(
  ctx: ServiceContext,
  input: z.input<typeof observeInput>,
): Promise<ObservedDay> {
  requirePermission(ctx, 'backups.run');
  const { tenantId, day, asSeenOn, copiesOnly } = parse(observeInput, input);
  const key = { mspId: ctx.mspId, tenantId };
  return await withScope(ctx.db, { ...key, readsFleet: true }, async (tx) => {
    await lockUsage(tx, tenantId);
    const tenant = await loadTenant(tx, ctx.mspId, tenantId);
    const account = await accountOf(tx, ctx.mspId, tenantId, periodOf(day));
    const policy = await findPolicy(tx, ctx.mspId, tenantId);
    const everyMinutes = policy?.everyMinutes ?? usualMinutes;
    const seenOn = asSeenOn ?? day;
    const begun = asSeenOn === undefined && tenant.connectedAt !== null;
    const trial = await inTrial(
      tx,
      account,
      begun ? dayOf(tenant.connectedAt!) : ((await firstUsageDay(tx, key)) ?? day),
      day,
    );
    const stopped = tenant.state !== 'connected' || policy === undefined || policy.paused;
    const facts = await readFacts(tx, key, seenOn, everyMinutes);
    const before = await readStandings(tx, key, day);
    const late = copiesOnly === true;
    const taken = late ? facts.filter((row) => isCopiedOn(row, seenOn)) : facts;
    const now = decide(taken, { day: seenOn, everyMinutes, stopped, trial });
    const rows = changes(now, before).filter(
      ({ subject }) => !late || mayComeToLight(before.get(subject)),
    );
    const known = await findUsageDay(tx, key, day);
    const writes = rows.length > 0 || known === undefined;
    const at = writes ? await momentOf(ctx, tx, account, { day, known }) : ctx.clock.now();
    await addMailboxDays(tx, key, day, rows, at);
    const counts = await keepCounts(tx, key, { day, at, trial, rows, before, known });
    const complete = await settle(tx, account, key, { day, at, changed: counts.changed, known });
    return { day, added: rows.length, ...counts.view, complete };
  });
}

/**
 * When something is written: after what is known of the day, and after its month was sealed, whatever the
 * clocks said of those who did. Where the month may be sealed, its account is held from here on, so that
 * none is in between.
 */
async function momentOf(
  ctx: ServiceContext,
  tx: Transaction,
  account: AccountRow | undefined,
  of: { day: Day; known: { observedAt: Date } | undefined },
): Promise<Date> {
  const now = ctx.clock.now();
  const before = [of.known?.observedAt];
  const period = periodOf(of.day);
  if (account !== undefined && accountNow(account, ctx.clock) >= periodBounds(period).end) {
    const key = { mspId: account.mspId, accountId: account.id };
    await lockAccount(tx, key);
    before.push((await findPeriod(tx, key, period))?.closedAt);
  }
  const latest = before.reduce((time, at) => Math.max(time, (at?.getTime() ?? 0) + 1), 0);
  return new Date(Math.max(now.getTime(), latest));
}

/** Whether a day of a customer lies within its trial. */
async function inTrial(
  tx: Transaction,
  account: AccountRow | undefined,
  first: Day,
  day: Day,
): Promise<boolean> {
  if (account === undefined) return false;
  const plan = await planOf(tx, account);
  // A trial is as long as the plan said when it began.
  const version = plan && (await planVersionFor(tx, plan.id, periodOf(first)));
  const last = version === undefined ? null : trialEnd(first, version.terms.trialDays);
  return last !== null && day <= last;
}

interface Decision {
  state: UsageState;
  reason: FreeReason | null;
  mailboxId: string;
  runId: string | null;
}

/** `MBX:<guid>@<organisation>`: the GUID alone, in lower case. */
export function subjectOf(exchangeId: string): string {
  return (exchangeId.replace(/^MBX:/i, '').split('@')[0] ?? exchangeId).toLowerCase();
}

/** What every mailbox was. Two rows of one mailbox, as after a user was made anew, are one. */
function decide(
  facts: readonly FactRow[],
  of: { day: Day; everyMinutes: number; stopped: boolean; trial: boolean },
): Map<string, Decision> {
  const found = new Map<string, Decision>();
  const trialUntil = of.trial ? of.day : null;
  for (const row of facts) {
    const observed = observe(
      {
        kind: row.kind,
        state: row.state,
        discoveredAt: row.discoveredAt,
        sealedAt: row.sealedAt,
        licensed: row.licensed,
        everyMinutes: of.everyMinutes,
        lastGoodAt: row.lastGoodAt,
        causes: row.causes,
        stopped: of.stopped,
      },
      of.day,
      trialUntil,
    );
    if (observed === null) continue;
    const subject = subjectOf(row.exchangeId);
    const other = found.get(subject);
    if (other === undefined || supersedes({ ...observed, version: 1 }, { ...other, version: 1 })) {
      found.set(subject, { ...observed, mailboxId: row.mailboxId, runId: row.runId });
    }
  }
  return found;
}

/**
 * The rows to add. Who is not seen any more was seen then: a mailbox that was erased since, or a
 * customer that is gone, takes nothing out of the ledger.
 */
function changes(
  now: ReadonlyMap<string, Decision>,
  before: ReadonlyMap<string, Standing>,
): MailboxDayInsert[] {
  const rows: MailboxDayInsert[] = [];
  for (const [subject, decision] of now) {
    const known = before.get(subject);
    if (known?.state === decision.state && known.reason === decision.reason) continue;
    rows.push({ subject, ...decision, version: (known?.version ?? 0) + 1 });
  }
  return rows;
}

function isCopiedOn({ lastGoodAt }: FactRow, day: Day): boolean {
  return lastGoodAt !== null && dayOf(lastGoodAt) === day;
}

/** What a good copy says something new of: a mailbox that seemed to have none, or was not seen. */
function mayComeToLight(known: Standing | undefined): boolean {
  return known === undefined || known.reason === 'our-fault';
}

async function keepCounts(
  tx: Transaction,
  key: { mspId: string; tenantId: string },
  of: {
    day: Day;
    at: Date;
    trial: boolean;
    rows: readonly MailboxDayInsert[];
    before: Map<string, Standing>;
    known: Awaited<ReturnType<typeof findUsageDay>>;
  },
): Promise<{ changed: boolean; view: Pick<ObservedDay, 'protected' | 'sealed' | 'free'> }> {
  const { day, at, rows, before, known } = of;
  if (rows.length === 0 && known !== undefined) {
    const { protected: guarded, sealed, free } = known;
    return { changed: false, view: { protected: guarded, sealed, free } };
  }
  const standings = before;
  for (const { subject, state, reason, version } of rows) {
    standings.set(subject, { state, reason, version });
  }
  const { protected: guarded, sealed, free: reasons } = countDay(standings.values());
  const free = Object.values(reasons).reduce((all, count) => all + count, 0);
  const stored = (known && (await findStorageDay(tx, key, day))) ?? (await sampleStorage(tx, key));
  if (known === undefined) {
    await addStorageDay(tx, { ...key, day, version: 1, ...stored, observedAt: at });
  }
  await addUsageDay(tx, {
    ...key,
    day,
    version: (known?.version ?? 0) + 1,
    protected: guarded,
    sealed,
    free,
    reasons,
    ...stored,
    trial: known?.trial ?? of.trial,
    inputHash: Buffer.from(dayHash(subjectsOf(standings)), 'hex'),
    observedAt: at,
  });
  return { changed: true, view: { protected: guarded, sealed, free } };
}

function* subjectsOf(standings: ReadonlyMap<string, Standing>) {
  for (const [subject, { state, reason }] of standings) yield { subject, state, reason };
}

/** Into the running month, or where the day's month is closed, into the next that is not. */
async function settle(
  tx: Transaction,
  account: AccountRow | undefined,
  key: { mspId: string; tenantId: string },
  of: { day: Day; at: Date; changed: boolean; known: Awaited<ReturnType<typeof findUsageDay>> },
): Promise<boolean> {
  if (account === undefined) return false;
  const locked = await lockAccount(tx, { mspId: key.mspId, accountId: account.id });
  if (locked === undefined) return false;
  const period = periodOf(of.day);
  const accountKey = { mspId: key.mspId, accountId: account.id };
  const closed = await findPeriod(tx, accountKey, period);
  const known = locked.observedThrough !== null && locked.observedThrough >= of.day;
  if (!of.changed && known) return true;
  if (closed === undefined) return await accrue(tx, locked, of.day, of.at);
  if (of.changed) {
    await bookAdjustments(tx, locked, closed, {
      tenantId: key.tenantId,
      day: of.day,
      at: of.at,
      before: of.known ?? null,
    });
  }
  return true;
}
