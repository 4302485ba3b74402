import { rm } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import postgres from 'postgres';
import { type Database, openDatabase } from '#db/client.ts';
import { migrateCatalogue } from '#db/migrate.ts';
import { setLoginPasswords } from '#db/roles.ts';
import { formatCount } from '#lib/core/bytes.ts';
import { systemClock } from '#lib/core/clock.ts';
import { mapLimited } from '#lib/core/concurrency.ts';
import { newId } from '#lib/core/ids.ts';
import { silentLog } from '#lib/core/log.ts';
import { freePort } from '#lib/launch/ports.ts';
import { startPostgres } from '#lib/launch/postgres.ts';
import { ProcessTable } from '#lib/launch/processes.ts';
import { projectFolder } from '#lib/launch/project.ts';
import { print } from '#lib/launch/report.ts';
import { standardTerms } from '#lib/launch/standard-plan.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import type { Jobs } from '#lib/services/deps.ts';
import { withScope } from '#lib/services/transaction.ts';
import { lookAgain } from '#lib/services/usage/look-again.ts';
import { observeDay } from '#lib/services/usage/observe-day.ts';
import { daysUnlikeTheirMailboxes } from '#lib/services/usage/store.ts';

/**
 * `npm run bench:ledger [-- --mailboxes N --customers M]`: the last day of a month of an MSP with N
 * mailboxes is closed: four runs of every customer are in the catalogue, half of all mailboxes belong
 * to one customer, the rest to the others, and the days of the month before are in the ledger. Every
 * customer is observed, hashed and counted, and the account's accrual lies in the outbox at the end;
 * then the same again, which must write nothing, and the proof of that day of its rows. A real Postgres that keeps what it was told.
 */

const maxMs = 60_000;
const day = '2026-10-31';
const runsOfDay = 4;
const password = 'bench';

const { values } = parseArgs({
  options: {
    mailboxes: { type: 'string', default: '100000' },
    customers: { type: 'string', default: '201' },
  },
});
const mailboxCount = Number(values.mailboxes);
const customerCount = Number(values.customers);
const dataFolder = join(projectFolder, '.data', 'bench-ledger');

interface Ground {
  mspId: string;
  accountId: string;
  tenantIds: string[];
}

/** What a night leaves in the catalogue, written from outside and all at once. */
async function prepare(owner: postgres.Sql): Promise<Ground> {
  const mspId = newId();
  const accountId = newId();
  const planId = newId();
  const tenantIds = Array.from({ length: customerCount }, () => newId());
  const small = Math.floor(mailboxCount / 2 / Math.max(1, customerCount - 1));
  await owner.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`insert into msps (id, name, created_at) values (${mspId}, 'Northwind IT', '2026-01-01')`;
    await tx`insert into plans (id, msp_id, kind, name, created_at) values (${planId}, null, 'wholesale', 'Standard', '2026-01-01')`;
    await tx`insert into plan_versions (plan_id, version, from_period, terms, created_at, created_by)
      values (${planId}, 1, '2026-01', ${tx.json(standardTerms)}, '2026-01-01', 'bench')`;
    await tx`insert into billing_accounts (msp_id, id, state, stripe_customer_id, stripe_subscription_id, started_period, first_day, observed_through, created_at)
      values (${mspId}, ${accountId}, 'active', 'cus_bench', 'sub_bench', '2026-02', '2026-02-01', '2026-10-30', '2026-01-15')`;
    for (const [index, tenantId] of tenantIds.entries()) {
      const count = index === 0 ? mailboxCount - small * (customerCount - 1) : small;
      const policyId = newId();
      await tx`insert into tenants (id, msp_id, name, state, entra_tid, connected_at, created_at)
        values (${tenantId}, ${mspId}, ${`Customer ${index}`}, 'connected', ${newId()}, '2026-01-10', '2026-01-10')`;
      await tx`insert into policies (msp_id, tenant_id, id, name, every_minutes, created_at)
        values (${mspId}, ${tenantId}, ${policyId}, 'Standard', 360, '2026-01-10')`;
      await tx`insert into vaults (msp_id, tenant_id, id, target, key_id, stored_bytes, created_at)
        values (${mspId}, ${tenantId}, ${newId()}, 'file:///', 'k', ${count * 3_000_000_000}, '2026-01-10')`;
      await tx`insert into mailboxes (msp_id, tenant_id, id, kind, state, entra_user_id, exchange_id, address, display_name, discovered_at, sealed_at, licensed, last_good_at, last_outcome, bytes)
        select ${mspId}, ${tenantId}, gen_random_uuid(),
          (case when n % 40 = 0 then 'shared' when n % 97 = 0 then 'room' else 'user' end)::mailbox_kind,
          (case when n % 25 = 0 then 'sealed' else 'protected' end)::mailbox_state,
          n::text, 'MBX:' || gen_random_uuid() || '@' || ${tenantId}::text, 'a', 'A', '2026-01-10',
          case when n % 25 = 0 then '2026-06-01'::timestamptz end, n % 40 <> 0,
          '2026-10-31 22:10', 'done', 3000000000
        from generate_series(1, ${count}::int) n`;
      await tx`with made as (
          insert into runs (msp_id, tenant_id, id, policy_id, workflow_id, trigger, state, created_at, started_at, ended_at)
          select ${mspId}, ${tenantId}, gen_random_uuid(), ${policyId}, 'w', 'schedule', 'done',
            ${day}::date + n * interval '6 hours', ${day}::date + n * interval '6 hours',
            ${day}::date + n * interval '6 hours' + interval '40 minutes'
          from generate_series(0, ${runsOfDay - 1}::int) n returning id, created_at)
        insert into run_mailboxes (msp_id, tenant_id, run_id, mailbox_id, shard, position, state, cause, started_at, ended_at)
        select ${mspId}, ${tenantId}, made.id, box.id, 0, box.entra_user_id::int,
          (case when box.entra_user_id::int % 211 = 0 then 'failed' else 'done' end)::run_mailbox_state,
          case when box.entra_user_id::int % 211 = 0 then 'source.unavailable' end,
          made.created_at, made.created_at + interval '20 minutes'
        from made cross join mailboxes box
        where box.tenant_id = ${tenantId} and box.state = 'protected'`;
      await tx`insert into usage_days (msp_id, tenant_id, day, version, protected, sealed, free, reasons, physical_bytes, input_hash, observed_at)
        select ${mspId}, ${tenantId}, d::date, 1, ${Math.floor(count * 0.9)}, ${Math.floor(count * 0.04)}, 0, '{}', ${count * 3_000_000_000}, '\\x00', d
        from generate_series('2026-10-01'::timestamp, '2026-10-30', '1 day') d`;
    }
  });
  await owner`analyze`;
  return { mspId, accountId, tenantIds };
}

