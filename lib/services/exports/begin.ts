import type { z } from 'zod';
import { newId } from '#lib/core/ids.ts';
import { actorName, audit, type ServiceContext } from '../context.ts';
import { loadSnapshot } from '../mailboxes/store.ts';
import { lockAllowance, withScope } from '../transaction.ts';
import { requireAllowance } from './allowance.ts';
import type { startExportInput } from './input.ts';
import { addExport, type ExportKey, findOpenExport, updateQueuedExport } from './store.ts';

type Wish = Omit<z.output<typeof startExportInput>, 'tenantId'>;

/**
 * Begins exports of one customer: all of them are written down, or none is. What the same person asked
 * for already, and is not done, is joined. Part of the verbs that begin some; they hold the permissions.
 *
 * The worker is told afterwards. Those of which it does not hear end as failed and say so; where it
 * hears of none, that is what is thrown.
 * @returns their ids, in the order of the wishes
 * @throws AppError `too-many` where somebody has too many made, or kept, at once
 */
export async function beginExports(
  ctx: ServiceContext,
  tenantId: string,
  wishes: readonly Wish[],
): Promise<string[]> {
  const scope = { mspId: ctx.mspId, tenantId };
  const requestedBy = actorName(ctx.actor);
  const begun = await withScope(ctx.db, scope, async (tx) => {
    await lockAllowance(tx, { mspId: ctx.mspId, actor: requestedBy });
    const same: (string | undefined)[] = [];
    for (const wish of wishes) {
      await loadSnapshot(tx, ctx.mspId, tenantId, wish.mailboxId, wish.sequence);
      same.push(await findOpenExport(tx, { ...wish, ...scope }, requestedBy));
    }
    const more = same.filter((exportId) => exportId === undefined).length;
    if (more > 0) await requireAllowance(ctx, tx, more);
    const begun = wishes.map((wish, index) => ({
      wish,
      exportId: same[index] ?? newId(),
      isNew: same[index] === undefined,
    }));
    const createdAt = ctx.clock.now();
    for (const { wish, exportId, isNew } of begun) {
      if (!isNew) continue;
      await addExport(tx, {
        ...wish,
        ...scope,
        id: exportId,
        state: 'queued',
        requestedBy,
        createdAt,
      });
    }
    for (const { wish, exportId } of begun) {
      await audit(ctx, tx, {
        tenantId,
        action: 'export.start',
        entity: 'export',
        entityId: exportId,
        facts: {
          mailboxId: wish.mailboxId,
          sequence: wish.sequence,
          selection: wish.selection.kind,
        },
      });
    }
    return begun;
  });

  let told = 0;
  let silence: unknown;
  for (const { exportId, isNew } of begun) {
    const key = { ...scope, exportId };
    // Who has not answered once is not waited for fifty times.
    if (silence === undefined) {
      try {
        await ctx.deps.jobs.startExport(key);
        told++;
        continue;
      } catch (err) {
        silence = err;
      }
    }
    // It may have been heard, and only the answer been lost: then it is at work, or done.
    if (isNew && !(await endUnheard(ctx, key))) told++;
  }
  if (told === 0) throw silence;
  return begun.map(({ exportId }) => exportId);
}

/** False where it has begun all the same. */
async function endUnheard(ctx: ServiceContext, key: ExportKey): Promise<boolean> {
  return await withScope(ctx.db, key, (tx) =>
    updateQueuedExport(tx, key, {
      state: 'failed',
      refusal: 'The workflow service did not answer, so the export never began. Try again.',
      endedAt: ctx.clock.now(),
    }),
  );
}
