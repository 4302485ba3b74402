import { and, asc, eq, isNull, max } from 'drizzle-orm';
import type { Database, Transaction } from '#db/client.ts';
import { plans, planVersions } from '#db/schema/billing.ts';
import { dayOf, type Period, periodOf } from '#lib/billing/days.ts';
import type { PlanTerms } from '#lib/billing/plan.ts';
import { parseTerms } from '#lib/billing/terms.ts';
import type { Clock } from '#lib/core/clock.ts';
import { AppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import { withOwner } from '../transaction.ts';

/**
 * The operator's door to its price lists: whoever owns the database, and nobody through the portal.
 * Versions are added and never changed; a later one starts with a month that has not begun.
 */

export interface OperatorPlan {
  id: string;
  name: string;
  /** The MSP that it was agreed with; null for everybody. */
  mspId: string | null;
  versions: { version: number; from: Period; terms: PlanTerms }[];
}

/** Every wholesale list with its versions, oldest first. */
export async function listOperatorPlans(db: Database): Promise<OperatorPlan[]> {
  return await withOwner(db, async (tx) => {
    const rows = await tx
      .select()
      .from(plans)
      .where(eq(plans.kind, 'wholesale'))
      .orderBy(asc(plans.createdAt), asc(plans.id));
    const found: OperatorPlan[] = [];
    for (const { id, name, mspId } of rows) {
      found.push({ id, name, mspId, versions: await versionsOf(tx, id) });
    }
    return found;
  });
}

/**
 * Adds a version to the list of this name, or makes the list. The first version may begin in any month,
 * later ones with a coming month: what a month costs stands while it runs.
 */
export async function addOperatorVersion(
  db: Database,
  clock: Clock,
  input: { name: string; mspId: string | null; from: Period; terms: unknown; by: string },
): Promise<{ planId: string; version: number }> {
  const terms = parseTerms(input.terms);
  const { name, mspId, from, by } = input;
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(from)) {
    throw new AppError('input.invalid', `"${from}" is no month. Write it as 2026-12.`);
  }
  const createdAt = clock.now();
  return await withOwner(db, async (tx) => {
    const known = await findPlan(tx, name, mspId);
    const planId = known ?? newId();
    if (known === undefined) {
      await tx.insert(plans).values({ id: planId, mspId, kind: 'wholesale', name, createdAt });
    }
    const [newest] = await tx
      .select({ version: max(planVersions.version), from: max(planVersions.fromPeriod) })
      .from(planVersions)
      .where(eq(planVersions.planId, planId));
    const version = (newest?.version ?? 0) + 1;
    const running = periodOf(dayOf(createdAt));
    if (version > 1 && from <= running) {
      throw new AppError(
        'conflict',
        `Other prices start with a coming month, and ${running} has begun. Nothing was changed.`,
      );
    }
    // Stripe bills a subscription in the currency that it began in, for as long as it lasts.
    const other = await currencyBefore(tx, planId, terms.currency);
    if (other !== null) {
      throw new AppError(
        'conflict',
        `The plan "${name}" is in ${other.toUpperCase()}, and no version of it is in another currency. Prices in ${terms.currency.toUpperCase()} are a plan of their own, with another name. Nothing was changed.`,
      );
    }
    await tx.insert(planVersions).values({
      mspId,
      planId,
      version,
      fromPeriod: from,
      terms,
      createdAt,
      createdBy: by,
    });
    return { planId, version };
  });
}

async function findPlan(
  tx: Transaction,
  name: string,
  mspId: string | null,
): Promise<string | undefined> {
  const [row] = await tx
    .select({ id: plans.id })
    .from(plans)
    .where(
      and(
        eq(plans.kind, 'wholesale'),
        eq(plans.name, name),
        mspId === null ? isNull(plans.mspId) : eq(plans.mspId, mspId),
      ),
    );
  return row?.id;
}

/** The currency that a plan has, where it is another one. */
async function currencyBefore(
  tx: Transaction,
  planId: string,
  currency: string,
): Promise<string | null> {
  const known = (await versionsOf(tx, planId)).at(-1)?.terms.currency;
  return known === undefined || known === currency ? null : known;
}

async function versionsOf(tx: Transaction, planId: string): Promise<OperatorPlan['versions']> {
  const rows = await tx
    .select()
    .from(planVersions)
    .where(eq(planVersions.planId, planId))
    .orderBy(asc(planVersions.version));
  return rows.map(({ version, fromPeriod, terms }) => ({
    version,
    from: fromPeriod,
    terms: terms as PlanTerms,
  }));
}
