import type { z } from 'zod';
import type { Transaction } from '#db/client.ts';
import { AppError } from '#lib/core/errors.ts';
import { endChecks, endLinks } from '../connect/store.ts';
import { audit, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { keepFiguresAfter } from '../figures/keep.ts';
import { parse } from '../input.ts';
import { sealProtected } from '../mailboxes/store.ts';
import { requireStanding } from '../members/require-standing.ts';
import { applyMode } from '../people/apply-mode.ts';
import { tellSchedule } from '../policies/tell-schedule.ts';
import { tellCancel } from '../runs/cancel.ts';
import { openRunsOf, type RunRow } from '../runs/store.ts';
import { withScope } from '../transaction.ts';
import { disconnectInput } from './input.ts';
import { lockTenant, markDisconnected } from './store.ts';

/**
 * Ends the protection of a customer that has left. No backup begins any more, what was protected is
 * sealed and costs what sealed mailboxes cost from the next day on, its people are signed out, links
 * to connect it open nothing. Every copy stays, to be read, searched and exported; a new link brings
 * the customer back.
 *
 * The rows say it, and whatever begins or goes on asks them. Temporal is told afterwards: where that
 * is lost, the schedule stops itself when it fires next and a run ends by itself, all of its mailboxes
 * being sealed. Done twice, it is done once and told twice.
 */
export async function disconnectCustomer(
  ctx: ServiceContext,
  input: z.input<typeof disconnectInput>,
): Promise<void> {
  requirePermission(ctx, 'policies.manage');
  const { tenantId, reason } = parse(disconnectInput, input);
  requireReach(ctx, { tenantId });
  const scope = { mspId: ctx.mspId, tenantId };
  const open = await withScope(ctx.db, scope, async (tx) => {
    await requireStanding(ctx, tx, 'policies.manage');
    const tenant = await lockTenant(tx, ctx.mspId, tenantId);
    if (tenant.state === 'connecting') {
      throw new AppError(
        'conflict',
        `${tenant.name} was never connected, so there is nothing to end. Take its link back instead.`,
      );
    }
    const runs = await openRunsOf(tx, scope);
    if (tenant.state !== 'disconnected') await leave(ctx, tx, tenant, { reason, runs });
    return runs;
  });
  await tell(ctx, scope, open);
  await keepFiguresAfter(ctx, { tenantId });
}

async function leave(
  ctx: ServiceContext,
  tx: Transaction,
  tenant: Awaited<ReturnType<typeof lockTenant>>,
  { reason, runs }: { reason: string; runs: readonly RunRow[] },
): Promise<void> {
  const scope = { mspId: ctx.mspId, tenantId: tenant.id };
  const now = ctx.clock.now();
  await endLinks(tx, scope, now);
  await endChecks(tx, scope, now);
  await markDisconnected(tx, scope);
  const mailboxes = await sealProtected(tx, scope, now);
  // From here on the log is held, and whoever holds a link may be waiting for it.
  if (tenant.selfService !== 'off') await applyMode(ctx, tx, { ...tenant, ...scope }, 'off');
  for (const run of runs) {
    await audit(ctx, tx, {
      tenantId: tenant.id,
      action: 'run.cancel',
      entity: 'run',
      entityId: run.id,
    });
  }
  await audit(ctx, tx, {
    tenantId: tenant.id,
    action: 'customer.disconnect',
    entity: 'customer',
    entityId: tenant.id,
    facts: { name: tenant.name, reason, mailboxes },
  });
}

async function tell(
  ctx: ServiceContext,
  scope: { mspId: string; tenantId: string },
  runs: readonly RunRow[],
): Promise<void> {
  try {
    await tellSchedule(ctx, scope);
    for (const run of runs) await tellCancel(ctx, run);
  } catch (err) {
    ctx.deps.log.error('a customer is disconnected, and its stories were not told', err, scope);
  }
}