function contextOf(mspId: string, db: Database): ServiceContext {
  return {
    mspId,
    actor: { kind: 'system' },
    db,
    clock: systemClock,
    deps: { jobs: {} as Jobs, log: silentLog },
  };
}

async function timed<T>(what: string, act: () => Promise<T>): Promise<{ ms: number; found: T }> {
  const start = performance.now();
  const found = await act();
  const ms = performance.now() - start;
  print(`  ${what.padEnd(58)}${(ms / 1000).toFixed(2).padStart(8)} s`);
  return { ms, found };
}

async function measure(owner: postgres.Sql, db: Database): Promise<boolean> {
  const { found: ground } = await timed('what the night left, made from outside', () =>
    prepare(owner),
  );
  const ctx = contextOf(ground.mspId, db);
  const [large, ...rest] = ground.tenantIds as [string, ...string[]];
  const observe = (tenantId: string) => observeDay(ctx, { tenantId, day });
  print(`\n  ${cpus().length} cores, ${formatCount(mailboxCount)} mailboxes, ${day}`);
  const first = await timed('the largest customer: read, decided, written, hashed', () =>
    observe(large),
  );
  const others = await timed(`the other ${rest.length}, two at a time`, () =>
    mapLimited(rest, 2, observe),
  );
  const total = first.ms + others.ms;
  const [rows] = await owner<{ rows: number; counts: number; events: number; value: number }[]>`
    select (select count(*)::int from usage_mailbox_days) as rows,
      (select count(*)::int from usage_days where day = ${day}) as counts,
      (select count(*)::int from meter_events) as events,
      (select value from meter_events where dimension = 'protected-mailboxes') as value`;
  print(
    `  in the ledger: ${formatCount(rows!.rows)} mailbox-days, ${rows!.counts} days of customers; outbox: ${rows!.events} events, protected mailboxes ${formatCount(rows!.value)}`,
  );
  const again = await timed('all of it again, which writes nothing', async () => {
    const seen = [await observe(large), ...(await mapLimited(rest, 2, observe))];
    return seen.reduce((all, { added }) => all + added, 0);
  });
  const late = await timed('a look for copies of it that were told late: none', async () => {
    const seen = await lookAgain(ctx, { tenantIds: ground.tenantIds, days: [day] });
    return seen.length;
  });
  const proof = await timed('the proof of the day: counts and hash made of its rows again', () =>
    withScope(db, { mspId: ground.mspId, tenantId: null }, (tx) =>
      daysUnlikeTheirMailboxes(tx, { mspId: ground.mspId, tenantIds: ground.tenantIds }, day),
    ),
  );
  const good =
    late.found === 0 &&
    proof.found.length === 0 &&
    total < maxMs &&
    again.found === 0 &&
    rows!.counts === customerCount &&
    rows!.events === 3;
  print(
    `\n  the day: ${(total / 1000).toFixed(1)} s: ${good ? 'good' : 'NOT GOOD'}, at most ${maxMs / 1000} s, one row each, nothing twice`,
  );
  return good;
}

async function main(): Promise<void> {
  await rm(dataFolder, { recursive: true, force: true });
  const table = await ProcessTable.claim(dataFolder);
  const server = await startPostgres(table, {
    dataFolder,
    port: await freePort(),
    password,
    env: process.env,
  });
  const owner = postgres(server.ownerUrl, { max: 1, onnotice: () => {} });
  let db: Database | undefined;
  try {
    await migrateCatalogue(server.ownerUrl);
    await setLoginPasswords(server.ownerUrl, { app_user: password, app_worker: password });
    db = openDatabase(server.urlFor('app_worker', password), { connections: 4 });
    if (!(await measure(owner, db))) process.exitCode = 1;
  } finally {
    await db?.close();
    await owner.end({ timeout: 5 });
    await server.stop();
    await rm(dataFolder, { recursive: true, force: true });
  }
}

await main();
