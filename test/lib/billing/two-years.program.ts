import { parseArgs } from 'node:util';
import { simulatedPlans } from './simulated-plans.ts';
import { runTwoYears } from './two-years.ts';

/**
 * `npm run simulate:engine`: two years of 200 customers with 50 mailboxes each. Ends with an error in
 * the first month whose ledger, meters and invoice are not alike to the unit.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    customers: { type: 'string', default: '200' },
    mailboxes: { type: 'string', default: '50' },
    months: { type: 'string', default: '24' },
  },
});
const began = performance.now();
const result = runTwoYears(
  {
    seed: Number(values.seed),
    customers: Number(values.customers),
    mailboxes: Number(values.mailboxes),
    start: '2023-03',
    months: Number(values.months),
    trialDays: 14,
  },
  simulatedPlans,
  false,
);
const seconds = ((performance.now() - began) / 1000).toFixed(1);
process.stdout.write(
  `${JSON.stringify({ seed: Number(values.seed), ...result, seconds }, null, 2)}\n`,
);
