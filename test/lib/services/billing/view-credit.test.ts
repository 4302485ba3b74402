import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { viewCredit } from '#lib/services/billing/view-credit.ts';

type Credit = Parameters<typeof viewCredit>[0]['credit'];
type Refund = NonNullable<Parameters<typeof viewCredit>[0]['refund']>;
type Of = Parameters<typeof viewCredit>[1];

const credit = {
  ...{ id: 'c', accountId: 'a', way: 'next-invoice', amount: '5.00', currency: 'usd' },
  ...{ tenantId: null, reason: 'A slow night', invoiceId: null, bookedPeriod: '2026-10' },
  createdAt: new Date('2026-10-03T00:00:00Z'),
} as unknown as Credit;

function stateOf(
  closings: { period: string; state?: string; step?: string; invoiceId?: string | null }[],
  account: Partial<Of['account']> = {},
  replacedBy: string | null = null,
): string {
  const rows = closings.map((row) => ({
    ...{ state: 'finalised', step: 'finalised', invoiceId: 'in_1', ...row },
  }));
  return viewCredit(
    { credit, refund: null, replacedBy },
    {
      account: { state: 'active', endedPeriod: null, ...account } as Of['account'],
      closings: rows as unknown as Of['closings'],
    },
  ).state;
}

describe('how far a credit is', () => {
  it('waits until the invoice of its month is final', () => {
    assert.equal(stateOf([]), 'waits');
    assert.equal(stateOf([{ period: '2026-09' }]), 'waits');
    assert.equal(stateOf([{ period: '2026-10', state: 'closing' }]), 'waits');
    assert.equal(stateOf([{ period: '2026-10', state: 'held' }]), 'waits');
    assert.equal(stateOf([{ period: '2026-10' }]), 'given');
  });

  it('goes on to the next where its month had no invoice, or one that was final too soon', () => {
    for (const first of [
      { period: '2026-10', invoiceId: null },
      { period: '2026-10', step: 'carried' },
    ]) {
      assert.equal(stateOf([first]), 'waits');
      assert.equal(stateOf([{ period: '2026-11' }, first]), 'given');
    }
  });

  it('has no invoice where the account ended first', () => {
    assert.equal(stateOf([], { state: 'ended', endedPeriod: '2026-10' }), 'no-invoice');
    assert.equal(stateOf([], { state: 'ended', endedPeriod: '2026-11' }), 'waits');
    const held = [{ period: '2026-10', state: 'held', invoiceId: null }];
    assert.equal(stateOf(held, { state: 'ended' }), 'no-invoice');
    assert.equal(stateOf(held), 'waits');
    // The invoice that a subscription ended with was final before it could carry anything.
    const half = [{ period: '2026-10', state: 'held', step: 'left-out' }];
    assert.equal(stateOf(half, { state: 'ended' }), 'no-invoice');
    assert.equal(stateOf(half), 'waits');
  });

  it('waits as long as it may be on a draft, whatever a later month lacks', () => {
    const closings = [
      { period: '2026-11', state: 'held', invoiceId: null },
      { period: '2026-10', state: 'held', step: 'held' },
    ];
    assert.equal(stateOf(closings, { state: 'ended' }), 'waits');
  });

  it('went with a month that was written off, and is not given by a later invoice', () => {
    for (const invoiceId of [null, 'in_1']) {
      const off = { period: '2026-10', step: 'written-off', invoiceId };
      assert.equal(stateOf([{ period: '2026-11' }, off], { state: 'ended' }), 'written-off');
    }
  });

  it('that was sent back instead is none any more', () => {
    assert.equal(stateOf([], { state: 'ended', endedPeriod: '2026-10' }, 'r'), 'replaced');
  });

  it('of a refund is what Stripe answered', () => {
    const refund = { ...credit, way: 'refund', bookedPeriod: null } as Credit;
    const of = { account: { state: 'ended' } as Of['account'], closings: [] };
    assert.equal(viewCredit({ credit: refund, refund: null, replacedBy: null }, of).state, 'waits');
    const at = new Date('2026-10-04T00:00:00Z');
    const answer = { outcome: 'refused', reason: 'Stripe refused: no.', at } as Refund;
    const seen = viewCredit({ credit: refund, refund: answer, replacedBy: null }, of);
    assert.deepEqual([seen.state, seen.refusal, seen.answeredAt], ['refused', answer.reason, at]);
  });
});
