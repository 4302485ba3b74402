import { after, describe, it } from 'node:test';
import { startBillingServers } from '#test/kit/billing-servers.ts';
import { runJointYears } from './joint-years.ts';

/**
 * `npm run simulate:billing`: two years of 200 customers with 50 mailboxes each, through a real Postgres
 * and the stand-in for Stripe. `SEED`, `CUSTOMERS`, `MAILBOXES`, `MONTHS` change it.
 */
const number = (name: string, usual: number) => Number(process.env[name] ?? usual);
const options = {
  seed: number('SEED', 1),
  customers: number('CUSTOMERS', 200),
  mailboxes: number('MAILBOXES', 50),
  months: number('MONTHS', 24),
  start: '2023-03',
  trialDays: 14,
};

describe('two years of billing', () => {
  it(JSON.stringify(options), async () => {
    const began = performance.now();
    const note = (line: string) => {
      const minutes = ((performance.now() - began) / 60_000).toFixed(1);
      process.stdout.write(`${minutes.padStart(6)} min  ${line}\n`);
    };
    const { db, stripe, sink, stop } = await startBillingServers();
    after(stop);
    const result = await runJointYears(db, stripe, sink, options, note);
    note(JSON.stringify(result));
  });
});
