import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'drizzle-orm';
import { newId } from '#lib/core/ids.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { customerTables, houseTables, mspTables, signInTables } from './table-kinds.ts';

/**
 * What the catalogue of Postgres says about our tables. A table that a later migration forgets to
 * fence fails here, without anybody adding it to a list.
 */

/** Rows that are added and never changed, by the ledger's own promise. */
const appendOnlyTables = [
  'billing_credits',
  'billing_reconciliations',
  'billing_refunds',
  'plan_versions',
  'plans',
  'usage_adjustments',
  'usage_days',
  'usage_mailbox_days',
  'usage_periods',
  'usage_storage_days',
];
/** Rows of one mailbox that owners of mailboxes have to do with; the rest is read by the worker, or by verbs that asked about the mailbox. */
const mailboxTables = [
  'exports',
  'folders',
  'items',
  'mailboxes',
  'previews',
  'restores',
  'search_documents',
  'searches',
  'snapshots',
];
/** A permissive policy beside the usual two, each with its reason in the schema. */
const knownExtraPolicies = [
  'api_keys.by_hash',
  'audit_events.msp_events',
  'billing_accounts.by_clock',
  'billing_accounts.by_stripe_customer',
  'billing_accounts.operator_read',
  'connect_doors.by_hash',
  'customer_people.own_place',
  'invitations.by_hash',
  'members.own_memberships',
  'msps.operator_read',
  'plan_versions.operator_lists',
  'plans.operator_lists',
  'self_service_doors.own_organisation',
];

/** The owner of the catalogue writes the operator's price lists; the portal's role is narrowed to resale. */
const isOperators = ({ policyname, permissive }: Policy) =>
  ['operator_adds', 'operator_sees'].includes(policyname) || permissive === 'RESTRICTIVE';

interface Policy {
  tablename: string;
  policyname: string;
  permissive: string;
  cmd: string;
  qual: string | null;
  with_check: string | null;
}

