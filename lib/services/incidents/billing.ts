import { and, eq, gte, inArray, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { billingClosings, meterEvents } from '#db/schema/billing.ts';
import { mailboxes } from '#db/schema/mailboxes.ts';
import { tenants } from '#db/schema/tenants.ts';
import { usageDays } from '#db/schema/usage.ts';
import { dayOf, periodOf } from '#lib/billing/days.ts';
import { addMs } from '#lib/core/clock.ts';
import { meterLateMs, trouble } from '../billing/rules.ts';
import { type AccountRow, listAccounts } from '../billing/store.ts';
import { type Incident, incident } from './rules.ts';

const monthName = new Intl.DateTimeFormat('en-US', {
  timeZone: 'UTC',
  month: 'long',
  year: 'numeric',
});
const dayName = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  weekday: 'short',
  day: 'numeric',
  month: 'short',
});

type Customer = Incident['customers'][number];

/**
 * What of billing needs a human, for whoever may see billing. An account of the MSP as a whole is no
 * customer's; Postgres shows it to nobody who is assigned to some of them.
 * @param tenantId one customer alone; null is all
 */
export async function billingIncidents(
  tx: Transaction,
  mspId: string,
  now: Date,
  tenantId: string | null,
): Promise<Incident[]> {
  const accounts = (await listAccounts(tx, mspId)).filter(
    (account) => tenantId === null || account.tenantId === tenantId,
  );
  const names = await namesOf(tx, mspId);
  const about = (account: AccountRow): Customer[] => {
    const name = account.tenantId === null ? undefined : names.get(account.tenantId);
    return account.tenantId === null || name === undefined ? [] : [{ id: account.tenantId, name }];
  };
  const found = accounts.flatMap((account) => unpaid(account, about(account)));
  if (accounts.length > 0) {
    found.push(...(await heldMonths(tx, mspId, accounts, about)));
    found.push(...(await meters(tx, mspId, accounts, about, now)));
  }
  found.push(...(await growing(tx, mspId, now, tenantId, names)));
  return found;
}

async function namesOf(tx: Transaction, mspId: string): Promise<Map<string, string>> {
  const rows = await tx
    .select({ id: tenants.id, name: tenants.name })
    .from(tenants)
    .where(eq(tenants.mspId, mspId));
  return new Map(rows.map(({ id, name }) => [id, name]));
}

function unpaid(account: AccountRow, customers: Customer[]): Incident[] {
  if (account.paymentFailedAt === null) return [];
  const waits = account.newProtectionPausedAt !== null;
  const { sentence } = waits
    ? trouble('new-protection-waits')
    : trouble('payment-failed', {
        about: account.graceUntil === null ? null : dayName.format(account.graceUntil),
      });
  return [
    incident('payment-failed', customers, {
      cause: `payment-failed:${account.id}`,
      since: account.paymentFailedAt,
      reason: sentence,
    }),
  ];
}

async function heldMonths(
  tx: Transaction,
  mspId: string,
  accounts: readonly AccountRow[],
  about: (account: AccountRow) => Customer[],
): Promise<Incident[]> {
  const rows = await tx
    .select()
    .from(billingClosings)
    .where(and(eq(billingClosings.mspId, mspId), eq(billingClosings.state, 'held')));
  return rows.flatMap((row) => {
    const account = accounts.find(({ id }) => id === row.accountId);
    if (account === undefined) return [];
    return [
      incident('billing-held', about(account), {
        cause: `billing-held:${account.id}:${row.period}`,
        since: row.heldSince,
        reason: heldSentence(row),
      }),
    ];
  });
}

/** A month is held where the three books differ, and for reasons of its own. */
function heldSentence({ period, reason }: { period: string; reason: string | null }): string {
  const month = monthName.format(new Date(`${period}-01T00:00:00Z`));
  return reason === null
    ? trouble('held', { about: month }).sentence
    : `The invoice for ${month} is held. ${reason} Backups and restores go on.`;
}

