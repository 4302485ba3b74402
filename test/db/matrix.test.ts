import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql as drizzleSql } from 'drizzle-orm';
import postgres from 'postgres';
import { newId } from '#lib/core/ids.ts';
import { withScope } from '#lib/services/transaction.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { customerTables, houseTables, mspTables as ofMsps, signInTables } from './table-kinds.ts';

/**
 * Every table, every right a role has on it, in every context: rows of another tenant or MSP are
 * neither seen nor changed, and none can be planted there. Rows are generated from the catalogue,
 * so a new table takes part by being there.
 */

interface Column {
  table: string;
  column: string;
  type: string;
  enumerated: string | null;
}

interface Place {
  mspId: string;
  tenantId: string;
  mailboxId: string;
}

/** What Stripe told is found by its id alone, and once it is known whose it is, it is that MSP's. */
const mspTables = [...ofMsps, 'stripe_events'];
/** Rows that name nobody, or that are older than any MSP. */
const nobodysTables = [
  ...signInTables,
  ...houseTables.filter((table) => !mspTables.includes(table)),
];

const mspOne = newId();
const mspTwo = newId();
const places: Record<'mine' | 'sibling' | 'foreign', Place> = {
  mine: { mspId: mspOne, tenantId: newId(), mailboxId: newId() },
  sibling: { mspId: mspOne, tenantId: newId(), mailboxId: newId() },
  foreign: { mspId: mspTwo, tenantId: newId(), mailboxId: newId() },
};

interface Context {
  name: string;
  mspId: string;
  tenantId: string;
  scope: string;
  sees: string[];
  /** What somebody with a reach is fenced in by; absent is everything. */
  customers?: string;
  mailboxes?: string;
}

const contexts: Context[] = [
  {
    name: 'one tenant',
    mspId: mspOne,
    tenantId: places.mine.tenantId,
    scope: 'tenant',
    sees: ['mine'],
  },
  { name: 'the fleet', mspId: mspOne, tenantId: '', scope: 'msp', sees: ['mine', 'sibling'] },
  {
    name: 'my tenant under another MSP',
    mspId: mspTwo,
    tenantId: places.mine.tenantId,
    scope: 'tenant',
    sees: [],
  },
  { name: 'no context', mspId: '', tenantId: '', scope: '', sees: [] },
  {
    name: 'a tenant without an MSP',
    mspId: '',
    tenantId: places.mine.tenantId,
    scope: 'tenant',
    sees: [],
  },
  {
    name: 'the fleet as staff of one customer',
    mspId: mspOne,
    tenantId: '',
    scope: 'msp',
    customers: places.mine.tenantId,
    sees: ['mine'],
  },
  {
    name: 'the fleet as staff of no customer',
    mspId: mspOne,
    tenantId: '',
    scope: 'msp',
    customers: newId(),
    sees: [],
  },
  {
    name: 'one tenant as staff of its sibling',
    mspId: mspOne,
    tenantId: places.mine.tenantId,
    scope: 'tenant',
    customers: places.sibling.tenantId,
    sees: [],
  },
  {
    name: 'the fleet as staff of a customer of another MSP',
    mspId: mspOne,
    tenantId: '',
    scope: 'msp',
    customers: places.foreign.tenantId,
    sees: [],
  },
  {
    name: 'one tenant as the owner of its mailbox',
    mspId: mspOne,
    tenantId: places.mine.tenantId,
    scope: 'tenant',
    customers: places.mine.tenantId,
    mailboxes: places.mine.mailboxId,
    sees: ['mine'],
  },
  {
    name: 'one tenant as the owner of another mailbox',
    mspId: mspOne,
    tenantId: places.mine.tenantId,
    scope: 'tenant',
    customers: places.mine.tenantId,
    mailboxes: `${newId()},${places.foreign.mailboxId}`,
    sees: ['mine'],
  },
];

