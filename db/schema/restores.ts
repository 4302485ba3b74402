import {
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
  uuid,
} from 'drizzle-orm/pg-core';
import { count, mailboxFence, moment, tenantKey } from '../columns.ts';
import {
  collisionRules,
  exportStates,
  previewForms,
  previewStates,
  type RestoreItemState,
  restoreActions,
  restoreItemStates,
  restoreRoutes,
  restoreStates,
} from '../enums.ts';
import { itemKind, mailboxes } from './mailboxes.ts';
import { ofTenant } from './tenants.ts';

export const collisionRule = pgEnum('collision_rule', collisionRules);
export const restoreState = pgEnum('restore_state', restoreStates);
export const restoreAction = pgEnum('restore_action', restoreActions);
export const restoreRoute = pgEnum('restore_route', restoreRoutes);
export const restoreItemState = pgEnum('restore_item_state', restoreItemStates);
export const exportState = pgEnum('export_state', exportStates);
export const previewState = pgEnum('preview_state', previewStates);
export const previewForm = pgEnum('preview_form', previewForms);

/** Which items; ids are those of the catalogue (`items.id`, `folders.source_id`). */
export type Selection =
  | { kind: 'items'; itemIds: string[] }
  | { kind: 'folder'; folderId: string }
  | { kind: 'mailbox' };

export type Destination =
  | { kind: 'original' }
  | { kind: 'folder'; name: string }
  | { kind: 'mailbox'; mailboxId: string; folderName: string };

export interface PlannedCounts {
  write: number;
  present: number;
  changed: number;
  cannot: number;
  bytes: number;
}

/** What a restore will do, shown before and executed after. */
export interface RestorePlan extends PlannedCounts {
  durationMinS: number;
  durationMaxS: number;
  folders: ({ path: string } & PlannedCounts)[];
}

/** A folder that a restore writes into; `planKey` names it within the plan, parents stand first. */
export interface TargetFolder {
  planKey: string;
  parentKey: string | null;
  name: string;
  type: string;
  existingId: string | null;
}

