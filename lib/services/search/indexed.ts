import { sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import type { ItemKind } from '#db/enums.ts';

/** How much of a mailbox the search index has, compared with the catalogue. */
export interface IndexedMailbox {
  mspId: string;
  tenantId: string;
  mailboxId: string;
}

const versions = ({ mspId, tenantId, mailboxId }: IndexedMailbox) =>
  sql`i.msp_id = ${mspId} and i.tenant_id = ${tenantId} and i.mailbox_id = ${mailboxId}`;
const without = sql`not exists (select 1 from search_documents d where d.tenant_id = i.tenant_id
  and d.mailbox_id = i.mailbox_id and d.content_id = i.content_id)`;

export interface MissingVersion {
  contentId: string;
  kind: ItemKind;
  at: Date | null;
  ref: string;
  subject: string;
  sender: string;
  recipients: string;
}

/** Versions that the index does not have, those that are gone first: it is them people look for. */
export async function missingVersions(
  tx: Transaction,
  key: IndexedMailbox,
  limit: number,
): Promise<MissingVersion[]> {
  const rows = await tx.execute<Record<string, unknown>>(sql`
    select i.content_id, i.kind, (extract(epoch from i.at) * 1000)::float8 as at, i.ref,
      i.subject, i.sender, i.recipients
    from items i where ${versions(key)} and ${without}
    order by i.to_seq nulls last, i.id limit ${limit}`);
  return rows.map((row) => ({
    contentId: row.content_id as string,
    kind: row.kind as ItemKind,
    at: row.at === null ? null : new Date(Number(row.at)),
    ref: row.ref as string,
    subject: row.subject as string,
    sender: row.sender as string,
    recipients: row.recipients as string,
  }));
}

/**
 * Counts what of the last copy the index has, and says up to which copy it has every version. The
 * comparison is a count of rows, not of what was meant to be written.
 */
export async function noteIndexed(tx: Transaction, key: IndexedMailbox): Promise<void> {
  await tx.execute(sql`
    update mailboxes m set indexed = c.indexed, textless = c.textless,
      indexed_seq = case when exists (select 1 from items i where ${versions(key)}
        and i.from_seq < m.next_seq and i.from_seq > m.indexed_seq and ${without})
        then m.indexed_seq else m.next_seq - 1 end
    from (select count(*) as indexed, count(*) filter (where d.extent = 'none') as textless
      from items i join search_documents d on d.tenant_id = i.tenant_id
        and d.mailbox_id = i.mailbox_id and d.content_id = i.content_id
      where ${versions(key)} and i.to_seq is null) c
    where m.msp_id = ${key.mspId} and m.tenant_id = ${key.tenantId} and m.id = ${key.mailboxId}`);
}
