import {
  customType,
  foreignKey,
  index,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core';
import { mailboxFence, moment, tenantKey, tenantScope } from '../columns.ts';
import { itemKind, mailboxes } from './mailboxes.ts';
import { ofTenant } from './tenants.ts';

const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' });

/**
 * The words of an item's content: subject, people, names of attachments, body. All versions and
 * copies of it in a mailbox share one row, joined by `items.content_id`. Written in the transaction
 * that writes the items. The migration partitions this table by hash of `tenant_id`.
 */
export const searchDocuments = pgTable(
  'search_documents',
  {
    ...tenantScope(),
    mailboxId: uuid().notNull(),
    contentId: text().notNull(),
    kind: itemKind().notNull(),
    at: moment(),
    /** Name of the text search configuration its words were made with. */
    language: text().notNull(),
    words: tsvector().notNull(),
    /** The first words of the body, for a list of results. */
    excerpt: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.mailboxId, t.contentId] }),
    foreignKey({
      columns: [t.tenantId, t.mailboxId],
      foreignColumns: [mailboxes.tenantId, mailboxes.id],
    }),
    index('search_documents_words').using('gin', t.words),
    index('search_documents_latest').on(t.tenantId, t.at.desc()),
    ...ofTenant(t),
    mailboxFence(),
  ],
);

/** What a search looks for besides words. Folders by `folders.source_id`, days as ISO 8601 dates. */
export interface SearchFilter {
  folderId?: string;
  from?: string;
  until?: string;
  person?: string;
  attachment?: string;
  /** Only what is no longer in the mailbox. */
  goneOnly?: boolean;
}

/**
 * A search under an id, so that its words stand in no address and no log. Only whoever asked reads
 * it; it is deleted a day later.
 */
export const searches = pgTable(
  'searches',
  {
    ...tenantKey(),
    /** Null searches all mailboxes of the customer. */
    mailboxId: uuid(),
    words: text().notNull(),
    filter: jsonb().$type<SearchFilter>().notNull().default({}),
    requestedBy: text().notNull(),
    createdAt: moment().notNull(),
    expiresAt: moment().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    foreignKey({
      columns: [t.tenantId, t.mailboxId],
      foreignColumns: [mailboxes.tenantId, mailboxes.id],
    }),
    index('searches_expiry').on(t.tenantId, t.expiresAt),
    ...ofTenant(t),
    mailboxFence(),
  ],
);
