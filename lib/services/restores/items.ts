import type { z } from 'zod';
import { auditRead, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { restoreItemsInput } from './input.ts';
import { actionsOf, problemStates, writtenStates } from './rules.ts';
import { listLines, loadRestore } from './store.ts';
import { type RestoreItemView, viewLine } from './view.ts';

export interface RestoreItemPage {
  items: RestoreItemView[];
  /** Pass it as `after` for the next page; null at the end. */
  next: number | null;
}

/**
 * Every item of a plan, in its order, with what became of it. Subjects are mail: that they were looked
 * at is audited, once in a quarter of an hour for each person, filter and page.
 */
export async function restoreItems(
  ctx: ServiceContext,
  input: z.input<typeof restoreItemsInput>,
): Promise<RestoreItemPage> {
  requirePermission(ctx, 'content.read');
  const { part, onlyProblems, onlyWritten, after, limit, ...restore } = parse(
    restoreItemsInput,
    input,
  );
  const key = { mspId: ctx.mspId, ...restore };
  requireReach(ctx, key);
  return await withScope(ctx.db, key, async (tx) => {
    const { mailboxId, ...row } = await loadRestore(tx, key);
    requireReach(ctx, { ...row, mailboxId });
    const show = part ?? (onlyProblems ? 'problems' : onlyWritten ? 'written' : 'all');
    const rows = await listLines(tx, key, {
      ...{ after, limit },
      actions: part === undefined ? null : actionsOf[part],
      states: onlyProblems ? problemStates : onlyWritten ? writtenStates : null,
    });
    await auditRead(ctx, tx, {
      tenantId: key.tenantId,
      action: 'item.list-restore',
      entity: 'restore',
      entityId: key.restoreId,
      facts: { mailboxId, show, after, items: rows.length },
    });
    const last = rows.length === limit ? rows.at(-1) : undefined;
    return { items: rows.map(viewLine), next: last?.position ?? null };
  });
}
