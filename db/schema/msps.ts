import { sql } from 'drizzle-orm';
import { foreignKey, pgEnum, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { moment, mspFence, operatorRead, readByKey } from '../columns.ts';
import { memberRoles } from '../enums.ts';

export const memberRole = pgEnum('member_role', memberRoles);

export const msps = pgTable(
  'msps',
  {
    id: uuid().primaryKey(),
    name: text().notNull(),
    createdAt: moment().notNull(),
  },
  () => [...mspFence(sql`id`), operatorRead()],
);

/** Staff of an MSP. The subject is `tid.oid` of their home organisation, never an address. */
export const members = pgTable(
  'members',
  {
    mspId: uuid().notNull(),
    subject: text().notNull(),
    name: text().notNull(),
    role: memberRole().notNull(),
    /** The customers they are assigned to; null is all, later ones included. */
    customers: uuid().array(),
    enrolledAt: moment().notNull(),
    disabledAt: moment(),
  },
  (t) => [
    primaryKey({ columns: [t.mspId, t.subject] }),
    foreignKey({ columns: [t.mspId], foreignColumns: [msps.id] }),
    ...mspFence(),
    // Sign-in asks where a proven subject is a member, before any MSP is known.
    readByKey('own_memberships', sql`subject`, 'app.subject'),
  ],
);
