import { and, desc, eq, inArray, lt } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { olderThan } from '#db/keyset.ts';
import { items } from '#db/schema/mailboxes.ts';
import { exports } from '#db/schema/restores.ts';
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

/** Newest first. */
export async function listExportRows(
  tx: Transaction,
  scope: { mspId: string; tenantId: string },
  page: { after?: AgePosition | undefined; limit: number },
): Promise<ExportRow[]> {
  return await tx
    .select()
    .from(exports)
    .where(
      and(
        eq(exports.mspId, scope.mspId),
        eq(exports.tenantId, scope.tenantId),
        olderThan(exports.createdAt, exports.id, page.after),
      ),
    )
    .orderBy(desc(exports.createdAt), desc(exports.id))
    .limit(page.limit);
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
