import { parseArgs } from 'node:util';
import { type Database, openDatabase } from '#db/client.ts';
import { systemClock } from '#lib/core/clock.ts';
import { exitOnBadConfig, type TemporalConfig } from '#lib/core/config.ts';
import { AppError, isAppError } from '#lib/core/errors.ts';
import { createJobs } from '#lib/jobs/client.ts';
import { giveCredit } from '#lib/services/billing/give-credit.ts';
import { listOperatorCredits } from '#lib/services/billing/operator-credits.ts';
import type { CreditView } from '#lib/services/billing/view-credit.ts';
import { exitCodeOf } from './failure.ts';
import { operatorsHouse } from './operators-house.ts';
import { print } from './report.ts';

/**
 * What the operator gives back: `npm run credits` shows who pays and what was given, and
 * `npm run credits -- give …` takes an amount off the next invoice, or sends it back of one that is
 * final. For the house that `operatorsHouse` finds.
 */

const usage =
  'npm run credits  or  npm run credits -- give --msp ID [--customer ID] --amount 12.50 --reason "…" [--invoice ID [--refund [--instead-of CREDIT]]] [--again]';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      msp: { type: 'string' },
      customer: { type: 'string' },
      amount: { type: 'string' },
      reason: { type: 'string' },
      invoice: { type: 'string' },
      refund: { type: 'boolean', default: false },
      'instead-of': { type: 'string' },
      again: { type: 'boolean', default: false },
    },
  });
  const { ownerUrl, temporal } = operatorsHouse();
  const db = openDatabase(ownerUrl, { connections: 1 });
  try {
    if (positionals.length === 0) return await show(db);
    const { msp, customer, amount, reason, invoice, refund, again } = values;
    const insteadOf = values['instead-of'];
    const complete = msp !== undefined && amount !== undefined && reason !== undefined;
    if (positionals.length > 1 || positionals[0] !== 'give' || !complete) {
      throw new AppError('config.invalid', `Write ${usage}`);
    }
    const given = await giveCredit(db, systemClock, {
      mspId: msp,
      amount,
      reason,
      refund,
      again,
      by: 'npm run credits',
      ...(customer === undefined ? {} : { tenantId: customer }),
      ...(invoice === undefined ? {} : { invoiceId: invoice }),
      ...(insteadOf === undefined ? {} : { insteadOf }),
    });
    const sum = `${given.amount} ${given.currency.toUpperCase()}`;
    if (given.period !== null) {
      print(`${sum} go off the invoice for ${given.period} (${given.creditId}).`);
      return;
    }
    print(`${sum} are given back (${given.creditId}).`);
    print(await sendNow(temporal, { mspId: msp, accountId: given.accountId }));
  } finally {
    await db.close();
  }
}

/** The refund is in the books: whether Stripe is asked now or in the night, it is asked once. */
async function sendNow(
  temporal: TemporalConfig | null,
  account: { mspId: string; accountId: string },
): Promise<string> {
  const tonight = 'Stripe is asked at 02:00 UTC; npm run credits shows what it answers.';
  if (temporal === null) return tonight;
  const jobs = await createJobs(temporal);
  try {
    await jobs.startAccountDay(account);
    return 'Stripe is asked now; npm run credits shows what it answers.';
  } catch (err) {
    if (!isAppError(err)) throw err;
    return tonight;
  } finally {
    await jobs.close();
  }
}

async function show(db: Database): Promise<void> {
  const found = await listOperatorCredits(db);
  if (found.length === 0) print('There is no MSP.');
  for (const { mspId, name, accounts } of found) {
    print(`${name}: --msp ${mspId}`);
    for (const { account, customer, invoices, credits } of accounts) {
      const whose =
        customer === null ? 'all customers' : `${customer}: --customer ${account.tenantId}`;
      print(`  ${whose}, ${account.state}`);
      for (const it of invoices.slice(0, 12)) {
        const currency = it.currency.toUpperCase();
        print(`    ${it.period}  ${it.status}  ${it.total} ${currency}: --invoice ${it.id}`);
      }
      for (const credit of credits) print(`    ${lineOf(credit)}`);
    }
  }
}

const words: Record<CreditView['way'], Record<CreditView['state'], string>> = {
  'next-invoice': {
    waits: 'waits for it',
    given: 'is on it',
    refused: 'was refused',
    'no-invoice': 'has no invoice any more: the subscription ended',
    replaced: 'was sent back instead',
    'written-off': 'was written off with its month',
  },
  refund: {
    waits: 'Stripe is yet to answer',
    given: 'is sent',
    refused: 'was refused',
    'no-invoice': 'has no invoice',
    replaced: 'was replaced',
    'written-off': 'was written off',
  },
};

function lineOf(credit: CreditView): string {
  const { id, createdAt, amount, currency, way, period, invoiceId, reason, state, refusal } =
    credit;
  const where = way === 'refund' ? `back of ${invoiceId}` : `off the invoice for ${period}`;
  const why = refusal === null ? '' : ` (${refusal})`;
  const next = state === 'no-invoice' ? `: --instead-of ${id}` : '';
  return `${createdAt.toISOString().slice(0, 10)}  ${amount} ${currency.toUpperCase()} ${where}, "${reason}": ${words[way][state]}${why}${next}`;
}

await main().catch((err: unknown) => {
  if (isAppError(err) && err.code !== 'config.invalid') {
    process.stderr.write(`${err.message}\n`);
    process.exit(exitCodeOf(err));
  }
  exitOnBadConfig(err);
});
