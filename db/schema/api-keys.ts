import { sql } from 'drizzle-orm';
import {
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  real,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { moment, mspFence, readByKey } from '../columns.ts';
import { msps } from './msps.ts';

/** Keys of an MSP's own programs. The secret is shown once; what is kept is its SHA-256, in hex. */
export const apiKeys = pgTable(
  'api_keys',
  {
    mspId: uuid().notNull(),
    id: uuid().notNull(),
    name: text().notNull(),
    /** The first characters of the secret, by which people tell their keys apart. */
    prefix: text().notNull(),
    secretHash: text().notNull(),
    /** Permissions of `lib/auth/roles.ts`. */
    scopes: text().array().notNull(),
    /** The only customers it reaches; null is all, later ones included. */
    customers: uuid().array(),
    createdBy: text().notNull(),
    createdAt: moment().notNull(),
    expiresAt: moment(),
    lastUsedAt: moment(),
    revokedAt: moment(),
  },
  (t) => [
    primaryKey({ columns: [t.mspId, t.id] }),
    foreignKey({ columns: [t.mspId], foreignColumns: [msps.id] }),
    uniqueIndex('api_keys_secret').on(t.secretHash),
    ...mspFence(),
    readByKey('by_hash', sql`secret_hash`, 'app.door'),
  ],
);

const ofKey = (t: { mspId: typeof apiKeys.mspId; keyId: typeof apiKeys.id }) =>
  foreignKey({ columns: [t.mspId, t.keyId], foreignColumns: [apiKeys.mspId, apiKeys.id] });

/** What was answered to a request with an `Idempotency-Key`, to answer the same again for a day. */
export const apiAnswers = pgTable(
  'api_answers',
  {
    mspId: uuid().notNull(),
    keyId: uuid().notNull(),
    idempotencyKey: text().notNull(),
    /** SHA-256 over method, path and body, in hex. */
    requestHash: text().notNull(),
    /** Null while the first request is still at work. */
    status: integer(),
    body: jsonb(),
    location: text(),
    createdAt: moment().notNull(),
    expiresAt: moment().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.mspId, t.keyId, t.idempotencyKey] }),
    ofKey(t as never),
    index('api_answers_expiry').on(t.mspId, t.expiresAt),
    ...mspFence(),
  ],
);

/** How many requests a key has left: a bucket that fills with time. */
export const apiAllowances = pgTable(
  'api_allowances',
  {
    mspId: uuid().notNull(),
    keyId: uuid().notNull(),
    tokens: real().notNull(),
    at: moment().notNull(),
  },
  (t) => [primaryKey({ columns: [t.mspId, t.keyId] }), ofKey(t as never), ...mspFence()],
);
