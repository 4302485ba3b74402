import type { z } from 'zod';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { auditFilter } from './input.ts';
import { type AuditView, viewEntries } from './list.ts';
import { auditScope } from './reach.ts';

const pageOf = 1000;

/** The log, newest first, in pages for a file. That it was taken away is in the log before it goes. */
export async function exportAudit(
  ctx: ServiceContext,
  input: z.input<typeof auditFilter>,
): Promise<AsyncGenerator<AuditView[]>> {
  requirePermission(ctx, 'audit.read');
  const { tenantId, ...filter } = parse(auditFilter, input);
  const scope = auditScope(ctx, tenantId);
  await withScope(ctx.db, scope, (tx) =>
    audit(ctx, tx, {
      tenantId: scope.tenantId,
      action: 'audit.export',
      entity: 'audit',
      entityId: null,
      facts: { group: filter.group ?? null, person: filter.person ?? null },
    }),
  );
  async function* pages() {
    let after: { at: Date; chainId: string; seq: number } | undefined;
    for (;;) {
      const page = await withScope(ctx.db, scope, (tx) =>
        viewEntries(tx, scope, { ...filter, after }, pageOf),
      );
      if (page.length > 0) yield page;
      if (page.length < pageOf) return;
      after = page.at(-1);
    }
  }
  return pages();
}
