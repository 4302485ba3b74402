import { and, asc, desc, eq, ne, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { mailboxes, snapshots } from '#db/schema/mailboxes.ts';
import { notFound } from '../input.ts';

export type MailboxRow = typeof mailboxes.$inferSelect;
export type SnapshotRow = typeof snapshots.$inferSelect;

export async function listMailboxRows(
  tx: Transaction,
  mspId: string,
  tenantId: string,
): Promise<MailboxRow[]> {
  return await tx
    .select()
    .from(mailboxes)
    .where(
      and(
        eq(mailboxes.mspId, mspId),
        eq(mailboxes.tenantId, tenantId),
        ne(mailboxes.state, 'erased'),
      ),
    )
    .orderBy(asc(sql`lower(${mailboxes.displayName})`), asc(mailboxes.id));
}

export async function loadMailbox(
  tx: Transaction,
  mspId: string,
  tenantId: string,
  mailboxId: string,
): Promise<MailboxRow> {
  const [row] = await tx
    .select()
    .from(mailboxes)
    .where(
      and(
        eq(mailboxes.mspId, mspId),
        eq(mailboxes.tenantId, tenantId),
        eq(mailboxes.id, mailboxId),
      ),
    );
  if (row === undefined) throw notFound();
  return row;
}

/** Newest first. */
export async function listSnapshots(
  tx: Transaction,
  mspId: string,
  tenantId: string,
  mailboxId: string,
): Promise<SnapshotRow[]> {
  return await tx
    .select()
    .from(snapshots)
    .where(
      and(
        eq(snapshots.mspId, mspId),
        eq(snapshots.tenantId, tenantId),
        eq(snapshots.mailboxId, mailboxId),
      ),
    )
    .orderBy(desc(snapshots.sequence));
}

export async function loadSnapshot(
  tx: Transaction,
  mspId: string,
  tenantId: string,
  mailboxId: string,
  sequence: number,
): Promise<SnapshotRow> {
  const [row] = await tx
    .select()
    .from(snapshots)
    .where(
      and(
        eq(snapshots.mspId, mspId),
        eq(snapshots.tenantId, tenantId),
        eq(snapshots.mailboxId, mailboxId),
        eq(snapshots.sequence, sequence),
      ),
    );
  if (row === undefined) throw notFound();
  return row;
}
