import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Books, reconcile } from '#lib/billing/reconcile.ts';

const quantities = { 'protected-mailboxes': 118, 'sealed-mailboxes': 4, 'stored-gib': 0 };
const books: Books = {
  ledger: quantities,
  meter: { ...quantities, 'stored-gib': null },
  invoice: { ...quantities, 'stored-gib': null },
  billed: ['protected-mailboxes', 'sealed-mailboxes', 'stored-gib'],
  underWay: [],
  currency: { ledger: 'usd', invoice: 'usd' },
};

describe('ledger, meter and invoice', () => {
  it('agree, where a book without a line stands for 0', () => {
    const { verdict, sentence } = reconcile({
      ...books,
      money: { ledger: '298', invoice: '298.00' },
    });
    assert.deepEqual([verdict, sentence], ['agree', '']);
    assert.equal(reconcile({ ...books, invoice: null }).verdict, 'agree');
  });

  it('differ by one unit of the meter, and say so', () => {
    const found = reconcile({ ...books, meter: { ...books.meter, 'protected-mailboxes': 117 } });
    assert.equal(found.verdict, 'differ');
    assert.equal(
      found.sentence,
      'Our ledger says 118 protected mailboxes, Stripe’s meter 117. Nothing is charged until they agree.',
    );
  });

  it('differ by one unit of the invoice, and say so', () => {
    const found = reconcile({ ...books, invoice: { ...quantities, 'sealed-mailboxes': 5 } });
    assert.equal(
      found.sentence,
      'Our ledger says 4 sealed mailboxes, Stripe’s invoice 5. Nothing is charged until they agree.',
    );
  });

  it('wait while a push is under way, and only for its own dimension', () => {
    const meter = { ...books.meter, 'protected-mailboxes': 117 };
    const money = { ledger: '298', invoice: '295.50' };
    const waiting = reconcile({ ...books, meter, money, underWay: ['protected-mailboxes'] });
    assert.equal(waiting.verdict, 'waiting');
    assert.match(waiting.sentence, /does not show the newest count of protected mailboxes yet/);
    assert.equal(reconcile({ ...books, meter, underWay: ['sealed-mailboxes'] }).verdict, 'differ');
  });

  it('differ by a cent of money although all quantities agree', () => {
    const found = reconcile({
      ...books,
      money: { ledger: '298', invoice: '298.01' },
    });
    assert.equal(found.verdict, 'differ');
    assert.match(found.sentence, /comes to 298, Stripe’s invoice to 298.01/);
  });

  it('differ where they are in two currencies, whatever the numbers are, and say so', () => {
    const currency = { ledger: 'eur', invoice: 'usd' };
    const money = { ledger: '298.00', invoice: '298.00' };
    for (const more of [{ currency }, { currency, money }]) {
      const found = reconcile({ ...books, ...more });
      assert.equal(found.verdict, 'differ');
      assert.equal(
        found.sentence,
        'Our ledger is in EUR, Stripe’s invoice in USD. Nothing is charged until they agree.',
      );
    }
    assert.equal(reconcile({ ...books, currency, money }).money?.verdict, 'differ');
    assert.equal(reconcile({ ...books, currency, invoice: null }).verdict, 'agree');
  });

  it('do not compare what the plan does not bill', () => {
    const found = reconcile({
      ...books,
      billed: ['protected-mailboxes'],
      meter: { 'protected-mailboxes': 118, 'sealed-mailboxes': null, 'stored-gib': null },
    });
    assert.equal(found.verdict, 'agree');
  });
});
