import { and, desc, eq, gt, inArray, lt, or, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import type { ExportState } from '#db/enums.ts';
import { olderThan } from '#db/keyset.ts';
import { items, mailboxes } from '#db/schema/mailboxes.ts';
import { exports } from '#db/schema/restores.ts';
import { tenants } from '#db/schema/tenants.ts';
import { type AgePosition, notFound } from '../input.ts';

export type ExportRow = typeof exports.$inferSelect;

export interface ExportKey {
  mspId: string;
  tenantId: string;
  exportId: string;
}

const isExport = (key: ExportKey) =>
  and(
    eq(exports.mspId, key.mspId),
    eq(exports.tenantId, key.tenantId),
    eq(exports.id, key.exportId),
  );

export async function addExport(tx: Transaction, row: typeof exports.$inferInsert): Promise<void> {
  await tx.insert(exports).values(row);
}

export async function loadExport(tx: Transaction, key: ExportKey): Promise<ExportRow> {
  const [row] = await tx.select().from(exports).where(isExport(key));
  if (row === undefined) throw notFound();
  return row;
}

/** The same that somebody asked for already, and that is not done. */
export async function findOpenExport(
  tx: Transaction,
  wish: Pick<ExportRow, 'mspId' | 'tenantId' | 'mailboxId' | 'sequence' | 'selection'>,
  requestedBy: string,
): Promise<string | undefined> {
  const [row] = await tx
    .select({ id: exports.id })
    .from(exports)
    .where(
      and(
        eq(exports.mspId, wish.mspId),
        eq(exports.tenantId, wish.tenantId),
        eq(exports.mailboxId, wish.mailboxId),
        eq(exports.sequence, wish.sequence),
        eq(exports.selection, wish.selection),
        eq(exports.requestedBy, requestedBy),
        inArray(exports.state, ['queued', 'running']),
      ),
    )
    .limit(1);
  return row?.id;
}

/** What somebody has under way, and what lies ready for them, over all customers. */
export async function countExports(
  tx: Transaction,
  by: { mspId: string; requestedBy: string },
  now: Date,
): Promise<{ open: number; kept: number }> {
  const isOpen = inArray(exports.state, ['queued', 'running']);
  const isKept = and(eq(exports.state, 'done'), gt(exports.expiresAt, now));
  const [row] = await tx
    .select({
      open: sql<number>`(count(*) filter (where ${isOpen}))::int`,
      kept: sql<number>`(count(*) filter (where ${isKept}))::int`,
    })
    .from(exports)
    .where(
      and(eq(exports.mspId, by.mspId), eq(exports.requestedBy, by.requestedBy), or(isOpen, isKept)),
    );
  return row!;
}

export interface ExportFilter {
  /** Every customer within reach when absent. */
  tenantId?: string | undefined;
  tenantIds?: readonly string[] | undefined;
  states?: readonly ExportState[] | undefined;
}

/** Newest first, each with the names around it. */
export async function listExportRows(
  tx: Transaction,
  mspId: string,
  { tenantId, tenantIds, states }: ExportFilter,
  page: { after?: AgePosition | undefined; limit: number },
) {
  return await tx
    .select({ archive: exports, customer: tenants.name, mailbox: mailboxes.displayName })
    .from(exports)
    .innerJoin(tenants, and(eq(tenants.mspId, exports.mspId), eq(tenants.id, exports.tenantId)))
    .innerJoin(
      mailboxes,
      and(eq(mailboxes.tenantId, exports.tenantId), eq(mailboxes.id, exports.mailboxId)),
    )
    .where(
      and(
        eq(exports.mspId, mspId),
        tenantId === undefined ? undefined : eq(exports.tenantId, tenantId),
        tenantIds === undefined ? undefined : inArray(exports.tenantId, [...tenantIds]),
        states === undefined ? undefined : inArray(exports.state, [...states]),
        olderThan(exports.createdAt, exports.id, page.after),
      ),
    )
    .orderBy(desc(exports.createdAt), desc(exports.id))
    .limit(page.limit);
}

export async function lockExport(tx: Transaction, key: ExportKey): Promise<ExportRow> {
  const [row] = await tx.select().from(exports).where(isExport(key)).for('update');
  if (row === undefined) throw notFound();
  return row;
}

/**
 * Changes an export that nobody has cancelled and nothing has ended.
 * @returns false where somebody or something has
 */
export async function updateOpenExport(
  tx: Transaction,
  key: ExportKey,
  change: Partial<typeof exports.$inferInsert>,
): Promise<boolean> {
  const rows = await tx
    .update(exports)
    .set(change)
    .where(and(isExport(key), inArray(exports.state, ['queued', 'running'])))
    .returning({ id: exports.id });
  return rows.length > 0;
}

/** The same of one that nobody has begun. */
export async function updateQueuedExport(
  tx: Transaction,
  key: ExportKey,
  change: Partial<typeof exports.$inferInsert>,
): Promise<boolean> {
  const rows = await tx
    .update(exports)
    .set(change)
    .where(and(isExport(key), eq(exports.state, 'queued')))
    .returning({ id: exports.id });
  return rows.length > 0;
}

export async function updateExport(
  tx: Transaction,
  key: ExportKey,
  change: Partial<typeof exports.$inferInsert>,
): Promise<void> {
  await tx.update(exports).set(change).where(isExport(key));
}

/** Subjects of the items that failed, by the id of their version. */
export async function subjectsOf(tx: Transaction, row: ExportRow): Promise<Map<string, string>> {
  if (row.failures.length === 0) return new Map();
  const rows = await tx
    .select({ id: items.id, subject: items.subject })
    .from(items)
    .where(
      and(
        eq(items.mspId, row.mspId),
        eq(items.tenantId, row.tenantId),
        eq(items.mailboxId, row.mailboxId),
        inArray(
          items.id,
          row.failures.map(({ itemId }) => itemId),
        ),
      ),
    );
  return new Map(rows.map(({ id, subject }) => [id, subject]));
}

/** Marks archives whose time is over; the rows that are returned still name their files. */
export async function expireExports(
  tx: Transaction,
  scope: { mspId: string; tenantId: string },
  now: Date,
): Promise<{ id: string; file: string | null }[]> {
  return await tx
    .update(exports)
    .set({ state: 'expired' })
    .where(
      and(
        eq(exports.mspId, scope.mspId),
        eq(exports.tenantId, scope.tenantId),
        eq(exports.state, 'done'),
        lt(exports.expiresAt, now),
      ),
    )
    .returning({ id: exports.id, file: exports.file });
}
