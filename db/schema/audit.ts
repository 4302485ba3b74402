import { sql } from 'drizzle-orm';
import {
  bigint,
  foreignKey,
  index,
  jsonb,
  pgEnum,
  pgPolicy,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core';
import { bytes, moment, tenantFence } from '../columns.ts';
import { actorKinds } from '../enums.ts';
import { msps } from './msps.ts';

export const actorKind = pgEnum('actor_kind', actorKinds);

export type AuditFacts = Record<string, string | number | boolean | null>;

/**
 * Who did what. Each row holds the hash of the row before it in its chain: one chain a customer,
 * and one for what an MSP does as a whole (`chain_id` is the tenant's or the MSP's id). Rows can
 * be added and read, never changed: no role but the owner is granted more. Rows outlive their
 * subjects, so nothing but the MSP is referenced.
 */
export const auditEvents = pgTable(
  'audit_events',
  {
    mspId: uuid().notNull(),
    chainId: uuid().notNull(),
    seq: bigint({ mode: 'number' }).notNull(),
    tenantId: uuid(),
    at: moment().notNull(),
    action: text().notNull(),
    actorKind: actorKind().notNull(),
    /** Subject, workflow id or `system`. */
    actor: text().notNull(),
    entity: text().notNull(),
    entityId: text(),
    facts: jsonb().$type<AuditFacts>().notNull(),
    previousHash: bytes().notNull(),
    hash: bytes().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.mspId, t.chainId, t.seq] }),
    foreignKey({ columns: [t.mspId], foreignColumns: [msps.id] }),
    index('audit_events_latest').on(t.mspId, t.at.desc().nullsFirst()),
    ...tenantFence(sql`tenant_id`, { ofMsp: true }),
    // What an MSP does as a whole has no tenant, and is written outside every tenant's scope.
    pgPolicy('msp_events', {
      as: 'permissive',
      for: 'insert',
      to: 'public',
      withCheck: sql`tenant_id is null and current_setting('app.scope', true) = 'msp'`,
    }),
  ],
);
