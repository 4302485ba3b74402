import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openDatabase } from '#db/client.ts';
import type { BillingSink } from '#lib/billing/sink.ts';
import { isAppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import { getInvoice } from '#lib/services/billing/get-invoice.ts';
import { giveCredit } from '#lib/services/billing/give-credit.ts';
import { giveRefunds } from '#lib/services/billing/give-refunds.ts';
import { listInvoices } from '#lib/services/billing/list-invoices.ts';
import { listOperatorCredits } from '#lib/services/billing/operator-credits.ts';
import { prepareAccount } from '#lib/services/billing/prepare-account.ts';
import { syncAccount } from '#lib/services/billing/sync-account.ts';
import { addCloseItems } from '#lib/services/closing/add-close-items.ts';
import { beginClose } from '#lib/services/closing/begin-close.ts';
import { compareClose } from '#lib/services/closing/compare-close.ts';
import { finaliseClose } from '#lib/services/closing/finalise-close.ts';
import { holdInvoice } from '#lib/services/closing/hold-invoice.ts';
import { sealPeriod } from '#lib/services/closing/seal-period.ts';
import { listUsage } from '#lib/services/usage/list.ts';
import { getStatement } from '#lib/services/usage/statement.ts';
import { verifyLedger } from '#lib/services/usage/verify-ledger.ts';
import { type BilledAccount, createBilledAccount } from '#test/kit/billed-account.ts';
import { startBillingServers } from '#test/kit/billing-servers.ts';

const { db, stripe, sink, stop } = await startBillingServers();

/** What the operator gives back, through the real ledger and the stand-in's Stripe. */
describe('credits and refunds', () => {
  let owner: ReturnType<typeof openDatabase>;

  before(async () => {
    owner = openDatabase(db.url.owner, { connections: 2 });
  });
  after(async () => {
    await owner.close();
    await stop();
  });

  const give = (
    { world }: BilledAccount,
    more: Partial<Parameters<typeof giveCredit>[2]> = {},
    by = owner,
  ) =>
    giveCredit(by, world.clock, {
      mspId: world.mspId,
      amount: '5.00',
      reason: 'A slow night',
      by: 'test',
      ...more,
    });

  const invoicesOf = async ({ world }: BilledAccount) =>
    (await listInvoices(world.as('owner'))).map(({ period, total, amountDue }) => [
      period,
      total,
      amountDue,
    ]);

  const creditsOf = async ({ world }: BilledAccount) => {
    const all = await listOperatorCredits(owner);
    const own = all.find(({ mspId }) => mspId === world.mspId)!;
    return own.accounts.flatMap(({ credits }) => credits);
  };

  const rowsOf = async ({ world }: BilledAccount) => {
    const [row] = await db.owner<{ credits: number; told: number }[]>`
      select (select count(*)::int from billing_credits where msp_id = ${world.mspId}) as credits,
        (select count(*)::int from audit_events where msp_id = ${world.mspId}
          and action in ('billing.credit', 'billing.refund')) as told`;
    return row!;
  };

  /** The first month's invoice, final and paid: 7.50 for three mailboxes. */
  async function paidMonth(): Promise<BilledAccount & { invoiceId: string }> {
    const billed = await createBilledAccount(db, sink);
    await billed.moveTo('2026-11-01T00:30:00Z');
    await billed.day();
    assert.equal(await billed.close('2026-10'), 'final');
    await syncAccount(billed.world.workflow, { accountId: billed.accountId }, sink);
    const [invoice] = await listInvoices(billed.world.as('owner'));
    assert.deepEqual([invoice?.status, invoice?.total], ['paid', '7.50']);
    return { ...billed, invoiceId: invoice!.id };
  }

  const notesOf = (invoiceId: string) =>
    stripe.account.store
      .all('credit note')
      .filter(({ invoice }) => invoice === invoiceId)
      .map(({ amount, refunds }) => [amount, refunds.length]);

  it('a credit is a line of its own on the next invoice, and the month and its hash stay', async () => {
    const billed = await createBilledAccount(db, sink);
    const { world, accountId } = billed;
    const given = await give(billed);
    assert.deepEqual([given.period, given.currency, given.amount], ['2026-10', 'usd', '5.00']);
    assert.deepEqual(await rowsOf(billed), { credits: 1, told: 1 });
    await billed.moveTo('2026-11-01T00:30:00Z');
    await billed.day();
    assert.equal((await creditsOf(billed))[0]?.state, 'waits');
    assert.equal(await billed.close('2026-10'), 'final');
    assert.equal((await creditsOf(billed))[0]?.state, 'given');
    const [invoice] = await listInvoices(world.as('owner'));
    assert.equal(invoice?.total, '2.50');
    const detail = await getInvoice(world.as('owner'), { invoiceId: invoice.id });
    assert.deepEqual(
      detail.lines
        .filter(({ itemKey }) => itemKey !== null)
        .map(({ description, amount }) => [description, amount]),
      [['Credit: A slow night', '-5.00']],
    );
    const [sealed] = await db.owner<{ amount: string }[]>`
      select amount from usage_periods where account_id = ${accountId}`;
    assert.equal(sealed?.amount, '7.50');
    assert.equal((await verifyLedger(world.as('owner'), {})).intact, true);
    const usage = await listUsage(world.as('owner'), { period: '2026-10' });
    assert.deepEqual(
      usage.credits.map(({ reason, state }) => [reason, state]),
      [['A slow night', 'given']],
    );
    const { body } = await getStatement(world.as('owner'), { period: '2026-10', as: 'json' });
    const statement = JSON.parse(String(body));
    assert.equal(statement.total, '2.50');
    assert.equal(statement.ledger.hash, detail.hash);
    const row = statement.rows.find((it: { sku: string }) => it.sku === 'HF-CREDIT');
    assert.deepEqual(
      [row.description, row.amount, row.tenantId],
      ['Credit: A slow night', '-5.00', ''],
    );
    // In the part of one customer there is none of it: it is the account's.
    const part = await getStatement(world.as('owner'), {
      period: '2026-10',
      tenantId: billed.tenantId,
      as: 'json',
    });
    assert.equal(JSON.parse(String(part.body)).total, '7.50');
  });

  it('is there once, whichever step is taken twice and whichever answer is lost', async () => {
    const billed = await createBilledAccount(db, sink);
    const { world, accountId } = billed;
    await give(billed, { reason: 'One' });
    await give(billed, { reason: 'Two', amount: '0.5' });
    await billed.moveTo('2026-11-01T00:30:00Z');
    await billed.day();
    const input = { accountId, period: '2026-10' };
    const again = async (act: () => Promise<unknown>) => {
      for (let n = 0; n < 8; n++) {
        try {
          return await act();
        } catch (err) {
          if (!isAppError(err) || !err.retryable) throw err;
        }
      }
      throw new Error('never ended');
    };
    for (let n = 0; n < 2; n++) {
      await beginClose(world.workflow, input);
      await holdInvoice(world.workflow, input, sink);
      await sealPeriod(world.workflow, input);
      // What comes now is of the next month.
      if (n === 0) assert.equal((await give(billed, { reason: 'Three' })).period, '2026-11');
      await compareClose(world.workflow, { ...input, money: false }, sink);
      stripe.faults.only = '/v1/invoiceitems';
      stripe.faults.loseReply = 3;
      await again(() => addCloseItems(world.workflow, input, sink));
      stripe.faults.only = null;
      stripe.faults.loseReply = 0;
      assert.equal(await compareClose(world.workflow, { ...input, money: true }, sink), 'agree');
    }
    await finaliseClose(world.workflow, { ...input, early: false }, sink);
    await finaliseClose(world.workflow, { ...input, early: false }, sink);
    assert.deepEqual((await invoicesOf(billed))[0], ['2026-10', '2.00', '2.00']);
    await billed.moveTo('2026-12-01T00:30:00Z');
    await billed.day();
    assert.equal(await billed.close('2026-11'), 'final');
    assert.deepEqual((await invoicesOf(billed))[0], ['2026-11', '2.50', '2.50']);
  });

  it('more than the month came to is taken off the months after, and the books still agree', async () => {
    const billed = await createBilledAccount(db, sink);
    await give(billed, { amount: '10.00' });
    for (const [now, period] of [
      ['2026-11-01T00:30:00Z', '2026-10'],
      ['2026-12-01T00:30:00Z', '2026-11'],
    ] as const) {
      await billed.moveTo(now);
      await billed.day();
      assert.equal(await billed.close(period), 'final');
    }
    assert.deepEqual(await invoicesOf(billed), [
      ['2026-11', '7.50', '5.00'],
      ['2026-10', '-2.50', '0.00'],
    ]);
  });

  it('an invoice that was final before it could be held leaves the credit to the next', async () => {
    const billed = await createBilledAccount(db, sink);
    await give(billed);
    await billed.moveTo('2026-11-01T03:00:00Z');
    await billed.day();
    assert.equal(await billed.close('2026-10'), 'final');
    assert.equal((await creditsOf(billed))[0]?.state, 'waits');
    await billed.moveTo('2026-12-01T00:30:00Z');
    await billed.day();
    assert.equal(await billed.close('2026-11'), 'final');
    const totals = (await invoicesOf(billed)).map(([period, total]) => [period, total]);
    assert.equal(
      totals.reduce((all, [, total]) => all + Number(total), 0),
      10,
      JSON.stringify(totals),
    );
    assert.equal((await creditsOf(billed))[0]?.state, 'given');
  });

  it('a paid invoice is refunded once, however often the worker is killed', async () => {
    const billed = await paidMonth();
    const { world, accountId, invoiceId } = billed;
    const given = await give(billed, { refund: true, invoiceId, amount: '3.00' });
    assert.deepEqual([given.period, given.amount], [null, '3.00']);
    // Killed after Stripe gave it and before that was written.
    const killed: BillingSink = {
      ...sink,
      credit: async (input) => {
        await sink.credit(input);
        throw new Error('killed');
      },
    };
    await assert.rejects(giveRefunds(world.workflow, { accountId }, killed), /killed/);
    assert.equal((await creditsOf(billed))[0]?.state, 'waits');
    stripe.faults.only = '/v1/credit_notes';
    stripe.faults.loseReply = 1;
    await Promise.allSettled([
      giveRefunds(world.workflow, { accountId }, sink),
      giveRefunds(world.workflow, { accountId }, sink),
    ]);
    stripe.faults.only = null;
    stripe.faults.loseReply = 0;
    await giveRefunds(world.workflow, { accountId }, sink);
    assert.equal(await giveRefunds(world.workflow, { accountId }, sink), 0);
    assert.deepEqual(notesOf(invoiceId), [[300, 1]]);
    const detail = await getInvoice(world.as('owner'), { invoiceId });
    assert.deepEqual(
      detail.givenBack.map(({ state, amount, reason }) => [state, amount, reason]),
      [['given', '3.00', 'A slow night']],
    );
    const [told] = await db.owner<{ n: number }[]>`
      select count(*)::int as n from audit_events
      where msp_id = ${world.mspId} and action = 'billing.refund-given'`;
    assert.equal(told?.n, 1);
    // The months go on as if nothing had been.
    await billed.moveTo('2026-12-01T00:30:00Z');
    await billed.day();
    assert.equal(await billed.close('2026-11'), 'final');
    assert.deepEqual((await invoicesOf(billed))[0], ['2026-11', '7.50', '7.50']);
  });

  it('what Stripe refuses is kept with its words, and the money can be given otherwise', async () => {
    const billed = await paidMonth();
    const { world, accountId, invoiceId } = billed;
    await give(billed, { refund: true, invoiceId, amount: '7.50' });
    // Somebody gave it back by hand at Stripe.
    await sink.credit({
      ...{ invoiceId, amount: '7.00', currency: 'usd', to: 'refund' },
      ...{ memo: 'by hand', key: `by-hand-${accountId}` },
    });
    assert.equal(await giveRefunds(world.workflow, { accountId }, sink), 1);
    const [credit] = await creditsOf(billed);
    assert.equal(credit?.state, 'refused');
    assert.match(credit.refusal ?? '', /^Stripe refused: The sum of credit amount/);
    const [row] = await db.owner<{ trouble: string | null }[]>`
      select trouble from billing_accounts where id = ${accountId}`;
    assert.equal(row?.trouble, null);
    const next = await give(billed, { invoiceId, amount: '7.50' });
    assert.equal(next.period, '2026-11');
  });

  it('nothing is written where it cannot be given', async () => {
    const billed = await paidMonth();
    const { world, invoiceId } = billed;
    const other = await createBilledAccount(db, sink);
    const refused = async (
      more: Partial<Parameters<typeof giveCredit>[2]>,
      code: string,
      message: RegExp,
    ) => await assert.rejects(give(billed, more), { code, message });
    for (const amount of ['0', '-1', '0.00']) {
      await refused({ amount }, 'input.invalid', /above zero/);
    }
    for (const amount of ['1.005', 'five', '1e3', '', '5 USD']) {
      await refused({ amount }, 'input.invalid', /is no amount of USD/);
    }
    await refused({ amount: '12345678.00' }, 'input.invalid', /at most 999999.99 USD/);
    for (const reason of ['', '  ', 'a\nb', 'x'.repeat(201)]) {
      await refused({ reason }, 'input.invalid', /reason/);
    }
    await refused({ refund: true }, 'input.invalid', /name it with --invoice/);
    await refused({ invoiceId: 'in_nowhere' }, 'not-found', /no invoice in_nowhere/);
    await refused({ refund: true, invoiceId, amount: '7.51' }, 'conflict', /at most 7.50 USD/);
    await refused({ invoiceId, amount: '8' }, 'conflict', /at most 7.50 USD/);
    await refused({ tenantId: billed.tenantId }, 'not-found', /no account of its own/);
    await refused({ mspId: other.tenantId }, 'not-found', /no MSP with this id/);
    await refused({ mspId: 'x' }, 'not-found', /./);
    // Another MSP's invoice is none of this one.
    await refused({ mspId: other.world.mspId, invoiceId, refund: true }, 'not-found', /no invoice/);
    assert.deepEqual(await rowsOf(billed), { credits: 0, told: 0 });
    // Two at once are not given more together than the invoice was.
    const both = await Promise.allSettled(
      ['One', 'Two'].map((reason) =>
        give(billed, { reason, refund: true, invoiceId, amount: '4' }),
      ),
    );
    assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    await give(billed, { reason: 'Asked twice' });
    await refused({ reason: 'Asked twice' }, 'conflict', /--again/);
    await give(billed, { reason: 'Asked twice', again: true });
    assert.deepEqual(await rowsOf(billed), { credits: 3, told: 3 });
    assert.deepEqual(await rowsOf(other), { credits: 0, told: 0 });
    assert.deepEqual((await listUsage(other.world.as('owner'), { period: '2026-11' })).credits, []);
    assert.equal(world.mspId === other.world.mspId, false);
  });

  it('an account that nobody invoices gets no credit that would be lost, and says what to do', async () => {
    const billed = await paidMonth();
    const { world, accountId, invoiceId } = billed;
    const [row] = await db.owner<{ id: string }[]>`
      select stripe_subscription_id as id from billing_accounts where id = ${accountId}`;
    await sink.cancelSubscription({ subscriptionId: row!.id, when: 'now' });
    await syncAccount(world.workflow, { accountId }, sink);
    await assert.rejects(give(billed), {
      code: 'conflict',
      message: /ended.*--invoice ID --refund/,
    });
    await give(billed, { refund: true, invoiceId });
    assert.equal(await giveRefunds(world.workflow, { accountId }, sink), 1);
    assert.deepEqual(notesOf(invoiceId), [[500, 1]]);
    await db.owner`update billing_accounts set state = 'none', stripe_subscription_id = null
      where id = ${accountId}`;
    await assert.rejects(give(billed), { code: 'conflict', message: /Nobody has subscribed/ });
  });

  /** A month that was paid, a credit after it, and the subscription ends before an invoice has it. */
  async function leftOver(): Promise<Awaited<ReturnType<typeof paidMonth>> & { credit: string }> {
    const billed = await paidMonth();
    const { world, accountId } = billed;
    const { creditId } = await give(billed);
    await billed.moveTo('2026-11-16T02:00:00Z');
    await billed.day();
    const [row] = await db.owner<{ id: string }[]>`
      select stripe_subscription_id as id from billing_accounts where id = ${accountId}`;
    await sink.cancelSubscription({ subscriptionId: row!.id, when: 'now' });
    await syncAccount(world.workflow, { accountId }, sink);
    await billed.moveTo('2026-12-01T00:30:00Z');
    await billed.day();
    await billed.close('2026-11');
    const states = (await creditsOf(billed)).map(({ state }) => state);
    assert.deepEqual(states, ['no-invoice']);
    return { ...billed, credit: creditId };
  }

  /** Subscribes again, and the month after that is invoiced. */
  async function againSubscribed({ world, accountId, ...billed }: BilledAccount): Promise<void> {
    const { workflow } = world;
    const { customerId, catalogue } = await prepareAccount(workflow, accountId, sink);
    await sink.subscribe({ accountId, customerId, catalogue, key: newId(), testCard: true });
    await syncAccount(workflow, { accountId }, sink);
    assert.equal(await billed.close('2026-11'), 'final');
    await billed.moveTo('2027-01-01T00:30:00Z');
    await billed.day();
    assert.equal(await billed.close('2026-12'), 'final');
  }

  const givenBackOf = async (billed: BilledAccount) =>
    (await creditsOf(billed)).map(({ way, state }) => [way, state]);

  it('a credit that no invoice took off is off the first one of the next subscription', async () => {
    const billed = await leftOver();
    await againSubscribed(billed);
    assert.deepEqual(await givenBackOf(billed), [['next-invoice', 'given']]);
    // Half of November was on the invoice that the subscription ended with.
    const totals = (await invoicesOf(billed)).map(([, total]) => Number(total));
    assert.equal(
      totals.reduce((all, total) => all + total, 0),
      3 * 7.5 - 5,
    );
  });

  it('sent back instead, it is off no invoice, and nobody gives the same money twice', async () => {
    const billed = await leftOver();
    const { world, accountId, invoiceId, credit } = billed;
    const back = { refund: true, invoiceId, reason: 'They left' };
    const refused = async (more: object, code: string, message: RegExp) =>
      await assert.rejects(give(billed, { ...back, ...more }), { code, message });
    await refused({}, 'conflict', new RegExp(`--instead-of ${credit}`));
    await refused({ insteadOf: newId() }, 'conflict', /no credit/);
    await refused({ insteadOf: credit, amount: '4.99' }, 'conflict', /whole or not at all/);
    const other = await leftOver();
    await refused({ insteadOf: other.credit }, 'conflict', /no credit/);
    const both = await Promise.allSettled(
      ['One', 'Two'].map((reason) => give(billed, { ...back, reason, insteadOf: credit })),
    );
    assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    await refused({ insteadOf: credit, again: true }, 'conflict', /no credit/);
    assert.deepEqual(await rowsOf(billed), { credits: 2, told: 2 });
    assert.equal(await giveRefunds(world.workflow, { accountId }, sink), 1);
    await againSubscribed(billed);
    assert.deepEqual(await givenBackOf(billed), [
      ['next-invoice', 'replaced'],
      ['refund', 'given'],
    ]);
    assert.deepEqual(notesOf(invoiceId), [[500, 1]]);
    const totals = (await invoicesOf(billed)).map(([, total]) => Number(total));
    assert.equal(
      totals.reduce((all, total) => all + total, 0),
      3 * 7.5,
    );
    // Of the invoice itself as much is left to give as was not sent.
    await refused({ amount: '2.51' }, 'conflict', /at most 2.50 USD/);
    assert.equal((await verifyLedger(world.as('owner'), {})).intact, true);
  });

  it('takes the place of none that an invoice may still take off', async () => {
    const billed = await paidMonth();
    const { creditId } = await give(billed);
    const { invoiceId } = billed;
    const back = { refund: true, invoiceId, insteadOf: creditId };
    await assert.rejects(give(billed, back), { code: 'conflict', message: /left over/ });
    await assert.rejects(give(billed, { insteadOf: creditId }), { message: /write --refund/ });
    // A row of the catalogue's owner is no way round either.
    await assert.rejects(
      db.owner`insert into billing_credits select msp_id, account_id, tenant_id, ${newId()}, way,
        amount, currency, reason, invoice_id, booked_period, created_at, created_by, id
        from billing_credits where id = ${creditId}`,
      /billing_credits_instead/,
    );
  });

  it('is a door that the portal and the worker do not fit through', async () => {
    const billed = await createBilledAccount(db, sink);
    for (const process of [db.user, db.worker]) {
      await assert.rejects(give(billed, {}, process));
      await assert.rejects(listOperatorCredits(process));
    }
    assert.deepEqual(await rowsOf(billed), { credits: 0, told: 0 });
  });

  it('what was invoiced and what was given is what the ledger has, month after month', async () => {
    const billed = await createBilledAccount(db, sink, { terms: { minimum: '9.00' } });
    let seed = 11;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    let given = 0;
    for (const [year, month] of [
      [2026, 11],
      [2026, 12],
      [2027, 1],
      [2027, 2],
      [2027, 3],
    ] as const) {
      for (let n = random(3); n > 0; n--) {
        const cents = 1 + random(1500);
        given += cents;
        await give(billed, {
          amount: (cents / 100).toFixed(2),
          reason: `${month} ${n}`,
          again: true,
        });
      }
      const first = `${year}-${String(month).padStart(2, '0')}-01`;
      // Every other month Holdfast comes too late to hold the draft.
      const late = random(2) === 0 && month !== 3;
      await billed.moveTo(`${first}T0${late ? 3 : 0}:30:00Z`);
      await billed.day();
      const before = new Date(Date.parse(`${first}T00:00:00Z`) - 1).toISOString().slice(0, 7);
      assert.equal(await billed.close(before), 'final', before);
    }
    const [ledger] = await db.owner<{ cents: number }[]>`
      select sum(amount::numeric * 100)::int as cents from usage_periods
      where account_id = ${billed.accountId}`;
    const invoiced = (await invoicesOf(billed)).reduce(
      (all, [, total]) => all + Math.round(Number(total) * 100),
      0,
    );
    assert.equal(invoiced, ledger!.cents - given);
    assert.ok((await creditsOf(billed)).every(({ state }) => state === 'given'));
  });
});
