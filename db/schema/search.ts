import { sql } from 'drizzle-orm';
import {
  boolean,
  customType,
  foreignKey,
  index,
  integer,
  jsonb,
  pgEnum,
  pgPolicy,
  pgRole,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core';
import { mailboxFence, moment, tenantKey, tenantScope } from '../columns.ts';
import { textExtents } from '../enums.ts';
import { itemKind, mailboxes } from './mailboxes.ts';
import { ofTenant } from './tenants.ts';

export const textExtent = pgEnum('text_extent', textExtents);

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
    extent: textExtent().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.mailboxId, t.contentId] }),
    foreignKey({
      columns: [t.tenantId, t.mailboxId],
      foreignColumns: [mailboxes.tenantId, mailboxes.id],
    }),
    index('search_documents_words').using('gin', t.words),
    index('search_documents_latest').on(t.tenantId, t.at.desc()),
    index('search_documents_of_mailbox').on(t.tenantId, t.mailboxId, t.at.desc()),
    ...ofTenant(t),
    mailboxFence(),
    // No index serves a condition of a query behind a fence, unless its operator is known to leak
    // nothing, and that of text search is not. The same condition as a fence of its own is asked
    // together with the others. It narrows what `app_user` sees, and is there only while searching.
    pgPolicy('by_words', {
      as: 'restrictive',
      for: 'all',
      to: pgRole('app_search').existing(),
      using: sql`words @@ nullif(current_setting('app.words', true), '')::tsquery`,
    }),
  ],
);

/**
 * What a search looks for besides words. Folders by `folders.source_id`; from and until are days as
 * ISO 8601 dates (in UTC, `until` with the whole day) or moments with their zone.
 */
export interface SearchFilter {
  folderId?: string;
  from?: string;
  until?: string;
  person?: string;
  attachment?: string;
  /** Only what is no longer in the mailbox, or in Deleted Items and Recoverable Items alone. */
  goneOnly?: boolean;
  /** Only what left the mailbox, or was put there, in this time. */
  goneFrom?: string;
  goneUntil?: string;
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
    /** How many it found when it was first looked at; null until then. */
    found: integer(),
    /** There are more than that, and nobody counted them. */
    foundMore: boolean().notNull().default(false),
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
