import { and, eq, inArray } from 'drizzle-orm';
import type { z } from 'zod';
import type { Transaction } from '#db/client.ts';
import { billingInvoices, plans } from '#db/schema/billing.ts';
import { msps } from '#db/schema/msps.ts';
import { tenants } from '#db/schema/tenants.ts';
import type { Adjustment } from '#lib/billing/adjust.ts';
import type { Period } from '#lib/billing/days.ts';
import { sumAmounts } from '#lib/billing/money.ts';
import { dimensions } from '#lib/billing/plan.ts';
import { type Rating, rate } from '#lib/billing/rate.ts';
import {
  makeStatement,
  type Statement,
  type StatementInput,
  statementCsv,
  statementJson,
} from '#lib/billing/statement.ts';
import { statementPdf } from '#lib/billing/statement-pdf.ts';
import { AppError } from '#lib/core/errors.ts';
import { type AdjustmentRow, adjustmentsBooked } from '../billing/adjust.ts';
import { creditsBooked } from '../billing/credits-store.ts';
import { accountOf, listAccounts, planVersionFor } from '../billing/store.ts';
import { reachOf, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { notFound, parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { statementInput } from './input.ts';
import { type AccountMonth, readMonth } from './month.ts';
import { countsOf } from './store.ts';

export interface StatementFile {
  fileName: string;
  contentType: string;
  body: string | Uint8Array<ArrayBuffer>;
}

/**
 * A month as a file: what an account owes, customer by customer, or at a resale list of the MSP's
 * what its customers owe. Of a closed month it is the same file for ever. An account of which
 * whoever asks reaches a part is not there for them: its amounts are parts of one invoice.
 */
export async function getStatement(
  ctx: ServiceContext,
  input: z.input<typeof statementInput>,
): Promise<StatementFile> {
  requirePermission(ctx, 'usage.read');
  const { as, ...asked } = parse(statementInput, input);
  if (asked.tenantId !== undefined) requireReach(ctx, { tenantId: asked.tenantId });
  const statement = await readStatement(ctx, asked);
  const name = `holdfast-statement-${asked.period}`;
  switch (as) {
    case 'pdf':
      return {
        fileName: `${name}.pdf`,
        contentType: 'application/pdf',
        body: new Uint8Array(await statementPdf(statement)),
      };
    case 'csv':
      return {
        fileName: `${name}.csv`,
        contentType: 'text/csv; charset=utf-8',
        body: statementCsv(statement),
      };
    case 'json':
      return {
        fileName: `${name}.json`,
        contentType: 'application/json; charset=utf-8',
        body: statementJson(statement),
      };
  }
}

interface Asked {
  period: Period;
  accountId?: string | undefined;
  tenantId?: string | undefined;
  planId?: string | undefined;
}

async function readStatement(ctx: ServiceContext, asked: Asked): Promise<Statement> {
  const { mspId } = ctx;
  return await withScope(ctx.db, { mspId, tenantId: null }, async (tx) => {
    const month = await monthOf(ctx, tx, asked);
    const resale =
      asked.planId === undefined
        ? null
        : await resaleMonth(tx, mspId, asked.planId, asked.period, month);
    const rating = resale?.rating ?? month.rating;
    const plan = resale?.plan ?? planOfMonth(month);
    if (rating === null || plan === null) {
      throw new AppError('conflict', 'No plan holds for this month, so it has no statement.');
    }
    const key = { mspId, accountId: month.account.id };
    // Corrections were reckoned at the plan's prices; a resale list has none of its own.
    const booked = resale === null ? await adjustmentsBooked(tx, key, asked.period) : [];
    const credits = resale === null ? await creditsBooked(tx, key, asked.period) : [];
    const customers = await customersOfMonth(tx, mspId, rating, [...booked, ...credits]);
    const [msp] = await tx
      .select({ id: msps.id, name: msps.name })
      .from(msps)
      .where(eq(msps.id, mspId));
    if (msp === undefined) throw notFound();
    const own = customers.find(({ tenantId }) => tenantId === month.account.tenantId);
    const { closed } = month;
    const only = asked.tenantId === undefined ? null : new Set([asked.tenantId]);
    return makeStatement({
      msp,
      account: { id: month.account.id, name: own?.name ?? msp.name },
      plan,
      rating,
      adjustments: adjustmentsOf(booked),
      credits: credits.filter(({ currency }) => currency === rating.currency),
      customers,
      ...(only === null ? {} : { only }),
      seal:
        closed === null
          ? null
          : {
              hash: hex(closed.hash),
              prev: closed.previousHash.length === 0 ? null : hex(closed.previousHash),
              closedAt: closed.closedAt.toISOString(),
            },
      invoiceNumber: resale === null ? await invoiceNumber(tx, key, asked.period) : null,
    });
  });
}

/** The month of the account that is asked for; one that is the asker's in part looks missing. */
async function monthOf(
  ctx: ServiceContext,
  tx: Transaction,
  { period, accountId, tenantId }: Asked,
): Promise<AccountMonth> {
  const account =
    accountId !== undefined
      ? (await listAccounts(tx, ctx.mspId)).find(({ id }) => id === accountId)
      : tenantId !== undefined
        ? await accountOf(tx, ctx.mspId, tenantId, period)
        : (await listAccounts(tx, ctx.mspId)).find((row) => row.tenantId === null);
  if (account === undefined) throw notFound();
  if (account.tenantId === null && reachOf(ctx).customers !== 'all') throw notFound();
  return await readMonth(tx, account, period);
}

function planOfMonth({ plan, version }: AccountMonth): StatementInput['plan'] | null {
  return plan === null || version === null ? null : { name: plan.name, version: version.version };
}

/** The same days at a list of the MSP's own. */
async function resaleMonth(
  tx: Transaction,
  mspId: string,
  planId: string,
  period: Period,
  month: AccountMonth,
): Promise<{ rating: Rating; plan: StatementInput['plan'] }> {
  const [list] = await tx
    .select({ id: plans.id, name: plans.name })
    .from(plans)
    .where(and(eq(plans.mspId, mspId), eq(plans.kind, 'resale'), eq(plans.id, planId)));
  if (list === undefined) throw notFound();
  const version = await planVersionFor(tx, list.id, period);
  if (version === undefined) {
    throw new AppError('conflict', 'This price list does not hold in that month yet.');
  }
  const { firstDay } = month.account;
  return {
    rating: rate(
      month.days.map(countsOf),
      version.terms,
      period,
      firstDay === null ? {} : { from: firstDay },
    ),
    plan: { name: list.name, version: version.version },
  };
}

/** Names of everybody in the sums, also of those that went. */
async function customersOfMonth(
  tx: Transaction,
  mspId: string,
  rating: Rating,
  booked: readonly { tenantId: string | null }[],
): Promise<StatementInput['customers']> {
  const ids = new Set([
    ...rating.lines.flatMap(({ shares }) => shares.map(({ tenantId }) => tenantId)),
    ...(rating.minimum?.shares ?? []).map(({ tenantId }) => tenantId),
    ...booked.flatMap(({ tenantId }) => (tenantId === null ? [] : [tenantId])),
  ]);
  if (ids.size === 0) return [];
  const rows = await tx
    .select({ tenantId: tenants.id, name: tenants.name, externalId: tenants.externalId })
    .from(tenants)
    .where(and(eq(tenants.mspId, mspId), inArray(tenants.id, [...ids])));
  const known = new Map(rows.map((row) => [row.tenantId, row]));
  return [...ids].map(
    (tenantId) => known.get(tenantId) ?? { tenantId, name: null, externalId: null },
  );
}

/** Rows of the ledger, one for a day of a customer, as the statement has them: one a month and line. */
function adjustmentsOf(rows: readonly AdjustmentRow[]): Adjustment[] {
  const names = [...dimensions, 'minimum'] as const;
  const grouped = Map.groupBy(rows, ({ period, dimension }) => `${period} ${dimension}`);
  return [...grouped.values()].flatMap((group): Adjustment[] => {
    const { period, currency, dimension: text } = group[0]!;
    const dimension = names.find((name) => name === text);
    if (dimension === undefined) return [];
    const customers = [...Map.groupBy(group, ({ tenantId }) => tenantId)].map(
      ([tenantId, own]) => ({
        tenantId,
        // What a day changes is mailbox-days; the quantity of a line is of the month as a whole.
        quantity: 0,
        amount: sumAmounts(
          own.map(({ amount }) => amount),
          currency,
        ),
      }),
    );
    const amount = sumAmounts(
      group.map((row) => row.amount),
      currency,
    );
    return [{ period, dimension, quantity: 0, amount, customers }];
  });
}

async function invoiceNumber(
  tx: Transaction,
  { mspId, accountId }: { mspId: string; accountId: string },
  period: Period,
): Promise<string | null> {
  const [row] = await tx
    .select({ number: billingInvoices.number })
    .from(billingInvoices)
    .where(
      and(
        eq(billingInvoices.mspId, mspId),
        eq(billingInvoices.accountId, accountId),
        eq(billingInvoices.period, period),
      ),
    )
    .limit(1);
  return row?.number ?? null;
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