describe('fences of the catalogue', () => {
  let db: TestDatabase;
  let tables: { name: string; kind: string; partition: boolean; rls: boolean; forced: boolean }[];
  let policies: Policy[];

  before(async () => {
    db = await createTestDatabase();
    tables = await db.owner`
      select relname as name, relkind as kind, relispartition as partition,
        relrowsecurity as rls, relforcerowsecurity as forced
      from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`;
    policies = await db.owner`
      select tablename, policyname, permissive, cmd, qual, with_check from pg_policies
      where schemaname = 'public'`;
  });
  after(() => db.close());

  const fenced = () => tables.filter((table) => !signInTables.includes(table.name));
  const tenantTables = () =>
    fenced().filter(
      (table) => !table.partition && ![...mspTables, ...houseTables].includes(table.name),
    );

  it('every table that is not a sign-in table has row-level security, and for its owner too', () => {
    assert.ok(fenced().length > 20);
    const open = fenced().filter((table) => !table.rls || !table.forced);
    assert.deepEqual(open, []);
  });

  it('every tenant table has a restrictive fence by MSP and one permissive policy by tenant, both ways', () => {
    for (const { name } of tenantTables()) {
      const own = policies.filter((policy) => policy.tablename === name);
      const fence = own.find((policy) => policy.policyname === 'msp_fence');
      assert.equal(fence?.permissive, 'RESTRICTIVE', name);
      assert.equal(fence?.cmd, 'ALL', name);
      assert.match(fence?.qual ?? '', /msp_id = .*app\.msp_id/, name);
      assert.equal(fence?.with_check, fence?.qual, name);
      const writing = own.filter(
        (policy) =>
          policy.permissive === 'PERMISSIVE' &&
          policy.cmd !== 'SELECT' &&
          !knownExtraPolicies.includes(`${name}.${policy.policyname}`),
      );
      assert.deepEqual(
        writing.map((policy) => [policy.policyname, policy.cmd]),
        [['tenant_rows', 'ALL']],
        name,
      );
      assert.match(writing[0]?.qual ?? '', /(tenant_id|id) = .*app\.tenant_id/, name);
      assert.equal(writing[0]?.with_check, writing[0]?.qual, name);
      const reading = own.filter((policy) => policy.cmd === 'SELECT');
      assert.deepEqual(
        reading.map((policy) => policy.policyname),
        ['fleet_read'],
        name,
      );
    }
  });

  it('MSP tables show an MSP its own rows, and beside that only what a known key opens', () => {
    for (const name of mspTables) {
      const own = policies.filter((policy) => policy.tablename === name);
      const all = own.filter(
        (policy) => policy.cmd === 'ALL' && policy.permissive === 'PERMISSIVE',
      );
      assert.deepEqual(
        all.map((policy) => policy.policyname),
        ['msp_rows'],
      );
      assert.equal(all[0]?.with_check, all[0]?.qual);
      for (const policy of own.filter((it) => it.cmd !== 'ALL' && !isOperators(it))) {
        assert.equal(policy.cmd, 'SELECT');
        assert.ok(knownExtraPolicies.includes(`${name}.${policy.policyname}`), policy.policyname);
      }
    }
  });

  it('what is about a customer or a mailbox is fenced by the reach of whoever asks, both ways', () => {
    const fenceOf = (table: string, name: string) =>
      policies.find((policy) => policy.tablename === table && policy.policyname === name);
    for (const table of [...tenantTables().map((it) => it.name), ...customerTables]) {
      const fence = fenceOf(table, 'customer_fence');
      assert.deepEqual([fence?.permissive, fence?.cmd], ['RESTRICTIVE', 'ALL'], table);
      assert.match(fence?.qual ?? '', /app\.customers/, table);
      assert.equal(fence?.with_check, fence?.qual, table);
    }
    const fenced = policies.filter((policy) => policy.policyname === 'mailbox_fence');
    assert.deepEqual(fenced.map((policy) => policy.tablename).sort(), mailboxTables);
    for (const { tablename, permissive, cmd, qual, with_check } of fenced) {
      assert.deepEqual([permissive, cmd], ['RESTRICTIVE', 'ALL'], tablename);
      assert.match(qual ?? '', /app\.mailboxes/, tablename);
      assert.equal(with_check, qual, tablename);
    }
  });

  it('settings are read so that an unset one, which is empty on a used connection, shows nothing', () => {
    for (const { tablename, policyname, qual, with_check } of policies) {
      const text = `${qual} ${with_check}`;
      const casts = text.match(/current_setting\([^)]*\)[^:=]*::uuid/g) ?? [];
      for (const cast of casts)
        assert.ok(text.includes('NULLIF'), `${tablename}.${policyname} ${cast}`);
    }
  });

  it('every foreign key between tenant tables holds the tenant, and every tenant table its MSP with it', async () => {
    const keys = await db.owner<{ child: string; parent: string; columns: string[] }[]>`
      select con.conrelid::regclass::text as child, con.confrelid::regclass::text as parent,
        array(select attname::text from unnest(con.conkey) with ordinality as k(num, ord)
          join pg_attribute a on a.attrelid = con.conrelid and a.attnum = k.num order by ord) as columns
      from pg_constraint con join pg_class c on c.oid = con.conrelid
      where con.contype = 'f' and c.relnamespace = 'public'::regnamespace and not c.relispartition`;
    const names = tenantTables().map((table) => table.name);
    for (const key of keys) {
      if (names.includes(key.child) && names.includes(key.parent) && key.parent !== 'tenants') {
        assert.ok(key.columns.includes('tenant_id'), `${key.child} → ${key.parent}`);
      }
    }
    for (const name of names.filter((it) => it !== 'tenants' && it !== 'audit_events')) {
      const tie = keys.find((key) => key.child === name && key.parent === 'tenants');
      assert.deepEqual(tie?.columns, ['msp_id', 'tenant_id'], name);
    }
  });

  it('primary and unique keys of tenant tables start with the tenant, so that they reveal no other', async () => {
    const indexes = await db.owner<{ table: string; index: string; columns: string[] }[]>`
      select c.relname as table, i.relname as index,
        array(select attname::text from unnest(x.indkey::int2[]) with ordinality as k(num, ord)
          join pg_attribute a on a.attrelid = c.oid and a.attnum = k.num order by ord) as columns
      from pg_index x join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
      where x.indisunique and c.relnamespace = 'public'::regnamespace and not c.relispartition`;
    // One link an organisation over all MSPs is a promise; the id of a tenant is its own key.
    const known = ['tenants_one_active_link', 'tenants_pkey', 'tenants_msp_id'];
    const names = tenantTables().map((table) => table.name);
    for (const { table, index, columns } of indexes) {
      if (!names.includes(table) || known.includes(index)) continue;
      assert.equal(columns[0], table === 'audit_events' ? 'msp_id' : 'tenant_id', index);
    }
  });

  it('the roles of the processes own nothing, bypass nothing and are granted nothing that looks past the fences', async () => {
    const roles = await db.owner<Record<string, unknown>[]>`
      select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolinherit from pg_roles
      where rolname in ('app_user', 'app_worker', 'app_search', 'app_owner') order by rolname`;
    assert.equal(roles.length, 4);
    for (const role of roles) {
      const { rolname, ...rights } = role;
      assert.ok(
        Object.values(rights).every((right) => right === false),
        `${rolname}`,
      );
    }
    const owners = await db.owner<{ owner: string }[]>`
      select distinct pg_get_userbyid(relowner) as owner from pg_class
      where relnamespace = 'public'::regnamespace`;
    assert.deepEqual(
      [...owners].map((row) => row.owner),
      ['app_owner'],
    );
    const grants = await db.owner<{ grantee: string; table: string; right: string }[]>`
      select grantee, table_name as table, privilege_type as right
      from information_schema.role_table_grants
      where table_schema = 'public' and grantee <> 'app_owner'`;
    const wide = grants.filter(
      ({ grantee, right }) =>
        !['app_user', 'app_worker', 'app_search'].includes(grantee) ||
        !['SELECT', 'INSERT', 'UPDATE', 'DELETE'].includes(right),
    );
    assert.deepEqual([...wide], []);
    // app_user turns into it for a query, and can do there nothing but look for words.
    const searching = grants.filter(({ grantee }) => grantee === 'app_search');
    assert.deepEqual([...new Set(searching.map(({ right }) => right))], ['SELECT']);
    const rights = (table: string) =>
      grants
        .filter((grant) => grant.table === table)
        .map((grant) => `${grant.grantee} ${grant.right}`);
    assert.deepEqual(rights('audit_events').sort(), [
      'app_user INSERT',
      'app_user SELECT',
      'app_worker INSERT',
      'app_worker SELECT',
    ]);
    for (const table of signInTables) {
      assert.ok(
        rights(table).every((right) => right.startsWith('app_user')),
        table,
      );
    }
    for (const { name } of tables.filter((table) => table.partition)) {
      assert.deepEqual(rights(name), [], name);
    }
    for (const { name } of tables.filter((table) => !table.partition)) {
      assert.ok(rights(name).length > 0, `${name} is granted to nobody`);
    }
  });

  it('the portal writes of an account what somebody does there, and nothing that the worker keeps', async () => {
    const columns = await db.owner<{ column: string }[]>`
      select column_name as column from information_schema.column_privileges
      where grantee = 'app_user' and privilege_type = 'UPDATE' and table_name = 'billing_accounts'`;
    assert.deepEqual(columns.map((row) => row.column).sort(), [
      'ended_period',
      'first_day',
      'plan_id',
      'started_period',
      'state',
      'stripe_customer_id',
      'stripe_subscription_id',
      'subscription_items',
      'trouble',
      'trouble_since',
    ]);
    await assert.rejects(
      db.user.transaction((tx) => tx.execute('update billing_accounts set grace_until = null')),
    );
  });

  it('the portal puts nobody on a clock, and ends no month but one that nothing bills', async () => {
    const mspId = newId();
    const accountId = newId();
    await db.owner.begin(async (tx) => {
      await tx`insert into msps (id, name, created_at) values (${mspId}, 'Northwind', now())`;
      await tx`insert into billing_accounts (msp_id, id, created_at) values (${mspId}, ${accountId}, now())`;
      for (const [period, step] of [
        ['2026-10', 'left-out'],
        ['2026-11', 'held'],
      ] as const) {
        await tx`insert into billing_closings (msp_id, account_id, period, state, step, started_at, changed_at)
          values (${mspId}, ${accountId}, ${period}, 'held', ${step}, now(), now())`;
      }
    });
    const asPortal = (statement: string) =>
      db.user.transaction(async (tx) => {
        await tx.execute(
          sql`select set_config('app.msp_id', ${mspId}, true), set_config('app.scope', 'msp', true)`,
        );
        return await tx.execute(sql.raw(statement));
      });
    const writeOff = "set state = 'finalised', step = 'written-off', reason = 'paid'";
    const refused = (err: Error) => (err.cause as { code?: string }).code === '42501';
    for (const statement of [
      `insert into billing_accounts (msp_id, id, tenant_id, test_clock_id, created_at) values ('${mspId}', '${newId()}', null, 'clock_1', now())`,
      `update billing_accounts set test_clock_id = 'clock_1' where id = '${accountId}'`,
      `update billing_closings set state = 'finalised', step = 'finalised' where period = '2026-10'`,
      `update billing_closings ${writeOff.replace("'paid'", 'null')} where period = '2026-10'`,
    ]) {
      await assert.rejects(asPortal(statement), refused, statement);
    }
    assert.equal((await asPortal(`update billing_closings ${writeOff}`)).count, 1);
    const closings = await db.owner<{ period: string; step: string }[]>`
      select period, step from billing_closings where msp_id = ${mspId} order by 1`;
    assert.deepEqual(
      closings.map(({ period, step }) => `${period} ${step}`),
      ['2026-10 written-off', '2026-11 held'],
    );
  });

  it('what only grows is granted to nobody for more, and a trigger refuses the owner too', async () => {
    const more = await db.owner`
      select table_name, grantee, privilege_type, column_name from information_schema.column_privileges
      where grantee <> 'app_owner' and privilege_type = 'UPDATE'
        and table_name in ${db.owner(appendOnlyTables)}`;
    assert.deepEqual([...more], []);
    const rights = await db.owner<{ right: string }[]>`
      select distinct privilege_type as right from information_schema.role_table_grants
      where grantee <> 'app_owner' and table_name in ${db.owner(appendOnlyTables)} order by 1`;
    assert.deepEqual(
      rights.map((row) => row.right),
      ['INSERT', 'SELECT'],
    );
    const columns = await db.owner<{ column: string }[]>`
      select column_name as column from information_schema.column_privileges
      where grantee = 'app_worker' and privilege_type = 'UPDATE' and table_name = 'meter_events'`;
    assert.deepEqual(columns.map((row) => row.column).sort(), [
      'attempts',
      'code',
      'sent_at',
      'settled_at',
      'state',
    ]);
    const place = { mspId: newId(), tenantId: newId() };
    await db.owner.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      await tx`insert into usage_days (msp_id, tenant_id, day, version, protected, sealed, free, reasons, input_hash, observed_at)
        values (${place.mspId}, ${place.tenantId}, '2026-11-01', 1, 1, 0, 0, '{}', '', now())`;
      await tx`insert into meter_events (msp_id, account_id, identifier, period, day, dimension, revision, value, at, created_at)
        values (${place.mspId}, ${newId()}, 'hf-1', '2026-11', '2026-11-01', 'protected-mailboxes', 1, 1, now(), now())`;
    });
    for (const table of appendOnlyTables) {
      const triggers = await db.owner<{ name: string }[]>`
        select tgname as name from pg_trigger where tgrelid = ${table}::regclass and not tgisinternal`;
      const names = triggers.map((row) => row.name);
      assert.ok(names.includes('append_only') && names.includes('never_emptied'), table);
    }
    for (const statement of [
      'update usage_days set protected = 2',
      'delete from usage_days',
      'truncate usage_days',
      'update meter_events set value = 2',
      'delete from meter_events',
    ]) {
      await assert.rejects(db.owner.unsafe(statement), { code: '23001' }, statement);
    }
  });

  it('there is nothing else that reads with its owner’s rights: no views, no definer functions', async () => {
    const views = await db.owner`
      select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('v', 'm')`;
    assert.deepEqual([...views], []);
    const definers = await db.owner`
      select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef`;
    assert.deepEqual([...definers], []);
  });
});