/** Of each dimension the newest value counts, of this month and the one before. */
async function meters(
  tx: Transaction,
  mspId: string,
  accounts: readonly AccountRow[],
  about: (account: AccountRow) => Customer[],
  now: Date,
): Promise<Incident[]> {
  const found: Incident[] = [];
  for (const account of accounts) {
    const month = periodOf(dayOf(account.testClockId === null ? now : (account.clockAt ?? now)));
    const rows = await tx
      .selectDistinctOn([meterEvents.period, meterEvents.dimension])
      .from(meterEvents)
      .where(
        and(
          eq(meterEvents.mspId, mspId),
          eq(meterEvents.accountId, account.id),
          gte(meterEvents.period, monthBefore(month)),
        ),
      )
      .orderBy(meterEvents.period, meterEvents.dimension, sql`${meterEvents.at} desc`);
    const [refused] = rows.filter(({ state }) => state === 'refused');
    if (refused !== undefined) {
      found.push(
        incident('meter-refused', about(account), {
          cause: `meter-refused:${account.id}`,
          since: refused.settledAt,
          reason: trouble('meter-refused', { about: refused.code }).sentence,
        }),
      );
    }
    const [late] = rows
      .filter(({ state, createdAt }) => state === 'waiting' && createdAt < addMs(now, -meterLateMs))
      .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
    if (late !== undefined) {
      found.push(
        incident('meter-late', about(account), {
          cause: `meter-late:${account.id}`,
          since: late.createdAt,
          reason: trouble('meter-late').sentence,
        }),
      );
    }
  }
  return found;
}

function monthBefore(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, number - 2, 1)).toISOString().slice(0, 7);
}

/**
 * Mailboxes that were found and protected within a day, where the customer's days are counted already:
 * they are on the bill from the day of finding on, unless somebody leaves them out. Told of for a whole
 * day, as what is found a minute before midnight is too. Those of one day are one incident.
 */
async function growing(
  tx: Transaction,
  mspId: string,
  now: Date,
  tenantId: string | null,
  names: ReadonlyMap<string, string>,
): Promise<Incident[]> {
  const foundOn = sql<string>`to_char(${mailboxes.discoveredAt} at time zone 'utc', 'YYYY-MM-DD')`;
  const rows = await tx
    .select({
      tenantId: mailboxes.tenantId,
      day: foundOn,
      count: sql<number>`count(*)::int`,
      since: sql<Date>`min(${mailboxes.discoveredAt})`.mapWith(mailboxes.discoveredAt),
    })
    .from(mailboxes)
    .where(
      and(
        eq(mailboxes.mspId, mspId),
        tenantId === null ? undefined : eq(mailboxes.tenantId, tenantId),
        gte(mailboxes.discoveredAt, addMs(now, -24 * 3_600_000)),
        eq(mailboxes.state, 'protected'),
        sql`(${mailboxes.kind} = 'user' or (${mailboxes.kind} = 'shared' and ${mailboxes.licensed} is not false))`,
      ),
    )
    .groupBy(mailboxes.tenantId, foundOn)
    .orderBy(mailboxes.tenantId, foundOn);
  if (rows.length === 0) return [];
  const counted = await tx
    .selectDistinct({ tenantId: usageDays.tenantId })
    .from(usageDays)
    .where(
      and(
        eq(usageDays.mspId, mspId),
        inArray(
          usageDays.tenantId,
          rows.map((row) => row.tenantId),
        ),
      ),
    );
  const known = new Set(counted.map((row) => row.tenantId));
  return rows.flatMap((row) => {
    const name = names.get(row.tenantId);
    if (name === undefined || !known.has(row.tenantId)) return [];
    return [
      incident('bill-grows', [{ id: row.tenantId, name }], {
        cause: `bill-grows:${row.day}`,
        mailboxes: row.count,
        since: row.since,
      }),
    ];
  });
}
