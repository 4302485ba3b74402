import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { listMailboxes } from '#lib/services/mailboxes/list.ts';
import { startRun } from '#lib/services/runs/start.ts';
import { type Customer, type Product, runEnded, startProduct } from '#test/kit/product.ts';

describe('a backup through all floors', () => {
  let product: Product;
  let customer: Customer;
  before(async () => {
    product = await startProduct();
    customer = await product.connectCustomer();
    await product.worker.start();
  });
  after(() => product?.stop());

  it('stores every item of every mailbox, and the numbers balance', async () => {
    const { runId } = await startRun(customer.ctx, { tenantId: customer.tenantId });
    const run = await runEnded(customer, runId, 60_000).catch((err) => {
      throw new Error(product.worker.log.slice(-6000), { cause: err });
    });
    console.log(JSON.stringify(run, null, 1).slice(0, 3000), product.worker.log.slice(-3000));
    assert.equal(run.state, 'done');
    assert.equal(run.counts.open, 0);
    const mailboxes = await listMailboxes(customer.ctx, { tenantId: customer.tenantId });
    console.log(mailboxes);
  });
});
