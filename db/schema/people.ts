import { sql } from 'drizzle-orm';
import {
  boolean,
  foreignKey,
  index,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { customerFence, moment, mspFence, readByKey, tenantScope } from '../columns.ts';
import { customerRoles, memberRoles } from '../enums.ts';
import { mailboxes } from './mailboxes.ts';
import { msps } from './msps.ts';
import { tenants } from './tenants.ts';

export const customerRole = pgEnum('customer_role', customerRoles);
export const invitedRole = pgEnum('invited_role', [...memberRoles, ...customerRoles]);

/**
 * People of a customer who may use the portal. The subject is `tid.oid`, and `tid` is the
 * customer's own organisation: nobody of elsewhere becomes one.
 */
export const customerPeople = pgTable(
  'customer_people',
  {
    ...tenantScope(),
    subject: text().notNull(),
    name: text().notNull(),
    role: customerRole().notNull(),
    /** Their own mailbox; an owner has one, an administrator may. */
    mailboxId: uuid(),
    /** Came through the door for everybody, uninvited; holds only while that is open. */
    byDoor: boolean().notNull().default(false),
    enrolledAt: moment().notNull(),
    disabledAt: moment(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.subject] }),
    foreignKey({
      columns: [t.tenantId, t.mailboxId],
      foreignColumns: [mailboxes.tenantId, mailboxes.id],
    }),
    foreignKey({ columns: [t.mspId, t.tenantId], foreignColumns: [tenants.mspId, tenants.id] }),
    ...mspFence(),
    customerFence(),
    // Sign-in asks where a proven subject belongs, before any MSP is known.
    readByKey('own_place', sql`subject`, 'app.subject'),
  ],
);

/**
 * A link that makes whoever opens it first, and signs in, a member of the MSP or a person of one of
 * its customers. Only the hash of its token is kept, in hex; used, revoked or expired it opens nothing.
 */
export const invitations = pgTable(
  'invitations',
  {
    mspId: uuid().notNull(),
    id: uuid().notNull(),
    /** Of the customer whose person is invited; null for staff. */
    tenantId: uuid(),
    tokenHash: text().notNull(),
    role: invitedRole().notNull(),
    /** How the list names the person until they have signed in. */
    name: text().notNull(),
    /** For staff: the customers they are assigned to; null is all. */
    customers: uuid().array(),
    /** For a mailbox owner, and where an administrator has a mailbox. */
    mailboxId: uuid(),
    createdBy: text().notNull(),
    createdAt: moment().notNull(),
    expiresAt: moment().notNull(),
    usedAt: moment(),
    usedBy: text(),
    revokedAt: moment(),
  },
  (t) => [
    primaryKey({ columns: [t.mspId, t.id] }),
    foreignKey({ columns: [t.mspId], foreignColumns: [msps.id] }),
    foreignKey({ columns: [t.mspId, t.tenantId], foreignColumns: [tenants.mspId, tenants.id] }),
    uniqueIndex('invitations_token').on(t.tokenHash),
    index('invitations_latest').on(t.mspId, t.createdAt.desc().nullsFirst()),
    ...mspFence(),
    // Those for staff are the MSP's as a whole.
    customerFence({ ofMsp: true }),
    readByKey('by_hash', sql`token_hash`, 'app.door'),
  ],
);

/**
 * From a proven organisation to the customer it is, where every owner of a mailbox there may help
 * themselves; there is no row where they may not.
 */
export const selfServiceDoors = pgTable(
  'self_service_doors',
  {
    entraTid: uuid().primaryKey(),
    mspId: uuid().notNull(),
    tenantId: uuid().notNull(),
  },
  (t) => [
    foreignKey({ columns: [t.mspId, t.tenantId], foreignColumns: [tenants.mspId, tenants.id] }),
    ...mspFence(),
    customerFence(),
    readByKey('own_organisation', sql`entra_tid::text`, 'app.organisation'),
  ],
);
