import { addMs } from '#lib/core/clock.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { foldHistory, historyMs } from '../coverage/history.ts';
import { targetMs, usualMinutes } from '../coverage/rules.ts';
import { findPolicy } from '../policies/store.ts';
import { withScope } from '../transaction.ts';
import {
  endedRuns,
  figuresAge,
  findVault,
  lockFigures,
  saveFigures,
  sumMailboxes,
} from './store.ts';

/**
 * Adds up what lists of customers show of one. The worker does it when a run or a discovery ends, and
 * now and then in between.
 * @param options.olderThanMs leaves figures alone that are younger
 */
export async function keepFigures(
  ctx: ServiceContext,
  input: { tenantId: string },
  options: { olderThanMs?: number } = {},
): Promise<void> {
  requirePermission(ctx, 'backups.run');
  const scope = { mspId: ctx.mspId, tenantId: input.tenantId };
  await withScope(ctx.db, scope, async (tx) => {
    const { olderThanMs } = options;
    const isYoung = async () => {
      const at = await figuresAge(tx, scope);
      const age = at === null ? null : ctx.clock.now().getTime() - at.getTime();
      return age !== null && age < (olderThanMs ?? 0);
    };
    if (olderThanMs !== undefined && (await isYoung())) return;
    await lockFigures(tx, input.tenantId);
    if (olderThanMs !== undefined && (await isYoung())) return;
    const now = ctx.clock.now();
    const boxes = await sumMailboxes(tx, scope);
    const policy = await findPolicy(tx, ctx.mspId, input.tenantId);
    const vault = await findVault(tx, scope);
    const runs = await endedRuns(tx, scope, addMs(now, -historyMs));
    const target = targetMs(policy?.everyMinutes ?? usualMinutes);
    const { text, from, ...past } = foldHistory(runs, { now, target });
    await saveFigures(tx, {
      ...scope,
      ...boxes,
      ...past,
      history: text,
      historyFrom: from,
      storedBytes: vault?.storedBytes ?? 0,
      targetFreeBytes: vault?.freeBytes ?? 0,
      targetKnown: vault != null && vault.freeBytes !== null,
      targetPlace: vault?.target ?? null,
      at: now,
    });
  });
}

/** The same as an afterthought: what it belongs to has happened, whether it can be added up or not. */
export async function keepFiguresAfter(
  ctx: ServiceContext,
  input: { tenantId: string },
  options: { olderThanMs?: number } = {},
): Promise<void> {
  try {
    await keepFigures(ctx, input, options);
  } catch (err) {
    ctx.deps.log.error('the figures of a customer could not be added up', err, input);
  }
}
