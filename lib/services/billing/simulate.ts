import { and, eq } from 'drizzle-orm';
import type { z } from 'zod';
import type { Transaction } from '#db/client.ts';
import { plans } from '#db/schema/billing.ts';
import type { Period } from '#lib/billing/days.ts';
import type { PlanVersion } from '#lib/billing/plan.ts';
import { type Simulation, simulate } from '#lib/billing/simulate.ts';
import { AppError } from '#lib/core/errors.ts';
import { reachOf, requirePermission, type ServiceContext } from '../context.ts';
import { notFound, parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { readMonth } from '../usage/month.ts';
import { countsOf } from '../usage/store.ts';
import { simulateInput } from './input.ts';
import { customerNames, listAccounts, planVersionFor } from './store.ts';

export interface SimulationView extends Omit<Simulation, 'customers'> {
  period: Period;
  customers: (Simulation['customers'][number] & { name: string })[];
}

/** What a month that happened would have cost under other terms; changes nothing. */
export async function simulatePrices(
  ctx: ServiceContext,
  input: z.input<typeof simulateInput>,
): Promise<SimulationView> {
  requirePermission(ctx, 'billing.read');
  const { period, accountId, planId, terms } = parse(simulateInput, input);
  if (reachOf(ctx).customers !== 'all') throw notFound();
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    const account = (await listAccounts(tx, ctx.mspId)).find((row) =>
      accountId === undefined ? row.tenantId === null : row.id === accountId,
    );
    if (account === undefined) throw notFound();
    const month = await readMonth(tx, account, period);
    const version =
      planId === undefined ? month.version : await resaleVersion(tx, ctx.mspId, planId, period);
    if (version === null) {
      throw new AppError(
        'conflict',
        'No plan holds for this month, so there is nothing to compare.',
      );
    }
    const found = simulate(
      month.days.map(countsOf),
      { current: version.terms, proposed: terms },
      period,
      account.firstDay === null ? {} : { from: account.firstDay },
    );
    const names = await customerNames(tx, ctx.mspId);
    return {
      ...found,
      period,
      customers: found.customers.map((row) => ({
        ...row,
        name: names.get(row.tenantId) ?? row.tenantId,
      })),
    };
  });
}

/** A price list of the MSP's own as it holds in a month; null before its first one. */
async function resaleVersion(
  tx: Transaction,
  mspId: string,
  planId: string,
  period: Period,
): Promise<PlanVersion | null> {
  const [list] = await tx
    .select({ id: plans.id })
    .from(plans)
    .where(and(eq(plans.mspId, mspId), eq(plans.kind, 'resale'), eq(plans.id, planId)));
  if (list === undefined) throw notFound();
  return (await planVersionFor(tx, list.id, period)) ?? null;
}