export const restores = pgTable(
  'restores',
  {
    ...tenantKey(),
    mailboxId: uuid().notNull(),
    targetMailboxId: uuid().notNull(),
    sequence: integer().notNull(),
    selection: jsonb().$type<Selection>().notNull(),
    destination: jsonb().$type<Destination>().notNull(),
    collisions: collisionRule().notNull(),
    state: restoreState().notNull(),
    plan: jsonb().$type<RestorePlan>(),
    targetFolders: jsonb().$type<TargetFolder[]>(),
    refusal: text(),
    /** Of restores that were asked for in one go, one for each mailbox. */
    groupId: uuid(),
    /** Lines by their state, once it has ended: a list need not count them again. */
    outcome: jsonb().$type<Record<RestoreItemState, number>>(),
    requestedBy: text().notNull(),
    createdAt: moment().notNull(),
    plannedAt: moment(),
    startedAt: moment(),
    endedAt: moment(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    foreignKey({
      columns: [t.tenantId, t.mailboxId],
      foreignColumns: [mailboxes.tenantId, mailboxes.id],
    }),
    foreignKey({
      columns: [t.tenantId, t.targetMailboxId],
      foreignColumns: [mailboxes.tenantId, mailboxes.id],
    }),
    index('restores_latest').on(t.tenantId, t.createdAt.desc().nullsFirst()),
    index('restores_of_msp').on(t.mspId, t.createdAt, t.id),
    ...ofTenant(t),
    mailboxFence(),
  ],
);

/**
 * The plan's lines and the journal in one: intent before the write, outcome after it. No foreign
 * key to `items`: the journal outlives the retention of what it put back.
 */
export const restoreItems = pgTable(
  'restore_items',
  {
    ...tenantKey(),
    restoreId: uuid().notNull(),
    batch: integer().notNull(),
    position: integer().notNull(),
    itemId: uuid().notNull(),
    sourceId: text().notNull(),
    ref: text().notNull(),
    contentId: text().notNull(),
    kind: itemKind().notNull(),
    itemClass: text().notNull(),
    subject: text().notNull(),
    bytes: count(),
    /** Folder names from the root of the target mailbox. */
    targetPath: text().array().notNull(),
    /** `planKey` of one of the restore's target folders. */
    folderKey: text().notNull(),
    internetMessageId: text(),
    /** Items with the same content that were there when the plan was made: never taken for ours. */
    presentIds: text().array().notNull(),
    action: restoreAction().notNull(),
    route: restoreRoute().notNull(),
    existingId: text(),
    state: restoreItemState().notNull().default('planned'),
    cause: text(),
    detail: text(),
    attempts: integer().notNull().default(0),
    /** With the intent: the folder at Microsoft that is written into, and since when. */
    targetFolderId: text(),
    intendedAt: moment(),
    writtenId: text(),
    /** Found there after a reply was lost. */
    adopted: boolean().notNull().default(false),
    writtenAt: moment(),
    /** Read back, the readable form equals the stored one byte for byte. */
    sameBytes: boolean(),
    verifiedAt: moment(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    foreignKey({
      columns: [t.tenantId, t.restoreId],
      foreignColumns: [restores.tenantId, restores.id],
    }),
    unique('restore_items_position').on(t.tenantId, t.restoreId, t.position),
    index('restore_items_batch').on(t.tenantId, t.restoreId, t.batch),
    index('restore_items_written').on(t.tenantId, t.restoreId, t.writtenId),
    ...ofTenant(t),
  ],
);

/** An item that could not be exported; `cause` is one of `lib/exchange/outcome.ts`. */
export interface ExportFailure {
  itemId: string;
  cause: string;
}

export const exports = pgTable(
  'exports',
  {
    ...tenantKey(),
    mailboxId: uuid().notNull(),
    sequence: integer().notNull(),
    selection: jsonb().$type<Selection>().notNull(),
    state: exportState().notNull(),
    refusal: text(),
    /** Name inside the export folder of the worker; never a path from outside. */
    file: text(),
    sha256: text(),
    bytes: count(),
    /** What the selection came to; 0 until that is known. */
    total: count(),
    items: count(),
    failed: count(),
    /** The first of those that failed, for the page; the archive's manifest names all. */
    failures: jsonb().$type<ExportFailure[]>().notNull().default([]),
    requestedBy: text().notNull(),
    createdAt: moment().notNull(),
    endedAt: moment(),
    expiresAt: moment(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    foreignKey({
      columns: [t.tenantId, t.mailboxId],
      foreignColumns: [mailboxes.tenantId, mailboxes.id],
    }),
    index('exports_latest').on(t.tenantId, t.createdAt.desc().nullsFirst()),
    index('exports_of_msp').on(t.mspId, t.createdAt, t.id),
    ...ofTenant(t),
    mailboxFence(),
  ],
);

export interface PreviewAttachment {
  name: string;
  bytes: number;
  type: string;
}

/** The text of one item on its way from the worker to the reader; deleted soon after. */
export const previews = pgTable(
  'previews',
  {
    ...tenantKey(),
    mailboxId: uuid().notNull(),
    itemId: uuid().notNull(),
    state: previewState().notNull(),
    form: previewForm().notNull().default('view'),
    /** Which attachment, counted from 0 in the order of the view. */
    part: integer(),
    headers: jsonb().$type<[name: string, value: string][]>(),
    text: text(),
    /** The formatted text, already harmless; null where there is none. */
    html: text(),
    /** Every header line of the mail, in its order. */
    headerLines: jsonb().$type<[name: string, value: string][]>(),
    /** Of events, contacts and tasks: what their view shows. */
    details: jsonb(),
    /** Pictures and styles of elsewhere that were left out. */
    remote: integer().notNull().default(0),
    /** For bytes: the name of their file in the export folder, never a path from outside. */
    file: text(),
    fileName: text(),
    bytes: count(),
    attachments: jsonb().$type<PreviewAttachment[]>(),
    truncated: boolean().notNull().default(false),
    refusal: text(),
    /** To ask again is of no use: the copy has nothing of the kind. */
    absent: boolean().notNull().default(false),
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
    index('previews_expiry').on(t.tenantId, t.expiresAt),
    ...ofTenant(t),
    mailboxFence(),
  ],
);
