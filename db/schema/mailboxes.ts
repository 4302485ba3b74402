import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { count, mailboxFence, moment, tenantKey, tenantScope } from '../columns.ts';
import { itemKinds, itemOutcomes, mailboxKinds, mailboxStates } from '../enums.ts';
import { ofTenant } from './tenants.ts';

export const mailboxKind = pgEnum('mailbox_kind', mailboxKinds);
export const mailboxState = pgEnum('mailbox_state', mailboxStates);
export const itemKind = pgEnum('item_kind', itemKinds);
export const itemOutcome = pgEnum('item_outcome', itemOutcomes);

export const mailboxes = pgTable(
  'mailboxes',
  {
    ...tenantKey(),
    kind: mailboxKind().notNull(),
    state: mailboxState().notNull(),
    /** Object id of the user in Entra. */
    entraUserId: text().notNull(),
    /** Id under /admin/exchange/mailboxes; unknown while only the user has been seen. */
    exchangeId: text(),
    address: text().notNull(),
    displayName: text().notNull(),
    /** The sequence that the slice in progress writes; its snapshot makes the rows visible. */
    nextSeq: integer().notNull().default(1),
    lastGoodAt: moment(),
    /** `done`, `done with skips`, or the cause of the last failure, as the run knows it. */
    lastOutcome: text(),
    items: count(),
    bytes: count(),
    /** Open items whose words are in the search index, as of the last snapshot. */
    indexed: count(),
    /** Of those, items of whose text nothing could be had. */
    textless: count(),
    /** Every version up to this snapshot is in the search index. */
    indexedSeq: integer().notNull().default(0),
    /** Whether its account has a licence for Exchange; null where discovery has not said so yet. */
    licensed: boolean(),
    /** Why it is known and not protected, where that has a reason of its own: `payment`. */
    waitsFor: text(),
    /** How it is known that its owner left: what Microsoft no longer knew. */
    sealedCause: text(),
    discoveredAt: moment().notNull(),
    sealedAt: moment(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    uniqueIndex('mailboxes_primary_of_user')
      .on(t.tenantId, t.entraUserId)
      .where(sql`kind <> 'archive'`),
    uniqueIndex('mailboxes_archive_of_user')
      .on(t.tenantId, t.entraUserId)
      .where(sql`kind = 'archive'`),
    // What needs somebody is few among many, and is asked for on every page of the fleet.
    index('mailboxes_in_trouble')
      .on(t.mspId, t.tenantId)
      .where(
        sql`state = 'discovered' or (state = 'protected' and (last_good_at is null or last_outcome not like 'done%'))`,
      ),
    // Who was found today is about to be on a bill.
    index('mailboxes_found').on(t.mspId, t.discoveredAt),
    index('mailboxes_sealed')
      .on(t.mspId, t.sealedAt.desc().nullsFirst())
      .where(sql`state = 'sealed'`),
    ...ofTenant(t),
    mailboxFence(sql`id`),
  ],
);

/**
 * Versions of folders. As of the snapshot with sequence S: `from_seq <= S and (to_seq is null or
 * to_seq > S)`. `source_id` is Microsoft's id; names are localised and not unique.
 */
export const folders = pgTable(
  'folders',
  {
    ...tenantKey(),
    mailboxId: uuid().notNull(),
    sourceId: text().notNull(),
    parentSourceId: text(),
    name: text().notNull(),
    type: text().notNull(),
    wellKnown: text(),
    fromSeq: integer().notNull(),
    toSeq: integer(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    foreignKey({
      columns: [t.tenantId, t.mailboxId],
      foreignColumns: [mailboxes.tenantId, mailboxes.id],
    }),
    uniqueIndex('folders_open').on(t.tenantId, t.mailboxId, t.sourceId).where(sql`to_seq is null`),
    index('folders_of_mailbox').on(t.tenantId, t.mailboxId, t.fromSeq),
    ...ofTenant(t),
    mailboxFence(),
  ],
);

/** Where the delta of one folder goes on. Written only together with the items of its page. */
export const folderCursors = pgTable(
  'folder_cursors',
  {
    ...tenantScope(),
    mailboxId: uuid().notNull(),
    folderId: text().notNull(),
    cursor: text(),
    /** False in the middle of a round: the cursor is a page, not the end. */
    roundComplete: boolean().notNull(),
    updatedAt: moment().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.mailboxId, t.folderId] }),
    foreignKey({
      columns: [t.tenantId, t.mailboxId],
      foreignColumns: [mailboxes.tenantId, mailboxes.id],
    }),
    ...ofTenant(t),
  ],
);

/**
 * Versions of items; read as `folders` are. The migration partitions this table by hash of
 * `tenant_id`, which drizzle cannot express: every key and unique index must hold `tenant_id`.
 */
