import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  foreignKey,
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
import { moment, mspFence, readByKey, tenantFence, tenantKey } from '../columns.ts';
import {
  connectionStates,
  connectSteps,
  entraApps,
  selfServiceModes,
  tenantStates,
} from '../enums.ts';
import { msps } from './msps.ts';

export const tenantState = pgEnum('tenant_state', tenantStates);
export const selfServiceMode = pgEnum('self_service_mode', selfServiceModes);
export const entraApp = pgEnum('entra_app', entraApps);
export const connectionState = pgEnum('connection_state', connectionStates);
export const connectStep = pgEnum('connect_step', connectSteps);

/** A customer: one Microsoft 365 organisation, which belongs to exactly one MSP. */
export const tenants = pgTable(
  'tenants',
  {
    id: uuid().primaryKey(),
    mspId: uuid()
      .notNull()
      .references(() => msps.id),
    name: text().notNull(),
    state: tenantState().notNull().default('connecting'),
    /** The Entra tenant id; set once an administrator's consent is proven. */
    entraTid: uuid(),
    connectedAt: moment(),
    /** Microsoft asked the whole organisation to wait until then. */
    throttledUntil: moment(),
    /** What the MSP's own books call it (PSA), on statements and in exports. */
    externalId: text(),
    selfService: selfServiceMode().notNull().default('off'),
    createdAt: moment().notNull(),
  },
  (t) => [
    unique('tenants_msp_id').on(t.mspId, t.id),
    // One active link per organisation over all MSPs. The refusal tells that another provider
    // has it, and never which.
    uniqueIndex('tenants_one_active_link')
      .on(t.entraTid)
      .where(sql`state in ('connected', 'consent-lost')`),
    ...tenantFence(sql`id`),
  ],
);

/**
 * The constraints of every tenant-scoped table. The foreign key ties `msp_id` to `tenant_id`, so that
 * no row can carry the one of ours and the other of somebody else.
 */
export function ofTenant(t: { mspId: AnyPgColumn; tenantId: AnyPgColumn }) {
  return [
    foreignKey({ columns: [t.mspId, t.tenantId], foreignColumns: [tenants.mspId, tenants.id] }),
    ...tenantFence(),
  ];
}

/** What one Entra app of ours may do at one customer, with the call that proved it. */
export interface Proof {
  name: string;
  /** ISO 8601. */
  provedAt: string;
}

export const connections = pgTable(
  'connections',
  {
    ...tenantKey(),
    app: entraApp().notNull(),
    state: connectionState().notNull(),
    proofs: jsonb().$type<Proof[]>().notNull().default([]),
    refusal: text(),
    verifiedAt: moment(),
    /** When Microsoft first refused it after it had worked. */
    lostAt: moment(),
    createdAt: moment().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('connections_app').on(t.tenantId, t.app),
    ...ofTenant(t),
  ],
);

/** An invitation for the customer's administrator. Tokens and states are kept as SHA-256, in hex. */
export const connectLinks = pgTable(
  'connect_links',
  {
    ...tenantKey(),
    tokenHash: text().notNull(),
    apps: entraApp().array().notNull(),
    createdBy: text().notNull(),
    createdAt: moment().notNull(),
    expiresAt: moment().notNull(),
    step: connectStep().notNull().default('open'),
    /** Which of the apps the step is about. */
    app: entraApp().notNull().default('backup'),
    /** When somebody first looked at it. */
    openedAt: moment(),
    refusal: text(),
    refusalFacts: jsonb().$type<Record<string, string>>().notNull().default({}),
    /** Which of the apps were connected through this link. */
    connected: entraApp().array().notNull().default([]),
    /** When every app of the link was. */
    usedAt: moment(),
    stateHash: text(),
    stateExpiresAt: moment(),
    stateUsedAt: moment(),
    browserHash: text(),
    adminSubject: text(),
    adminTid: uuid(),
    proofs: jsonb().$type<Proof[]>().notNull().default([]),
    mailboxes: integer(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), ...ofTenant(t)],
);

/**
 * From an unguessable hash (of a link's token, or of a state) to the scope it opens. This is how a
 * browser without a membership is led to one row: a reader must know the hash to see the row.
 */
export const connectDoors = pgTable(
  'connect_doors',
  {
    hash: text().primaryKey(),
    mspId: uuid().notNull(),
    tenantId: uuid().notNull(),
    linkId: uuid().notNull(),
  },
  (t) => [
    foreignKey({
      columns: [t.tenantId, t.linkId],
      foreignColumns: [connectLinks.tenantId, connectLinks.id],
    }),
    foreignKey({ columns: [t.mspId, t.tenantId], foreignColumns: [tenants.mspId, tenants.id] }),
    ...mspFence(),
    readByKey('by_hash', sql`hash`, 'app.door'),
  ],
);
