import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { daysDue } from '#lib/services/billing/days-due.ts';
import { ensurePrices } from '#lib/services/billing/ensure-prices.ts';
import { pushMeters } from '#lib/services/billing/push-meters.ts';
import { syncAccount } from '#lib/services/billing/sync-account.ts';
import { addCloseItems } from '#lib/services/closing/add-close-items.ts';
import { beginClose } from '#lib/services/closing/begin-close.ts';
import { compareClose } from '#lib/services/closing/compare-close.ts';
import { finaliseClose } from '#lib/services/closing/finalise-close.ts';
import { holdInvoice } from '#lib/services/closing/hold-invoice.ts';
import { sealPeriod } from '#lib/services/closing/seal-period.ts';
import { observeAccount } from '#lib/services/usage/observe-account.ts';
import { verifyLedger } from '#lib/services/usage/verify-ledger.ts';
import { verifyMailboxDays } from '#lib/services/usage/verify-mailbox-days.ts';
import { type BilledAccount, createBilledAccount } from '#test/kit/billed-account.ts';
import { startBillingServers } from '#test/kit/billing-servers.ts';

const period = '2026-10';
const tables = [
  'usage_mailbox_days',
  'usage_storage_days',
  'usage_days',
  'meter_events',
  'usage_periods',
  'billing_accounts',
  'billing_closings',
  'billing_invoices',
  'billing_reconciliations',
  'audit_events',
];

const { db, sink, stop } = await startBillingServers();

