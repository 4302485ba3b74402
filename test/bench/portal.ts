import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { paths } from '#app/paths.ts';
import { openDatabase } from '#db/client.ts';
import { formatCount } from '#lib/core/bytes.ts';
import { mapLimited } from '#lib/core/concurrency.ts';
import { newId } from '#lib/core/ids.ts';
import { startHouse } from '#lib/launch/house.ts';
import { openServices } from '#lib/launch/services.ts';
import { keepFigures } from '#lib/services/figures/keep.ts';
import { beginSession } from '#test/kit/session.ts';

/**
 * How long the server takes to answer each page of the portal at 500 customers of 200 mailboxes and a
 * month of runs: `npm run bench:portal`. A real Postgres, a portal as `npm start` serves it; asked
 * one after the other over one connection, from the request to the last byte.
 *
 * CUSTOMERS, MAILBOXES and ROUNDS make it smaller or longer.
 */

const customers = Number(process.env.CUSTOMERS ?? 500);
const mailboxes = Number(process.env.MAILBOXES ?? 200);
const rounds = Number(process.env.ROUNDS ?? 40);
const targetMs = 100;
const days = 31;
const everyHours = 6;

const folder = await mkdtemp(join(tmpdir(), 'holdfast-portal-bench-'));
const house = await startHouse({
  dataFolder: folder,
  port: 0,
  standIn: 'seeded',
  standInArguments: ['--mailboxes', '3'],
  portal: true,
  env: { ...process.env, EXPORT_FOLDER: join(folder, 'exports') },
});
const owner = postgres(house.ownerUrl, { max: 2, onnotice: () => {} });
const services = await openServices(house);
const catalogue = openDatabase(house.ownerUrl, { connections: 4 });
let failed = false;
try {
  const mspId = newId();
  const subject = `${newId()}.${newId()}`;
  const place = await makeFleet(mspId, subject);
  await tellSize(mspId);
  const { cookie } = await beginSession(house.ownerUrl, { subject, name: 'Mira Keller' });
  failed = await measurePages(place, cookie);
} finally {
  await services.close();
  await catalogue.close();
  await owner.end({ timeout: 5 });
  await house.stop();
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;

/** Rows as a month of work leaves them; the worker's own verb adds them up. */
async function makeFleet(mspId: string, subject: string) {
  const started = performance.now();
  await owner`insert into msps (id, name, created_at) values (${mspId}, 'Northwind IT', now())`;
  await owner`insert into members (msp_id, subject, name, role, enrolled_at)
    values (${mspId}, ${subject}, 'Mira Keller', 'owner', now())`;
  await owner`
    insert into tenants (id, msp_id, name, state, entra_tid, connected_at, created_at)
    select gen_random_uuid(), ${mspId}, 'Customer ' || to_char(n, 'FM000') || ' Ltd', 'connected',
      gen_random_uuid(), now() - interval '200 days', now() - interval '200 days'
    from generate_series(1, ${customers}) n`;
  await owner`
    insert into policies (msp_id, tenant_id, id, name, every_minutes, created_at)
    select msp_id, id, gen_random_uuid(), 'Standard', ${everyHours * 60}, created_at
    from tenants where msp_id = ${mspId}`;
  await owner`
    insert into connections (msp_id, tenant_id, id, app, state, verified_at, created_at)
    select msp_id, tenants.id, gen_random_uuid(), app, 'connected', created_at, created_at
    from tenants, unnest(enum_range(null::entra_app)) app where msp_id = ${mspId}`;
  await owner`
    insert into vaults (msp_id, tenant_id, id, target, key_id, stored_bytes, packs, free_bytes, created_at, measured_at)
    select msp_id, id, gen_random_uuid(), 's3://vault', 'k', 5e10 + random() * 1e11, 3000, null, created_at, now()
    from tenants where msp_id = ${mspId}`;
  await fillMailboxes(mspId);
  await owner`
    insert into runs (msp_id, tenant_id, id, policy_id, workflow_id, trigger, state, created_at, started_at, ended_at,
      shards, enumerated, stored, reused, removed, skipped, failed, bytes, stored_bytes, requests)
    select p.msp_id, p.tenant_id, gen_random_uuid(), p.id, 'backup/' || gen_random_uuid(), 'schedule',
      (case when random() < 0.004 then 'failed' when random() < 0.02 then 'incomplete' else 'done' end)::run_state,
      at, at, at + interval '12 minutes', 1, 1000, 200, 790, 10, 0, 0, 1e8, 4e7, 3000
    from policies p,
      lateral (select now() - interval '20 minutes' - n * interval '1 hour' * ${everyHours}
        - random() * interval '1 hour' as at from generate_series(0, ${(days * 24) / everyHours}) n where p.id is not null) runs
    where p.msp_id = ${mspId}`;
  // The lines of the last day; older ones are looked at one run at a time.
  await owner`
    insert into run_mailboxes (msp_id, tenant_id, run_id, mailbox_id, shard, position, state, started_at, ended_at,
      enumerated, stored, reused, removed)
    select r.msp_id, r.tenant_id, r.id, m.id, 0, row_number() over (partition by r.id order by m.id), 'done',
      r.started_at, r.ended_at, 5, 1, 4, 0
    from runs r join mailboxes m on m.tenant_id = r.tenant_id
    where r.msp_id = ${mspId} and r.created_at > now() - interval '1 day'`;
  await owner`
    insert into snapshots (msp_id, tenant_id, id, mailbox_id, sequence, vault_snapshot_id, root, taken_at, items)
    select msp_id, tenant_id, gen_random_uuid(), id, 1, gen_random_uuid()::text, 'root', last_good_at, items
    from mailboxes where msp_id = ${mspId}`;
  await owner`analyze`;
  const ids = await owner<{ id: string }[]>`select id from tenants where msp_id = ${mspId}`;
  const worker = { ...services.contextFor(mspId), db: catalogue };
  const before = performance.now();
  await mapLimited(ids, 4, ({ id: tenantId }) => keepFigures(worker, { tenantId }));
  const each = (performance.now() - before) / ids.length;
  await owner`vacuum analyze customer_figures`;
  process.stdout.write(
    `Made in ${((performance.now() - started) / 1000).toFixed(0)} s; adding up one customer took ${each.toFixed(1)} ms.\n`,
  );
  const [row] = await owner<{ tenant_id: string; run_id: string; mailbox_id: string }[]>`
    select r.tenant_id, r.id as run_id, m.id as mailbox_id
    from runs r join mailboxes m on m.tenant_id = r.tenant_id and m.state = 'protected'
    where r.msp_id = ${mspId} order by r.created_at desc limit 1`;
  return { tenantId: row!.tenant_id, runId: row!.run_id, mailboxId: row!.mailbox_id };
}

/** One in two thousand fails, one in fifty has gaps, one in five hundred left. */
async function fillMailboxes(mspId: string): Promise<void> {
  await owner`
    with luck as (
      select t.msp_id, t.id as tenant_id, t.created_at, n, random() as luck
      from tenants t cross join generate_series(1, ${mailboxes}) n where t.msp_id = ${mspId}
    )
    insert into mailboxes (msp_id, tenant_id, id, kind, state, entra_user_id, exchange_id, address, display_name,
      last_good_at, last_outcome, items, bytes, discovered_at, sealed_at, sealed_cause)
    select msp_id, tenant_id, gen_random_uuid(), 'user',
      (case when luck < 0.002 then 'sealed' else 'protected' end)::mailbox_state,
      gen_random_uuid()::text, 'MBX:' || n, 'person' || n || '@customer.example', 'Person ' || n,
      now() - random() * interval '5 hours',
      case when luck > 0.9995 then 'waited-too-long' when luck > 0.98 then 'done with skips' else 'done' end,
      20000 * random(), 5e9 * random(), created_at,
      case when luck < 0.002 then now() - random() * interval '90 days' end,
      case when luck < 0.002 then 'user-gone' end
    from luck`;
}

async function tellSize(mspId: string): Promise<void> {
  const count = async (table: string) => {
    const [row] = await owner.unsafe<{ count: string }[]>(
      `select count(*) from ${table} where msp_id = '${mspId}'`,
    );
    return formatCount(Number(row!.count));
  };
  const tables = ['mailboxes', 'runs', 'run_mailboxes', 'snapshots'];
  const sizes = await Promise.all(tables.map(async (table) => `${await count(table)} ${table}`));
  process.stdout.write(`${formatCount(customers)} customers, ${sizes.join(', ')}\n\n`);
}

async function measurePages(
  place: { tenantId: string; runId: string; mailboxId: string },
  cookie: string,
): Promise<boolean> {
  const { tenantId, runId, mailboxId } = place;
  const pages: [string, string][] = [
    ['Tonight', paths.home()],
    ['Tonight, all that need you', paths.home({ show: 'all' })],
    ['Customers', paths.customers()],
    ['Coverage, days not good', paths.coverage()],
    ['Coverage, all', paths.coverage({ show: 'all' })],
    ['Customer', paths.customer(tenantId)],
    ['Customer, mailboxes', paths.customerMailboxes(tenantId)],
    ['Customer, runs', paths.customerRuns(tenantId)],
    ['Customer, restores', paths.customerRestores(tenantId)],
    ['Customer, policy', paths.customerPolicy(tenantId)],
    ['Customer, connection', paths.customerConnection(tenantId)],
    ['Customer, access', paths.customerAccess(tenantId)],
    ['Mailbox', paths.mailbox(tenantId, mailboxId)],
    ['Runs', paths.runs()],
    ['Run', paths.run(tenantId, runId)],
    ['Restores', paths.restores()],
    ['Leavers', paths.leavers()],
    ['Search', paths.search()],
    ['Audit', paths.audit()],
    ['Staff', paths.staff()],
    ['Keys', paths.keys()],
    ['Live stamp', paths.fleetProgress()],
  ];
  let slow = false;
  process.stdout.write(
    `${'page'.padEnd(28)}${'p50'.padStart(9)}${'p95'.padStart(9)}${'KiB'.padStart(8)}\n`,
  );
  for (const [name, path] of pages) {
    const times: number[] = [];
    let bytes = 0;
    for (let round = 0; round < rounds + 3; round++) {
      const start = performance.now();
      const answer = await fetch(house.portalUrl + path, {
        headers: { cookie: `${cookie}; zone=Europe/Berlin` },
        redirect: 'manual',
      });
      bytes = (await answer.arrayBuffer()).byteLength;
      if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
      // The first few load code and plans.
      if (round >= 3) times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    const at = (share: number) =>
      times[Math.min(times.length - 1, Math.floor(times.length * share))]!;
    const over = at(0.95) > targetMs;
    slow ||= over;
    process.stdout.write(
      `${name.padEnd(28)}${`${at(0.5).toFixed(0)} ms`.padStart(9)}${`${at(0.95).toFixed(0)} ms`.padStart(9)}${(bytes / 1024).toFixed(0).padStart(8)}${over ? '   over' : ''}\n`,
    );
  }
  process.stdout.write(
    `\nTarget: p95 of every page at most ${targetMs} ms. ${slow ? 'MISSED.' : 'Met.'} Load average ${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} cores.\n`,
  );
  return slow;
}
