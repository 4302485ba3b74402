import type { z } from 'zod';
import type { Period } from '#lib/billing/days.ts';
import type { Dimension } from '#lib/billing/plan.ts';
import type { RatedLine, Rating, Share } from '#lib/billing/rate.ts';
import type { InvoiceLine } from '#lib/billing/sink.ts';
import { reachOf, requirePermission, type ServiceContext } from '../context.ts';
import { notFound, parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { readMonth } from '../usage/month.ts';
import { type AdjustmentRow, adjustmentsBooked } from './adjust.ts';
import { invoiceInput } from './input.ts';
import { findInvoice, latestReconciliation } from './invoices-store.ts';
import { readCredits } from './read-credits.ts';
import { customerNames, findAccount } from './store.ts';
import { type InvoiceSummary, linesOf, type ThreeWay, viewCheck, viewInvoice } from './view.ts';
import type { CreditView } from './view-credit.ts';

export interface InvoiceLineView extends InvoiceLine {
  /** Per customer, largest first: each leads to its mailbox-days. Empty where nothing stands behind it. */
  shares: (Share & { name: string })[];
  /** For lines that correct an earlier month. */
  adjustments: {
    period: Period;
    day: string;
    tenantId: string;
    name: string;
    dimension: string;
    units: number;
    amount: string;
  }[];
}

export interface InvoiceDetail extends InvoiceSummary {
  lines: InvoiceLineView[];
  /** How the quantities came about: divisor, aggregation, steps; null where the month is not rated. */
  rating: Rating | null;
  /** Of the closed month, in hex; null while it is open. */
  hash: string | null;
  closedAt: Date | null;
  /** Ledger, meters and this invoice, as they were last compared. */
  check: ThreeWay | null;
  /** What was given back of it, oldest first: sent back, or off a later invoice. */
  givenBack: CreditView[];
}

/** An invoice, and behind each of its lines the customers that it is made of. */
export async function getInvoice(
  ctx: ServiceContext,
  input: z.input<typeof invoiceInput>,
): Promise<InvoiceDetail> {
  requirePermission(ctx, 'billing.read');
  const { invoiceId } = parse(invoiceInput, input);
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    const row = await findInvoice(tx, ctx.mspId, invoiceId);
    const account = row && (await findAccount(tx, { mspId: ctx.mspId, accountId: row.accountId }));
    if (row === undefined || account === undefined) throw notFound();
    if (account.tenantId === null && reachOf(ctx).customers !== 'all') throw notFound();
    const month = await readMonth(tx, account, row.period);
    const names = await customerNames(tx, ctx.mspId);
    const booked = await adjustmentsBooked(
      tx,
      { mspId: ctx.mspId, accountId: account.id },
      row.period,
    );
    const check = await latestReconciliation(
      tx,
      { mspId: ctx.mspId, accountId: account.id },
      row.period,
    );
    const givenBack = await readCredits(tx, ctx.mspId, { invoiceId: row.id });
    const shown = new Set<Dimension>();
    return {
      ...viewInvoice(row),
      lines: linesOf(row).map((line) => ({
        ...line,
        shares: firstOf(line, shown) ? sharesOf(line, month.rating, names) : [],
        adjustments: isAdjustment(line) ? booked.map((it) => viewAdjustment(it, names)) : [],
      })),
      rating: month.rating,
      hash: month.closed === null ? null : Buffer.from(month.closed.hash).toString('hex'),
      closedAt: month.closed?.closedAt ?? null,
      check: check === undefined ? null : viewCheck(check),
      givenBack,
    };
  });
}

/** A tiered price makes a line a step; the customers stand behind the first of them. */
function firstOf(line: InvoiceLine, shown: Set<Dimension>): boolean {
  if (line.dimension === null) return line.itemKey !== null;
  const first = !shown.has(line.dimension);
  shown.add(line.dimension);
  return first;
}

/** What `closePeriod` adds: the top-up to a minimum, corrections of earlier months, credits. */
export const itemKeys = {
  minimum: (accountId: string, period: Period) => `hf-minimum-${accountId}-${period}`,
  adjustments: (accountId: string, period: Period) => `hf-adjustments-${accountId}-${period}`,
  credit: (creditId: string) => `hf-credit-${creditId}`,
  /** What the invoice before lacked, because it was final before it could be held. */
  carried: (accountId: string, period: Period) => `hf-carried-${accountId}-${period}`,
  /** What an invoice of another subscription bills of the same month. */
  elsewhere: (accountId: string, period: Period) => `hf-elsewhere-${accountId}-${period}`,
};

function isAdjustment({ itemKey }: InvoiceLine): boolean {
  return itemKey?.startsWith('hf-adjustments-') ?? false;
}

function sharesOf(
  line: InvoiceLine,
  rating: Rating | null,
  names: ReadonlyMap<string, string>,
): InvoiceLineView['shares'] {
  if (line.dimension === null) return [];
  const rated: RatedLine | undefined = rating?.lines.find((it) => it.dimension === line.dimension);
  return (rated?.shares ?? [])
    .filter(({ unitDays, amount }) => unitDays !== '0' || !/^0(\.0+)?$/.test(amount))
    .map((share) => ({ ...share, name: names.get(share.tenantId) ?? share.tenantId }))
    .sort((a, b) => b.quantity - a.quantity || a.name.localeCompare(b.name));
}

function viewAdjustment(
  row: AdjustmentRow,
  names: ReadonlyMap<string, string>,
): InvoiceLineView['adjustments'][number] {
  const { period, day, tenantId, dimension, units, amount } = row;
  return { period, day, tenantId, name: names.get(tenantId) ?? tenantId, dimension, units, amount };
}