/** Postgres has no room: what it writes is refused as a full disk refuses it, everything else goes on. */
describe('billing on a full disk', () => {
  let billed: BilledAccount;

  before(async () => {
    await db.owner.unsafe(`create function disk_is_full() returns trigger language plpgsql as $$
      begin raise exception 'could not extend file' using errcode = '53100'; end $$`);
  });
  after(stop);
  beforeEach(async () => {
    billed = await createBilledAccount(db, sink, { terms: { minimum: '20.00' } });
  });

  /** Runs something without room for rows of these tables. */
  async function without(full: readonly string[], act: () => Promise<unknown>): Promise<unknown> {
    for (const table of full) {
      await db.owner.unsafe(`create trigger disk_is_full before insert or update on ${table}
        execute function disk_is_full()`);
    }
    try {
      return await act().then(
        () => null,
        (err) => err,
      );
    } finally {
      for (const table of full) await db.owner.unsafe(`drop trigger disk_is_full on ${table}`);
    }
  }

  /** How many rows of it there are, table by table; and where the account stands. */
  async function rows(of: BilledAccount): Promise<unknown> {
    const counts: unknown[] = [];
    for (const table of tables) {
      if (table === 'billing_accounts') continue;
      const [row] = await db.owner.unsafe(
        `select count(*)::int as n from ${table} where msp_id = '${of.world.mspId}'`,
      );
      counts.push([table, row?.n]);
    }
    const [account] = await db.owner`
      select observed_through, state from billing_accounts where id = ${of.accountId}`;
    return [...counts, { ...account }];
  }

  const isFull = (err: unknown) => {
    const { code, retryable, data } = err as { code: string; retryable: boolean; data: unknown };
    assert.deepEqual([code, retryable, data], ['internal', true, { sqlState: '53100' }]);
  };

  /** The steps of a night and of a close, in their order. */
  function steps({ world, accountId }: BilledAccount): [string, () => Promise<unknown>][] {
    const { workflow } = world;
    const account = { accountId };
    const month = { accountId, period };
    return [
      ['read at Stripe how it stands', () => syncAccount(workflow, account, sink)],
      [
        'observe what is due',
        async () => {
          const { days, asSeenOn } = await daysDue(workflow, account);
          for (const day of days) await observeAccount(workflow, { ...account, day, asSeenOn });
        },
      ],
      ['tell the meters', () => pushMeters(workflow, account, sink)],
      ['begin', () => beginClose(workflow, month)],
      ['hold the draft', () => holdInvoice(workflow, month, sink)],
      ['seal', () => sealPeriod(workflow, month)],
      ['compare', () => compareClose(workflow, { ...month, money: false }, sink)],
      ['add what no meter bills', () => addCloseItems(workflow, month, sink)],
      ['compare the money', () => compareClose(workflow, { ...month, money: true }, sink)],
      ['make it final', () => finaliseClose(workflow, { ...month, early: false }, sink)],
    ];
  }

  async function outcome({ world, accountId }: BilledAccount) {
    const [row] =
      await db.owner`select stripe_customer_id from billing_accounts where id = ${accountId}`;
    const customerId = row!.stripe_customer_id as string;
    const catalogue = await ensurePrices(world.workflow, { accountId }, sink);
    const invoices = await sink.listInvoices({ customerId });
    return {
      invoices: invoices
        .filter((one) => one.period === period && one.reason !== 'subscription_create')
        .map(({ state, subtotal, lines }) => [
          state === 'draft' ? 'draft' : 'final',
          subtotal,
          lines.map(({ dimension, quantity, amount }) => [dimension, quantity, amount]),
        ]),
      meters: await sink.readSummaries({ customerId, catalogue: catalogue!, period }),
      closing: (
        await db.owner`select state, step from billing_closings where account_id = ${accountId} and period = ${period}`
      ).map((one) => ({ ...one })),
      told: (
        await db.owner`select identifier is not null as told, day, dimension, value, state from meter_events
          where account_id = ${accountId} order by at, dimension`
      ).map((one) => ({ ...one })),
      proof: await verifyLedger(world.as('owner'), { accountId }),
      mailboxes: await verifyMailboxDays(world.as('owner'), { period }),
    };
  }

  it('a night and a close in which every step finds it full once lose nothing and double nothing', async () => {
    const quiet = await createBilledAccount(db, sink, { terms: { minimum: '20.00' } });
    for (const one of [billed, quiet]) {
      await one.moveTo('2026-10-30T02:00:00Z');
      await one.day();
      await one.addMailbox();
      await one.moveTo('2026-11-01T00:30:00Z');
    }
    const failed: string[] = [];
    for (const [name, act] of steps(billed)) {
      const before = await rows(billed);
      const err = await without(tables, act);
      if (err !== null) {
        isFull(err);
        failed.push(name);
      }
      assert.deepEqual(await rows(billed), before, name);
      await act();
    }
    assert.deepEqual(
      failed,
      steps(billed).map(([name]) => name),
    );
    for (const [, act] of steps(quiet)) await act();
    assert.deepEqual(await outcome(billed), await outcome(quiet));
    assert.deepEqual((await outcome(billed)).proof, { intact: true, periods: 1, findings: [] });
  });

  it('a transaction that finds room for some of its rows leaves none', async () => {
    await billed.moveTo('2026-10-31T02:00:00Z');
    await billed.day();
    await billed.moveTo('2026-11-01T00:30:00Z');
    const writes = new Map([
      [
        'observe what is due',
        [
          'usage_mailbox_days',
          'usage_storage_days',
          'usage_days',
          'meter_events',
          'billing_accounts',
        ],
      ],
      ['hold the draft', ['billing_invoices', 'billing_closings']],
      ['seal', ['usage_periods', 'billing_closings', 'audit_events']],
      ['make it final', ['billing_invoices', 'billing_closings', 'audit_events']],
    ]);
    for (const [name, act] of steps(billed)) {
      for (const table of writes.get(name) ?? []) {
        const before = await rows(billed);
        isFull(await without([table], act));
        assert.deepEqual(await rows(billed), before, `${name}, ${table}`);
      }
      await act();
    }
    const { invoices, proof, mailboxes } = await outcome(billed);
    assert.deepEqual(
      invoices.map(([state, subtotal]) => [state, subtotal]),
      [['final', '20.00']],
    );
    assert.deepEqual([proof.intact, mailboxes.intact], [true, true]);
  });
});
