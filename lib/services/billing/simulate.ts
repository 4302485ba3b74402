import type { z } from 'zod';
import type { Period } from '#lib/billing/days.ts';
import { type Simulation, simulate } from '#lib/billing/simulate.ts';
import { AppError } from '#lib/core/errors.ts';
import { reachOf, requirePermission, type ServiceContext } from '../context.ts';
import { notFound, parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { readMonth } from '../usage/month.ts';
import { countsOf } from '../usage/store.ts';
import { simulateInput } from './input.ts';
import { customerNames, listAccounts } from './store.ts';

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
  const { period, accountId, terms } = parse(simulateInput, input);
  if (reachOf(ctx).customers !== 'all') throw notFound();
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    const account = (await listAccounts(tx, ctx.mspId)).find((row) =>
      accountId === undefined ? row.tenantId === null : row.id === accountId,
    );
    if (account === undefined) throw notFound();
    const month = await readMonth(tx, account, period);
    if (month.version === null) {
      throw new AppError(
        'conflict',
        'No plan holds for this month, so there is nothing to compare.',
      );
    }
    const found = simulate(
      month.days.map(countsOf),
      { current: month.version.terms, proposed: terms },
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
