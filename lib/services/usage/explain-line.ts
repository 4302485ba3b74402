import type { z } from 'zod';
import type { Day, Period } from '#lib/billing/days.ts';
import type { FreeReason } from '#lib/billing/observation.ts';
import { isBilled } from '#lib/billing/observation.ts';
import type { Dimension, PlanTerms } from '#lib/billing/plan.ts';
import type { RatedLine, Rating } from '#lib/billing/rate.ts';
import { accountOf, planOf, planVersionFor } from '../billing/store.ts';
import { reachOf, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { loadTenant } from '../customers/store.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { countSubjects, gridRows, namesOf } from './grid.ts';
import { explainInput } from './input.ts';
import { ratingBy, readMonth } from './month.ts';
import { readUsageDays, type UsageDayRow } from './store.ts';

/** `p` protected, `s` sealed, `f` free, `-` not in our care. */
export type Cell = 'p' | 's' | 'f' | '-';

export interface GridRow {
  /** The Exchange GUID. */
  subject: string;
  mailboxId: string;
  /** As it is called now; null where it is gone. */
  name: string | null;
  address: string | null;
  /** One letter for each of `days`. */
  cells: Cell[];
  /** Why it was free, by day; only where it was. */
  reasons: Record<Day, FreeReason>;
  /** On how many days it counts for this line. */
  counted: number;
  changed: boolean;
}

export interface ExplainedLine {
  period: Period;
  tenantId: string;
  name: string;
  dimension: Dimension;
  /** The observed days of the month that count, oldest first. */
  days: Day[];
  /** What the line counted on each of them: mailboxes, or bytes. */
  totals: number[];
  /** The same of logical bytes, for stored GiB alone. */
  logical: number[] | null;
  /** Their sum: mailbox-days, or byte-days. */
  unitDays: string;
  /** The customer's part of the line; null for whoever sees a part of the account only. */
  quantity: number | null;
  amount: string | null;
  currency: string | null;
  /** The line that it is a part of, over all customers of the account; null as above. */
  whole: (Omit<RatedLine, 'shares'> & Pick<Rating, 'aggregation' | 'divisor'>) | null;
  /** The MSP's own, or the customer's; null where nobody pays yet, or for a part of the account. */
  accountId: string | null;
  rows: GridRow[];
  /** Mailboxes whose days were not all the same, and those that were the same on every day. */
  changed: number;
  constant: number;
  /** Where the list goes on; null at its end. */
  after: string | null;
}

/** Which mailboxes, on which days, make a line of an invoice: those that changed come first. */
export async function explainLine(
  ctx: ServiceContext,
  input: z.input<typeof explainInput>,
): Promise<ExplainedLine> {
  requirePermission(ctx, 'usage.read');
  const { period, tenantId, dimension, basis, show, after, limit } = parse(explainInput, input);
  requireReach(ctx, { tenantId });
  const key = { mspId: ctx.mspId, tenantId };
  return await withScope(ctx.db, { ...key, tenantId: null }, async (tx) => {
    const tenant = await loadTenant(tx, ctx.mspId, tenantId);
    const account = await accountOf(tx, ctx.mspId, tenantId, period);
    const observed = await readUsageDays(tx, ctx.mspId, period, [tenantId]);
    // Days before the account began are in the ledger and on no invoice.
    const counts = observed.filter(({ day }) => day >= (account?.firstDay ?? ''));
    const days = counts.map(({ day }) => day);
    const told =
      account !== undefined && (account.tenantId !== null || reachOf(ctx).customers === 'all');
    const month = told ? await readMonth(tx, account, period) : null;
    const terms = month?.version?.terms ?? (await termsOf(tx, ctx.mspId, period));
    const rating = month && ratingBy(month, basis);
    const line = rating?.lines.find((it) => it.dimension === dimension);
    const share = line?.shares.find((it) => it.tenantId === tenantId);
    const totals = counts.map((row) => countOf(row, dimension, terms));
    const codes = codesOf(dimension);
    const grid =
      codes === null
        ? { rows: [], changed: 0, constant: 0, after: null }
        : await readGrid(tx, key, { period, days, codes, terms, show, after, limit });
    return {
      period,
      tenantId,
      name: tenant.name,
      dimension,
      days,
      totals,
      logical: dimension === 'stored-gib' ? counts.map(({ logicalBytes }) => logicalBytes) : null,
      unitDays: totals.reduce((all, count) => all + BigInt(count), 0n).toString(),
      quantity: share?.quantity ?? null,
      amount: share?.amount ?? null,
      currency: rating?.currency ?? null,
      whole: rating && line ? withoutShares(line, rating) : null,
      accountId: told ? account.id : null,
      ...grid,
    };
  });
}

function withoutShares(
  { shares: _, ...line }: RatedLine,
  { aggregation, divisor }: Rating,
): NonNullable<ExplainedLine['whole']> {
  return { ...line, aggregation, divisor };
}

async function termsOf(
  tx: Parameters<typeof planOf>[0],
  mspId: string,
  period: Period,
): Promise<PlanTerms | null> {
  const plan = await planOf(tx, { mspId, planId: null });
  return (plan && (await planVersionFor(tx, plan.id, period))?.terms) ?? null;
}

/** What a customer's day counts in a line. */
function countOf(row: UsageDayRow, dimension: Dimension, terms: PlanTerms | null): number {
  switch (dimension) {
    case 'stored-gib':
      return row.trial && terms?.trialDays !== 0 ? 0 : row.physicalBytes;
    case 'sealed-mailboxes':
      return row.sealed;
    case 'protected-mailboxes': {
      const billed = Object.entries(row.reasons).filter(
        ([reason]) => terms !== null && isBilled(reason as FreeReason, terms),
      );
      return row.protected + billed.reduce((all, [, count]) => all + count, 0);
    }
  }
}

/** Which states of a mailbox a line is about: free ones stand with the protected, and say why. */
function codesOf(dimension: Dimension): Cell[] | null {
  if (dimension === 'stored-gib') return null;
  return dimension === 'sealed-mailboxes' ? ['s'] : ['p', 'f'];
}

async function readGrid(
  tx: Parameters<typeof planOf>[0],
  key: { mspId: string; tenantId: string },
  of: {
    period: Period;
    days: Day[];
    codes: Cell[];
    terms: PlanTerms | null;
    show: 'changed' | 'all';
    after: string | undefined;
    limit: number;
  },
): Promise<Pick<ExplainedLine, 'rows' | 'changed' | 'constant' | 'after'>> {
  const { changed, constant } = await countSubjects(tx, key, of);
  const found = await gridRows(tx, key, of);
  const names = await namesOf(
    tx,
    key,
    found.map(({ mailboxId }) => mailboxId),
  );
  const rows = found.map((row): GridRow => {
    const reasons: Record<Day, FreeReason> = {};
    const byDay = new Map(row.cells.map((cell) => [cell.day, cell]));
    let counted = 0;
    const cells = of.days.map((day): Cell => {
      const cell = byDay.get(day);
      if (cell === undefined) return '-';
      if (cell.reason !== null) reasons[day] = cell.reason;
      const billed =
        cell.reason === null
          ? of.codes.includes(cell.code)
          : of.codes.includes('p') && of.terms !== null && isBilled(cell.reason, of.terms);
      if (billed) counted++;
      return cell.code;
    });
    const known = names.get(row.mailboxId);
    return {
      subject: row.subject,
      mailboxId: row.mailboxId,
      name: known?.name ?? null,
      address: known?.address ?? null,
      cells,
      reasons,
      counted,
      changed: row.changed,
    };
  });
  const last = found.at(-1);
  return {
    rows,
    changed,
    constant,
    after: found.length === of.limit && last !== undefined ? last.position : null,
  };
}
