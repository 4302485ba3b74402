import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { drizzle } from 'drizzle-orm/postgres-js';
import { mailboxes, vaults } from '#db/schema/mailboxes.ts';
import { dayOf, dayStart, nextDay, nextPeriod, type Period, periodOf } from '#lib/billing/days.ts';
import { formatAmount, parseAmount } from '#lib/billing/money.ts';
import { dimensions, type PlanTerms } from '#lib/billing/plan.ts';
import { quantitiesOf, type Rating } from '#lib/billing/rate.ts';
import type { BillingSink, Catalogue } from '#lib/billing/sink.ts';
import { isAppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import { ratePeriod } from '#lib/services/billing/accrue.ts';
import { daysDue } from '#lib/services/billing/days-due.ts';
import { ensurePrices } from '#lib/services/billing/ensure-prices.ts';
import { handleNotice } from '#lib/services/billing/handle-notice.ts';
import { prepareAccount } from '#lib/services/billing/prepare-account.ts';
import { pushMeters } from '#lib/services/billing/push-meters.ts';
import { receiveNotice } from '#lib/services/billing/receive-notice.ts';
import { customersOf, findAccount } from '#lib/services/billing/store.ts';
import { syncAccount } from '#lib/services/billing/sync-account.ts';
import { holdInvoice } from '#lib/services/closing/hold-invoice.ts';
import { monthsToClose } from '#lib/services/closing/months-to-close.ts';
import { withScope } from '#lib/services/transaction.ts';
import { observeAccount } from '#lib/services/usage/observe-account.ts';
import { observeDay } from '#lib/services/usage/observe-day.ts';
import { readUsageDays } from '#lib/services/usage/store.ts';
import { verifyLedger } from '#lib/services/usage/verify-ledger.ts';
import { addPlanVersion, createAccount, createPlan } from '#test/kit/billing.ts';
import { closeByHand } from '#test/kit/close-month.ts';
import type { TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createWorld, type World as Msp } from '#test/kit/msp.ts';
import { simulatedPlans } from '#test/lib/billing/simulated-plans.ts';
import { World, type WorldCustomer, type WorldOptions } from '#test/lib/billing/world.ts';
import type { StripeStandIn } from '#test/stripe/server.ts';

interface Place {
  customer: WorldCustomer;
  tenantId: string;
  policyId: string;
  /** By number of the mailbox; null until it is there. */
  mailboxIds: (string | null)[];
  /** What the catalogue says of each, so that only changes are written. */
  written: string[];
  runs: Map<number, string>;
}

interface Account {
  id: string;
  customerId: string;
  clockId: string;
  catalogues: Map<Period, Catalogue>;
}

export interface JointYears {
  months: number;
  invoices: number;
  adjustments: number;
  catchUps: number;
  /** Steps that failed on the way and were taken again. */
  repeats: number;
  /** What Stripe told, without repeats and what got lost. */
  notices: number;
  total: string;
}

const hour = 3_600_000;

/**
 * The same world as of the pure simulation, through everything that is real but Stripe itself: the
 * catalogue and its fences in Postgres, the verbs that the nights and closings call, HTTP to the
 * stand-in. Runs of backups are in the catalogue as the worker leaves them. Answers get lost, Stripe
 * fails and asks for pauses, nights are missed and taken twice, notices come
 * twice, in any order or never, facts come to light late.
 * @throws AssertionError the first time a month's ledger, meters and invoice are not alike to the unit
 */
export async function runJointYears(
  db: TestDatabase,
  stripe: StripeStandIn,
  sink: BillingSink,
  options: WorldOptions,
  note: (line: string) => void = () => {},
): Promise<JointYears> {
  const world = new World(options);
  const msp = await createWorld(db);
  const outside = drizzle(db.owner, { casing: 'snake_case' });
  const tally = { catchUps: 0, repeats: 0, notices: 0 };
  const places: Place[] = [];
  const start = dayStart(world.day(0));
  setClock(start);

  const notices: string[] = [];
  msp.jobs.on('startStripeEvent', async ({ noticeId }: { noticeId: string }) => {
    notices.push(noticeId);
  });
  const portal = createServer((request, response) => void take(request, response));
  await new Promise<void>((done) => portal.listen(0, '127.0.0.1', done));
  const { port } = portal.address() as AddressInfo;
  stripe.registerPortal(`http://127.0.0.1:${port}/api/webhooks/stripe`);

  const accounts: Account[] = [];
  // The second and third way to bill are for the first and the third customer, who are there at once.
  const direct = [0, 2];
  await arrive(0);
  for (const [index, plan] of simulatedPlans.entries()) {
    const first = plan(options.start);
    const planId = await createPlan(db, msp, first.terms);
    await laterVersion(planId, plan);
    const payer = world.customers[direct[index - 1] ?? -1];
    const place = places.find(({ customer }) => customer === payer);
    const tenantId = place?.tenantId ?? null;
    accounts.push(await openAccount(index, planId, tenantId));
  }

  try {
    await live();
    return await settleUp();
  } finally {
    await stripe.account.delivery.settled();
    portal.closeAllConnections();
    await new Promise<void>((done) => portal.close(() => done()));
  }

  async function live(): Promise<void> {
    let next = 0;
    while (next < world.days) {
      const leap = world.chance(50, next) < 0.03 ? 2 + Math.floor(world.chance(51, next) * 9) : 1;
      // Nobody is away on the first of a month: a draft that is final already is another story.
      const period = periodOf(world.day(next));
      let last = next;
      while (last < next + leap - 1 && last < world.days - 1) {
        if (periodOf(world.day(last + 1)) !== period) break;
        last++;
      }
      if (last > next) tally.catchUps++;
      for (let index = next; index <= last; index++) {
        await arrive(index);
        await backUp(index);
      }
      const morning = dayStart(nextDay(world.day(last))).getTime();
      const monthEnds = periodOf(nextDay(world.day(last))) !== period;
      stripe.faults.webhookCopies = world.chance(72, last) < 0.3 ? 2 : 1;
      stripe.faults.webhookLose = world.chance(73, last) < 0.3 ? 3 : 0;
      await moveTo(new Date(morning + (monthEnds ? hour / 2 : 2 * hour)));
      await hearStripe(last);
      for (const account of accounts) {
        disturb(last);
        await patiently(() => night(account));
        if (world.chance(54, last) < 0.1) await patiently(() => night(account));
        calm();
      }
      for (let index = next; index <= last; index++) await hearNews(index);
      for (const account of accounts) {
        disturb(last + 1);
        await patiently(() => pushMeters(msp.workflow, { accountId: account.id }, sink));
        for (const month of await monthsToClose(msp.workflow, { accountId: account.id })) {
          await patiently(() => close(account, month));
          calm();
          await compareBooks(account, month);
        }
        calm();
      }
      if (monthEnds) note(`${period} is alike in ledger, meters and invoices`);
      next = last + 1;
    }
  }

  /** What Stripe tells, as the portal's route takes it. */
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const signature = String(request.headers['stripe-signature'] ?? '');
    const body = Buffer.concat(chunks).toString();
    const taken = await receiveNotice(msp.open, { body, signature }, sink).then(
      () => true,
      () => false,
    );
    response.writeHead(taken ? 200 : 500).end();
  }

  /** The stories of what was told: in any order, some of them twice. */
  async function hearStripe(index: number): Promise<void> {
    await stripe.account.delivery.settled();
    const told = notices.splice(0).sort((a, b) => (a < b ? -1 : 1));
    tally.notices += told.length;
    if (world.chance(70, index) < 0.5) told.reverse();
    if (world.chance(71, index) < 0.2) told.push(...told);
    for (const noticeId of told) {
      await patiently(() => handleNotice(msp.workflow, { noticeId }, sink));
    }
  }

  function setClock(to: Date): void {
    msp.clock.advance(to.getTime() - msp.clock.now().getTime());
  }

  async function laterVersion(planId: string, plan: (typeof simulatedPlans)[number]) {
    let version = plan(options.start).version;
    for (let month = 1, period = options.start; month < options.months; month++) {
      period = nextPeriod(period);
      const now = plan(period);
      if (now.version === version) continue;
      version = now.version;
      const terms: PlanTerms = now.terms;
      await addPlanVersion(db, msp, planId, { ...terms, version, from: period });
    }
  }

  async function openAccount(index: number, planId: string, tenantId: string | null) {
    const clock = await sink.createClock({
      key: `${msp.mspId}-${index}`,
      name: `joint ${index}`,
      at: start,
    });
    const id = await createAccount(db, msp, {
      planId,
      tenantId,
      testClockId: clock.clockId,
      clockAt: start,
      state: 'none',
      stripeCustomerId: null,
      stripeSubscriptionId: null,
      startedPeriod: null,
      firstDay: null,
    });
    const { customerId, catalogue } = await prepareAccount(msp.workflow, id, sink);
    await sink.subscribe({ accountId: id, customerId, catalogue, key: id, testCard: true });
    await syncAccount(msp.workflow, { accountId: id }, sink);
    // From here on it lives by the clock of the world; Stripe's is moved beside it.
    await db.owner`update billing_accounts set test_clock_id = null, clock_at = null where id = ${id}`;
    return { id, customerId, clockId: clock.clockId, catalogues: new Map() } as Account;
  }

  /** Customers and mailboxes that are there from this day on. */
  async function arrive(index: number): Promise<void> {
    for (const customer of world.customers) {
      let place = places.find((known) => known.customer === customer);
      if (place === undefined) {
        if (customer.joins > index) continue;
        const connectedAt = new Date(start.getTime() + customer.joins * 24 * hour);
        const { tenantId, policyId } = await createCustomer(db, msp, {
          name: customer.tenantId,
          connectedAt,
          createdAt: connectedAt,
        });
        await outside.insert(vaults).values({
          mspId: msp.mspId,
          tenantId,
          id: newId(),
          target: 'file:///vault',
          keyId: 'k',
          createdAt: connectedAt,
        });
        place = {
          customer,
          tenantId,
          policyId,
          mailboxIds: customer.mailboxes.map(() => null),
          written: customer.mailboxes.map(() => ''),
          runs: new Map(),
        };
        places.push(place);
        places.sort((a, b) => (a.customer.tenantId < b.customer.tenantId ? -1 : 1));
      }
      const rows: (typeof mailboxes.$inferInsert)[] = [];
      for (const mailbox of customer.mailboxes) {
        if (place.mailboxIds[mailbox.number] !== null || mailbox.joins > index) continue;
        const facts = world.facts(mailbox, index, false)!;
        const id = newId();
        place.mailboxIds[mailbox.number] = id;
        rows.push({
          mspId: msp.mspId,
          tenantId: place.tenantId,
          id,
          kind: mailbox.kind,
          state: 'protected',
          entraUserId: newId(),
          exchangeId: `MBX:${newId()}@${place.tenantId}`,
          address: 'a@b.example',
          displayName: mailbox.subject,
          discoveredAt: facts.discoveredAt,
          licensed: mailbox.licensed,
        });
      }
      if (rows.length > 0) await outside.insert(mailboxes).values(rows);
    }
  }

  /** What the backups of a day leave in the catalogue. */
  async function backUp(index: number): Promise<void> {
    const changes: { id: string; state: string; sealed: string | null; good: string | null }[] = [];
    const sizes: { id: string; bytes: number }[] = [];
    await writeRuns(places, index, false);
    for (const place of places) {
      for (const mailbox of place.customer.mailboxes) {
        const id = place.mailboxIds[mailbox.number];
        const facts = id == null ? null : world.facts(mailbox, index, false);
        if (facts === null) continue;
        const text = `${facts.state}|${facts.sealedAt?.toISOString()}`;
        if (place.written[mailbox.number] === text) continue;
        place.written[mailbox.number] = text;
        changes.push({
          id: id!,
          state: facts.state,
          sealed: facts.sealedAt?.toISOString() ?? null,
          good: facts.lastGoodAt?.toISOString() ?? null,
        });
      }
      sizes.push({
        id: place.tenantId,
        bytes: world.storage(place.customer, index, 1).physicalBytes,
      });
    }
    await db.owner`
      update mailboxes set state = row.state::mailbox_state, sealed_at = row.sealed::timestamptz,
        last_good_at = coalesce(row.good::timestamptz, last_good_at)
      from jsonb_to_recordset(${JSON.stringify(changes)}::text::jsonb) as row(id uuid, state text, sealed text, good text)
      where mailboxes.id = row.id`;
    await db.owner`
      update vaults set stored_bytes = row.bytes
      from jsonb_to_recordset(${JSON.stringify(sizes)}::text::jsonb) as row(id uuid, bytes bigint)
      where vaults.tenant_id = row.id`;
  }

  /** The runs of a day of some customers, as they were seen at once or as they turned out to have been. */
  async function writeRuns(of: readonly Place[], index: number, late: boolean): Promise<void> {
    const day = world.day(index);
    const at = (hours: number) => new Date(dayStart(day).getTime() + hours * hour).toISOString();
    const runs: { id: string; tenant: string; policy: string }[] = [];
    const again: { id: string; tenant: string }[] = [];
    const lines: { tenant: string; run: string; id: string; cause: string | null; n: number }[] =
      [];
    for (const place of of) {
      const { tenantId: tenant, policyId: policy } = place;
      const known = place.runs.get(index);
      const run = known ?? newId();
      place.runs.set(index, run);
      if (known === undefined) runs.push({ id: run, tenant, policy });
      else again.push({ id: run, tenant });
      for (const mailbox of place.customer.mailboxes) {
        const id = place.mailboxIds[mailbox.number];
        const facts = id == null ? null : world.facts(mailbox, index, late);
        if (facts === null) continue;
        const copied = facts.lastGoodAt !== null && dayOf(facts.lastGoodAt) === day;
        const cause = copied ? null : facts.causes[0];
        if (cause === undefined) continue;
        lines.push({ tenant, run, id: id!, cause, n: mailbox.number });
      }
    }
    if (runs.length > 0) {
      await db.owner`
        insert into runs (msp_id, tenant_id, id, policy_id, workflow_id, trigger, state, created_at, started_at, ended_at)
        select ${msp.mspId}, row.tenant, row.id, row.policy, row.id, 'schedule', 'done', ${at(4)}, ${at(4)}, ${at(5)}
        from jsonb_to_recordset(${JSON.stringify(runs)}::text::jsonb) as row(id uuid, tenant uuid, policy uuid)`;
    }
    for (const { id, tenant } of again) {
      await db.owner`delete from run_mailboxes where tenant_id = ${tenant} and run_id = ${id}`;
    }
    await db.owner`
      insert into run_mailboxes (msp_id, tenant_id, run_id, mailbox_id, shard, position, state, cause, started_at, ended_at)
      select ${msp.mspId}, row.tenant, row.run, row.id, 0, row.n,
        (case when row.cause is null then 'done' else 'failed' end)::run_mailbox_state, row.cause,
        ${at(4)}, ${at(5)}
      from jsonb_to_recordset(${JSON.stringify(lines)}::text::jsonb)
        as row(tenant uuid, run uuid, id uuid, cause text, n integer)`;
  }

  async function moveTo(to: Date): Promise<void> {
    setClock(to);
    for (const { clockId } of accounts) await sink.advanceClock({ clockId, to });
    for (const { clockId } of accounts) {
      while ((await sink.readClock(clockId)).state === 'advancing') await delay(1);
    }
  }

  function disturb(index: number): void {
    const kind = world.chance(60, index);
    const times = 1 + Math.floor(world.chance(61, index) * 4);
    if (kind < 0.02) stripe.faults.loseReply = times;
    else if (kind < 0.03) stripe.faults.failBefore = times;
    else if (kind < 0.035) stripe.faults.tooMany = times;
  }

  function calm(): void {
    stripe.faults.loseReply = 0;
    stripe.faults.failBefore = 0;
    stripe.faults.tooMany = 0;
  }

  /** As a workflow: what may be tried again is. */
  async function patiently(act: () => Promise<unknown>): Promise<void> {
    for (let left = 12; ; left--) {
      try {
        await act();
        return;
      } catch (err) {
        if (!isAppError(err) || !err.retryable || left === 0) throw err;
        tally.repeats++;
      }
    }
  }

  async function night({ id: accountId }: Account): Promise<void> {
    await syncAccount(msp.workflow, { accountId }, sink);
    const { days } = await daysDue(msp.workflow, { accountId });
    for (const day of days) {
      await observeAccount(msp.workflow, { accountId, day, asSeenOn: null });
    }
    await ensurePrices(msp.workflow, { accountId }, sink);
    await pushMeters(msp.workflow, { accountId }, sink);
  }

  async function hearNews(index: number): Promise<void> {
    for (const { tenantId, day } of world.newsOn(index)) {
      const place = places.find(({ customer }) => customer.tenantId === tenantId);
      if (place === undefined) continue;
      await writeRuns([place], world.indexOf(day), true);
      await patiently(() => observeDay(msp.workflow, { tenantId: place.tenantId, day }));
    }
  }

  async function close({ id: accountId }: Account, period: Period): Promise<void> {
    const closed = await closeByHand(msp.workflow, { accountId, period }, sink, {
      async holdInvoice(of) {
        const held = await holdInvoice(msp.workflow, of, sink);
        assert.equal(held, 'held', period);
        return held;
      },
    });
    assert.ok(closed === 'final' || closed === 'not due', `${period}: ${closed}`);
  }

  /** Looks at the three books from outside, whatever the product itself thinks of them. */
  async function compareBooks(account: Account, period: Period): Promise<void> {
    const [row] = await db.owner<{ quantities: Rating; amount: string }[]>`
      select quantities, amount from usage_periods
      where account_id = ${account.id} and period = ${period}`;
    const [booked] = await db.owner<{ amounts: string[] | null }[]>`
      select array_agg(amount::text) as amounts from usage_adjustments
      where account_id = ${account.id} and booked_period = ${period}`;
    const rating = row!.quantities;
    const { currency } = rating;
    const [invoice] = (await sink.listInvoices({ customerId: account.customerId })).filter(
      (one) => one.period === period && one.reason !== 'subscription_create',
    );
    assert.ok(invoice !== undefined && invoice.state !== 'draft', `${period} is not final`);
    const meters = await sink.readSummaries({
      customerId: account.customerId,
      catalogue: await catalogueOf(account, period),
      period,
    });
    const ledger = quantitiesOf(rating);
    for (const dimension of dimensions) {
      const onInvoice: number = invoice.lines
        .filter((line) => line.dimension === dimension)
        .reduce((all, line) => all + line.quantity, 0);
      assert.deepEqual(
        { period, dimension, meter: meters[dimension] ?? 0, invoice: onInvoice },
        { period, dimension, meter: ledger[dimension], invoice: ledger[dimension] },
      );
    }
    const due = (booked?.amounts ?? []).reduce(
      (all, amount) => all + parseAmount(amount, currency),
      parseAmount(rating.total, currency),
    );
    assert.equal(invoice.subtotal, formatAmount(due, currency), `${period}, money`);
  }

  async function catalogueOf(account: Account, period: Period): Promise<Catalogue> {
    const known = account.catalogues.get(period);
    if (known !== undefined) return known;
    const catalogue = await ensurePrices(msp.workflow, { accountId: account.id }, sink);
    account.catalogues.set(period, catalogue!);
    return catalogue!;
  }

  /** In the end, what was billed and what waits is what all of it really comes to. */
  async function settleUp(): Promise<JointYears> {
    const proof = await verifyLedger(msp.as('owner'), {});
    assert.deepEqual(proof.findings, []);
    assert.equal(proof.periods, options.months * accounts.length);
    let invoices = 0;
    let total = 0n;
    let adjustments = 0;
    for (const account of accounts) {
      const all = await sink.listInvoices({ customerId: account.customerId });
      let billed = 0n;
      let currency = 'usd';
      for (const invoice of all) {
        ({ currency } = invoice);
        billed += parseAmount(invoice.subtotal, currency);
        if (invoice.period !== null && invoice.reason !== 'subscription_create') invoices++;
      }
      const afterLast = nextPeriod(periodOf(world.day(world.days - 1)));
      const rows = await db.owner<{ amount: string; booked: string }[]>`
        select amount::text, booked_period as booked from usage_adjustments
        where account_id = ${account.id}`;
      adjustments += rows.length;
      for (const { amount, booked } of rows) {
        if (booked === afterLast) billed += parseAmount(amount, currency);
      }
      assert.equal(billed, await truthOf(msp, account, currency));
      total += billed;
    }
    return {
      months: options.months,
      invoices,
      adjustments,
      ...tally,
      total: formatAmount(total, 'usd'),
    };
  }

  async function truthOf({ mspId, workflow }: Msp, account: Account, currency: string) {
    let truth = 0n;
    for (let period = options.start, n = 0; n < options.months; n++, period = nextPeriod(period)) {
      truth += await withScope(workflow.db, { mspId, tenantId: null }, async (tx) => {
        const found = (await findAccount(tx, { mspId, accountId: account.id }))!;
        const customers = await customersOf(tx, found, period);
        const ids = customers.map(({ id }) => id);
        const rating = await ratePeriod(
          tx,
          found,
          period,
          await readUsageDays(tx, mspId, period, ids),
        );
        return parseAmount(rating!.total, currency);
      });
    }
    return truth;
  }
}
