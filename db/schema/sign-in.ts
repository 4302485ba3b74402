import { boolean, index, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { bytes, moment } from '../columns.ts';

/**
 * What next-auth keeps. No row belongs to an MSP, so these tables have no tenant policy; only the
 * portal's role is granted them. There is no column a Microsoft token could be stored in.
 */
export const users = pgTable('users', {
  id: uuid().primaryKey(),
  name: text().notNull(),
  createdAt: moment().notNull(),
});

export const accounts = pgTable(
  'accounts',
  {
    provider: text().notNull(),
    /** `tid.oid` for Entra. */
    providerAccountId: text().notNull(),
    userId: uuid()
      .notNull()
      .references(() => users.id),
  },
  (t) => [
    primaryKey({ columns: [t.provider, t.providerAccountId] }),
    index('accounts_user').on(t.userId),
  ],
);

/** The browser holds the token, the table its SHA-256: a copy of the table signs nobody in. */
export const sessions = pgTable(
  'sessions',
  {
    tokenHash: bytes().primaryKey(),
    /** Names it in a list; opens nothing. */
    id: uuid().notNull(),
    userId: uuid()
      .notNull()
      .references(() => users.id),
    /** The id token of this sign-in named a role that may consent for the whole organisation. */
    administrator: boolean().notNull(),
    createdAt: moment().notNull(),
    expiresAt: moment().notNull(),
    lastSeenAt: moment(),
    /** What the browser calls itself, cut short. */
    browser: text().notNull().default(''),
  },
  (t) => [uniqueIndex('sessions_id').on(t.id), index('sessions_user').on(t.userId)],
);
