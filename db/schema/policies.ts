import { boolean, integer, pgEnum, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { moment, tenantKey } from '../columns.ts';
import { captureModes } from '../enums.ts';
import { ofTenant } from './tenants.ts';

export const captureMode = pgEnum('capture_mode', captureModes);

/** What is protected, how often. */
export const policies = pgTable(
  'policies',
  {
    ...tenantKey(),
    name: text().notNull(),
    everyMinutes: integer().notNull(),
    mode: captureMode().notNull().default('dual'),
    /** Mailboxes in flight at a time in one run. */
    lanes: integer().notNull().default(4),
    paused: boolean().notNull().default(false),
    createdAt: moment().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), ...ofTenant(t)],
);