describe('isolation of tenants', () => {
  let db: TestDatabase;
  let columns: Map<string, Column[]>;
  let rights: Map<string, Set<string>>;
  let fencedByMailbox: Set<string>;
  const roles: Record<string, postgres.Sql> = {};

  before(async () => {
    db = await createTestDatabase();
    for (const role of ['app_user', 'app_worker'] as const) {
      roles[role] = postgres(db.url[role], { max: 1, onnotice: () => {} });
    }
    const rows = await db.owner<Column[]>`
      select c.relname as table, a.attname as column, format_type(a.atttypid, null) as type,
        (select enumlabel from pg_enum e where e.enumtypid = a.atttypid order by enumsortorder limit 1) as enumerated
      from pg_class c join pg_attribute a on a.attrelid = c.oid
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        and not c.relispartition and a.attnum > 0 and not a.attisdropped
      order by c.relname, a.attnum`;
    columns = Map.groupBy(
      rows.filter((row) => !nobodysTables.includes(row.table)),
      (row) => row.table,
    );
    const fences = await db.owner<{ table: string }[]>`
      select tablename as table from pg_policies
      where schemaname = 'public' and policyname = 'mailbox_fence'`;
    fencedByMailbox = new Set(fences.map((row) => row.table));
    const grants = await db.owner<{ key: string; right: string }[]>`
      select grantee || ' ' || table_name as key, privilege_type as right
      from information_schema.role_table_grants where table_schema = 'public'`;
    rights = new Map();
    for (const { key, right } of grants) {
      rights.set(key, (rights.get(key) ?? new Set()).add(right));
    }
    // Only the fences are on trial: rows need not refer to anything.
    await db.owner.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      for (const table of columns.keys()) {
        // An MSP is one row, however many tenants are its own.
        for (const place of Object.values(places)) {
          await tx.unsafe(`${insertion(table, place)} on conflict do nothing`);
        }
      }
    });
  });
  after(async () => {
    await Promise.all(Object.values(roles).map((sql) => sql.end({ timeout: 5 })));
    await db.close();
  });

  function insertion(table: string, place: Place): string {
    const own = columns.get(table)!;
    const values = own.map((column) => valueFor(table, column, place));
    return `insert into ${table} (${own.map((column) => `"${column.column}"`).join(', ')}) values (${values.join(', ')})`;
  }

  /** A value of the column's type that tells nothing, but for the columns that say whose row it is. */
  function valueFor(table: string, { column, type, enumerated }: Column, place: Place): string {
    if (column === 'msp_id' || (table === 'msps' && column === 'id')) return `'${place.mspId}'`;
    if (column === 'tenant_id' || (table === 'tenants' && column === 'id'))
      return `'${place.tenantId}'`;
    if (column === 'mailbox_id' || (table === 'mailboxes' && column === 'id'))
      return `'${place.mailboxId}'`;
    // Only what costs nothing has a reason.
    if (table === 'usage_mailbox_days' && column === 'reason') return 'null';
    // Only a refund takes the place of a credit.
    if (table === 'billing_credits' && column === 'instead_of') return 'null';
    if (enumerated !== null) return `'${enumerated}'`;
    if (type.endsWith('[]')) return `'{}'`;
    const byType: Record<string, string> = {
      uuid: `'${newId()}'`,
      text: `'${newId()}'`,
      integer: '1',
      date: `'2026-11-01'`,
      real: '1',
      tsvector: `''`,
      bigint: '1',
      boolean: 'true',
      jsonb: `'{}'`,
      bytea: `'\\x00'`,
      'timestamp with time zone': 'now()',
    };
    assert.ok(byType[type], `${table}.${column}: no value for ${type}`);
    return byType[type];
  }

  /** Is this row within the reach that the context is fenced in by? */
  function reached(table: string, context: Context, place: Place): boolean {
    const of = (list: string | undefined, id: string) =>
      list === undefined || list.split(',').includes(id);
    const ofCustomer = !mspTables.includes(table) || customerTables.includes(table);
    return (
      (!ofCustomer || of(context.customers, place.tenantId)) &&
      (!fencedByMailbox.has(table) || of(context.mailboxes, place.mailboxId))
    );
  }

  /** An MSP's own tables have no tenant to tell apart. */
  function seen(table: string, context: Context): string[] {
    const names = Object.entries(places)
      .filter(([name, place]) =>
        mspTables.includes(table) ? place.mspId === context.mspId : context.sees.includes(name),
      )
      .filter(([, place]) => reached(table, context, place))
      .map(([name]) => name);
    return table === 'msps' ? names.slice(0, 1) : names;
  }

  const rollback = Symbol('rollback');

  /** Runs inside one context and leaves nothing behind. */
  async function inside<T>(
    role: string,
    context: Context,
    act: (tx: postgres.TransactionSql) => Promise<T>,
  ): Promise<T> {
    let result: T | undefined;
    await roles[role]!.begin(async (tx) => {
      await tx`select set_config('app.msp_id', ${context.mspId}, true),
          set_config('app.tenant_id', ${context.tenantId}, true),
          set_config('app.scope', ${context.scope}, true),
          set_config('app.customers', ${context.customers ?? ''}, true),
          set_config('app.mailboxes', ${context.mailboxes ?? ''}, true)`;
      result = await act(tx);
      throw rollback;
    }).catch((err) => {
      if (err !== rollback) throw err;
    });
    return result as T;
  }

  for (const role of ['app_user', 'app_worker']) {
    for (const context of contexts) {
      it(`${role} with ${context.name} reads, changes and deletes only what it may see`, async () => {
        let tried = 0;
        for (const table of columns.keys()) {
          const granted = rights.get(`${role} ${table}`);
          if (granted === undefined) continue;
          const visible = seen(table, context).length;
          const [row] = await inside(role, context, (tx) =>
            tx.unsafe(`select count(*)::int as n from ${table}`),
          );
          assert.equal(row!.n, visible, `select ${table}`);
          // Fleet reads write nothing, except what belongs to the MSP itself.
          const writable = context.tenantId === '' && !mspTables.includes(table) ? 0 : visible;
          if (granted.has('UPDATE')) {
            const first = columns.get(table)!.at(-1)!.column;
            const changed = await inside(role, context, (tx) =>
              tx.unsafe(`update ${table} set "${first}" = "${first}"`),
            );
            assert.equal(changed.count, writable, `update ${table}`);
          }
          if (granted.has('DELETE')) {
            const gone = await inside(role, context, async (tx) => {
              return await tx.unsafe(`delete from ${table}`);
            }).catch((err) => ({ count: err.code === '23503' ? writable : -1 }));
            assert.equal(gone.count, writable, `delete ${table}`);
          }
          tried++;
        }
        assert.ok(tried > 10);
      });

      it(`${role} with ${context.name} plants no row elsewhere`, async () => {
        for (const table of columns.keys()) {
          if (!rights.get(`${role} ${table}`)?.has('INSERT')) continue;
          const mayWrite = (place: Place) =>
            place.mspId === context.mspId &&
            (mspTables.includes(table) || place.tenantId === context.tenantId) &&
            reached(table, context, place);
          for (const [name, place] of Object.entries(places)) {
            if (mayWrite(place)) continue;
            await assert.rejects(
              inside(role, context, (tx) => tx.unsafe(insertion(table, place))),
              { code: '42501' },
              `insert into ${table} for ${name}`,
            );
          }
        }
      });
    }
  }

  it('nobody empties a table past the fences, and nobody rewrites the audit log', async () => {
    for (const role of ['app_user', 'app_worker']) {
      for (const statement of [
        'truncate items',
        'truncate audit_events',
        'truncate usage_mailbox_days',
        'truncate meter_events',
        "update audit_events set action = 'x'",
        'delete from audit_events',
        'select * from items_0',
        'alter table items disable row level security',
        'set row_security = off',
      ]) {
        await assert.rejects(
          inside(role, contexts[0]!, async (tx) => {
            await tx.unsafe(statement);
            // `row_security = off` is no refusal by itself: the next read is.
            await tx.unsafe('select 1 from items');
          }),
          { code: '42501' },
          `${role}: ${statement}`,
        );
      }
    }
  });

  it('a context ends with its transaction: 300 interleaved ones on 3 connections see only their own', async () => {
    const pool = db.open('app_worker', 3);
    const all = [places.mine, places.sibling, places.foreign];
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    const plans = Array.from({ length: 300 }, () => ({ place: all[random(3)]!, end: random(4) }));
    await Promise.all(
      plans.map(async ({ place, end }) => {
        const act = withScope(pool, place, async (tx) => {
          const rows = await tx.execute(drizzleSql`select tenant_id from items`);
          assert.deepEqual(
            [...rows].map((row) => row.tenant_id),
            [place.tenantId],
          );
          if (end === 0) throw new Error('given up');
          if (end === 1) await tx.execute(drizzleSql`select 1/0`);
        });
        if (end <= 1) await assert.rejects(act);
        else await act;
      }),
    );
    const bare = await Promise.all(
      Array.from({ length: 12 }, () =>
        pool.transaction(async (tx) => (await tx.execute(drizzleSql`select 1 from items`)).length),
      ),
    );
    assert.deepEqual(new Set(bare), new Set([0]));
  });
});