export const items = pgTable(
  'items',
  {
    ...tenantKey(),
    mailboxId: uuid().notNull(),
    /** Immutable id in Exchange; the key of the item in the vault's snapshots. */
    sourceId: text().notNull(),
    changeKey: text().notNull(),
    folderId: text().notNull(),
    kind: itemKind().notNull(),
    itemClass: text().notNull(),
    subject: text().notNull(),
    sender: text().notNull(),
    recipients: text().notNull(),
    at: moment(),
    bytes: count(),
    hasAttachments: boolean().notNull(),
    /** What a list shows of an event, a contact or a task, as `ItemCard` says it. */
    card: jsonb(),
    categories: text().array().notNull(),
    contentId: text().notNull(),
    internetMessageId: text(),
    /** Names the item record in the tenant's vault. */
    ref: text().notNull(),
    streamBytes: bigint({ mode: 'number' }),
    readableBytes: bigint({ mode: 'number' }),
    note: text(),
    fromSeq: integer().notNull(),
    toSeq: integer(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    foreignKey({
      columns: [t.tenantId, t.mailboxId],
      foreignColumns: [mailboxes.tenantId, mailboxes.id],
    }),
    uniqueIndex('items_open').on(t.tenantId, t.mailboxId, t.sourceId).where(sql`to_seq is null`),
    index('items_versions').on(t.tenantId, t.mailboxId, t.sourceId, t.fromSeq),
    index('items_listing').on(t.tenantId, t.mailboxId, t.folderId, t.at.desc(), t.id.desc()),
    index('items_content').on(t.tenantId, t.mailboxId, t.contentId),
    index('items_started').on(t.tenantId, t.mailboxId, t.fromSeq),
    index('items_latest').on(t.tenantId, t.at.desc(), t.id.desc()),
    index('items_latest_of_mailbox').on(t.tenantId, t.mailboxId, t.at.desc(), t.id.desc()),
    index('items_ended').on(t.tenantId, t.mailboxId, t.toSeq).where(sql`to_seq is not null`),
    // Few items are gone, so that these are small.
    index('items_gone').on(t.tenantId, t.at.desc(), t.id.desc()).where(sql`to_seq is not null`),
    index('items_gone_of_mailbox')
      .on(t.tenantId, t.mailboxId, t.at.desc(), t.id.desc())
      .where(sql`to_seq is not null`),
    index('items_gone_content')
      .on(t.tenantId, t.mailboxId, t.contentId)
      .where(sql`to_seq is not null`),
    ...ofTenant(t),
    mailboxFence(),
  ],
);

/** Items that failed: tried again outside the cursor, so that none is lost when it moves on. */
export const itemRetries = pgTable(
  'item_retries',
  {
    ...tenantScope(),
    mailboxId: uuid().notNull(),
    sourceId: text().notNull(),
    folderId: text().notNull(),
    attempts: integer().notNull(),
    cause: text().notNull(),
    detail: text(),
    firstFailedAt: moment().notNull(),
    lastFailedAt: moment().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.mailboxId, t.sourceId] }),
    foreignKey({
      columns: [t.tenantId, t.mailboxId],
      foreignColumns: [mailboxes.tenantId, mailboxes.id],
    }),
    ...ofTenant(t),
  ],
);

/** A mailbox as of one moment: the row that makes the versions up to `sequence` visible. */
export const snapshots = pgTable(
  'snapshots',
  {
    ...tenantKey(),
    mailboxId: uuid().notNull(),
    runId: uuid(),
    sequence: integer().notNull(),
    /** Name of the snapshot object in the vault. */
    vaultSnapshotId: text().notNull(),
    root: text().notNull(),
    previous: text(),
    takenAt: moment().notNull(),
    items: count(),
    added: count(),
    removed: count(),
    bytes: count(),
    pagesWritten: integer().notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    foreignKey({
      columns: [t.tenantId, t.mailboxId],
      foreignColumns: [mailboxes.tenantId, mailboxes.id],
    }),
    unique('snapshots_sequence').on(t.tenantId, t.mailboxId, t.sequence),
    ...ofTenant(t),
    mailboxFence(),
  ],
);

/** The mutex between backup, restore and discovery of one mailbox; `epoch` fences late writers. */
export const mailboxLeases = pgTable(
  'mailbox_leases',
  {
    ...tenantScope(),
    mailboxId: uuid().notNull(),
    owner: text().notNull(),
    epoch: bigint({ mode: 'number' }).notNull(),
    takenAt: moment().notNull(),
    expiresAt: moment().notNull(),
    /** Until then a restore waits for the mailbox, and backups stand back. Lapses by itself. */
    wantedUntil: moment(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.mailboxId] }),
    foreignKey({
      columns: [t.tenantId, t.mailboxId],
      foreignColumns: [mailboxes.tenantId, mailboxes.id],
    }),
    ...ofTenant(t),
  ],
);

/** Where a tenant's vault is. Sizes are what the last writer reported. */
export const vaults = pgTable(
  'vaults',
  {
    ...tenantKey(),
    target: text().notNull(),
    keyId: text().notNull(),
    storedBytes: count(),
    packs: count(),
    /** Room left at the target, where it can tell. */
    freeBytes: bigint({ mode: 'number' }),
    createdAt: moment().notNull(),
    measuredAt: moment(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('vaults_one').on(t.tenantId),
    ...ofTenant(t),
  ],
);
