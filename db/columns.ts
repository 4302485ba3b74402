import { type SQL, sql } from 'drizzle-orm';
import { bigint, customType, date, pgPolicy, timestamp, uuid } from 'drizzle-orm/pg-core';

/** Wall time with milliseconds, as a Date. */
export const moment = () => timestamp({ withTimezone: true, precision: 3, mode: 'date' });

/** A day in UTC as `YYYY-MM-DD`. */
export const utcDay = () => date({ mode: 'string' });

/** Counts and byte sizes: far below 2^53, so a plain number. */
export const count = () => bigint({ mode: 'number' }).notNull().default(0);

/** SHA-256 and other short binary values. */
export const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({
  dataType: () => 'bytea',
});

/** The three columns every tenant-scoped row starts with; the key is `(tenant_id, id)`. */
export const tenantKey = () => ({
  mspId: uuid().notNull(),
  tenantId: uuid().notNull(),
  id: uuid().notNull(),
});

/** The same for rows that have a natural key instead of an id. */
export const tenantScope = () => ({
  mspId: uuid().notNull(),
  tenantId: uuid().notNull(),
});

/**
 * The settings of the transaction, see `lib/services/transaction.ts`. After the first use on a
 * pooled connection an unset value reads as the empty string, which must not reach the cast.
 */
const contextMsp = sql`nullif(current_setting('app.msp_id', true), '')::uuid`;
const contextTenant = sql`nullif(current_setting('app.tenant_id', true), '')::uuid`;
const fleetRead = sql`current_setting('app.scope', true) = 'msp'`;

/**
 * Of the customers and mailboxes of an MSP, those that whoever asks may reach; unset means all. The
 * inner select makes Postgres read the list once for a query, not once for a row.
 */
const reaches = (column: SQL, setting: 'app.customers' | 'app.mailboxes') => {
  const list = sql.raw(`nullif(current_setting('${setting}', true), '')`);
  return sql`((select ${list}) is null or ${column} = any((select string_to_array(${list}, ',')::uuid[])::uuid[]))`;
};

/** Restrictive, so that it narrows whatever else is allowed. */
function reachFence(name: string, condition: SQL) {
  return pgPolicy(name, {
    as: 'restrictive',
    for: 'all',
    to: 'public',
    using: condition,
    withCheck: condition,
  });
}

/** For rows of a customer that are found before its MSP is known, and so have no `tenantFence`. */
export function customerFence({ ofMsp = false } = {}) {
  const reach = reaches(sql`tenant_id`, 'app.customers');
  return reachFence('customer_fence', ofMsp ? sql`(tenant_id is null or ${reach})` : reach);
}

/** For tables whose rows belong to one mailbox: an owner of a mailbox reaches no other. */
export function mailboxFence(mailboxColumn: SQL = sql`mailbox_id`) {
  return reachFence('mailbox_fence', reaches(mailboxColumn, 'app.mailboxes'));
}

/**
 * The policies of every tenant-scoped table. The MSP fence is restrictive: no other policy can
 * widen it. Fleet reads see all tenants of the MSP; every write names one tenant.
 */
export function tenantFence(tenantColumn: SQL = sql`tenant_id`, { ofMsp = false } = {}) {
  const reach = reaches(tenantColumn, 'app.customers');
  return [
    pgPolicy('msp_fence', {
      as: 'restrictive',
      for: 'all',
      to: 'public',
      using: sql`msp_id = ${contextMsp}`,
      withCheck: sql`msp_id = ${contextMsp}`,
    }),
    pgPolicy('tenant_rows', {
      as: 'permissive',
      for: 'all',
      to: 'public',
      using: sql`${tenantColumn} = ${contextTenant}`,
      withCheck: sql`${tenantColumn} = ${contextTenant}`,
    }),
    pgPolicy('fleet_read', { as: 'permissive', for: 'select', to: 'public', using: fleetRead }),
    // Rows of the MSP as a whole, where a table has such, are no customer's.
    reachFence('customer_fence', ofMsp ? sql`(${tenantColumn} is null or ${reach})` : reach),
  ];
}

/** Rows that belong to an MSP as a whole. */
export function mspFence(mspColumn: SQL = sql`msp_id`) {
  return [
    pgPolicy('msp_rows', {
      as: 'permissive',
      for: 'all',
      to: 'public',
      using: sql`${mspColumn} = ${contextMsp}`,
      withCheck: sql`${mspColumn} = ${contextMsp}`,
    }),
  ];
}

/** A row that is found by an unguessable key, before anybody knows which MSP it belongs to. */
export function readByKey(name: string, column: SQL, setting: string) {
  return pgPolicy(name, {
    as: 'permissive',
    for: 'select',
    to: 'public',
    using: sql`${column} = nullif(current_setting(${sql.raw(`'${setting}'`)}, true), '')`,
  });
}

/**
 * For work that goes over all MSPs, which is the operator's: the worker and the operator's own
 * commands ask who there is, and do the rest within each.
 */
export function operatorRead() {
  return pgPolicy('operator_read', {
    as: 'permissive',
    for: 'select',
    to: ['app_owner', 'app_worker'],
    using: sql`current_setting('app.scope', true) = 'operator'`,
  });
}
