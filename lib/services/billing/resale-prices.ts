import { and, asc, desc, eq } from 'drizzle-orm';
import type { z } from 'zod';
import { plans, planVersions } from '#db/schema/billing.ts';
import { members } from '#db/schema/msps.ts';
import { dayOf, nextPeriod, type Period, periodOf } from '#lib/billing/days.ts';
import type { PlanTerms } from '#lib/billing/plan.ts';
import { newId } from '#lib/core/ids.ts';
import { actorName, audit, requirePermission, type ServiceContext } from '../context.ts';
import { notFound, parse } from '../input.ts';
import { requireWithin } from '../members/rules.ts';
import { withScope } from '../transaction.ts';
import { resalePricesInput } from './input.ts';

export interface PriceList {
  id: string;
  name: string;
  versions: {
    version: number;
    from: Period;
    terms: PlanTerms;
    createdAt: Date;
    /** The name of who made it, if it is known. */
    createdBy: string | null;
  }[];
}

/** What the MSP asks of its customers, on its statements; newest versions first. */
export async function listResalePrices(
  ctx: ServiceContext,
  _input: Record<string, never> = {},
): Promise<PriceList[]> {
  requirePermission(ctx, 'billing.read');
  requireWithin(ctx, null);
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    const rows = await tx
      .select({ plan: plans, version: planVersions, createdBy: members.name })
      .from(plans)
      .innerJoin(planVersions, eq(planVersions.planId, plans.id))
      .leftJoin(
        members,
        and(eq(members.mspId, plans.mspId), eq(members.subject, planVersions.createdBy)),
      )
      .where(and(eq(plans.mspId, ctx.mspId), eq(plans.kind, 'resale')))
      .orderBy(asc(plans.createdAt), desc(planVersions.version));
    const lists = new Map<string, PriceList>();
    for (const { plan, version, createdBy } of rows) {
      const list = lists.get(plan.id) ?? { id: plan.id, name: plan.name, versions: [] };
      list.versions.push({
        version: version.version,
        from: version.fromPeriod,
        terms: version.terms as PlanTerms,
        createdAt: version.createdAt,
        createdBy,
      });
      lists.set(plan.id, list);
    }
    return [...lists.values()];
  });
}

/**
 * Adds a price list, or a version of one. The first version holds from this month on, others from the
 * next: a month is priced at what it began with.
 */
export async function saveResalePrices(
  ctx: ServiceContext,
  input: z.input<typeof resalePricesInput>,
): Promise<{ planId: string; version: number; from: Period }> {
  requirePermission(ctx, 'billing.manage');
  requireWithin(ctx, null);
  const { planId, name, terms } = parse(resalePricesInput, input);
  const at = ctx.clock.now();
  const month = periodOf(dayOf(at));
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    const id = planId ?? newId();
    let version = 1;
    if (planId === undefined) {
      await tx.insert(plans).values({ id, mspId: ctx.mspId, kind: 'resale', name, createdAt: at });
    } else {
      const [latest] = await tx
        .select({ version: planVersions.version })
        .from(planVersions)
        .innerJoin(plans, eq(plans.id, planVersions.planId))
        .where(and(eq(plans.mspId, ctx.mspId), eq(plans.kind, 'resale'), eq(plans.id, planId)))
        .orderBy(desc(planVersions.version))
        .limit(1);
      if (latest === undefined) throw notFound();
      version = latest.version + 1;
    }
    const from = version === 1 ? month : nextPeriod(month);
    await tx.insert(planVersions).values({
      mspId: ctx.mspId,
      planId: id,
      version,
      fromPeriod: from,
      terms,
      createdAt: at,
      createdBy: actorName(ctx.actor),
    });
    await audit(ctx, tx, {
      tenantId: null,
      action: 'billing.prices',
      entity: 'plan',
      entityId: id,
      facts: { name, version, from },
    });
    return { planId: id, version, from };
  });
}
