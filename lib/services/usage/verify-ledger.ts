import type { z } from 'zod';
import type { Transaction } from '#db/client.ts';
import { type PeriodSeal, verifyChain } from '#lib/billing/chain.ts';
import { nextPeriod, type Period } from '#lib/billing/days.ts';
import { quantitiesOf, type Rating } from '#lib/billing/rate.ts';
import { accountInput } from '../billing/input.ts';
import {
  type AccountRow,
  customersOf,
  listAccounts,
  listPeriods,
  type UsagePeriodRow,
} from '../billing/store.ts';
import { reachOf, requirePermission, type ServiceContext } from '../context.ts';
import { notFound, parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { hashOfDays, readUsageDaysAt } from './store.ts';

export interface LedgerProof {
  intact: boolean;
  /** Closed months that were looked at. */
  periods: number;
  /** A sentence for each month that is not what was written. */
  findings: string[];
}

/**
 * Follows the chain of an account's closed months, link by link: whether each is what was written,
 * whether it hangs on the one before it, and whether the days in the ledger are those it was made of. The MSP's own account and all direct ones where none is named.
 */
export async function verifyLedger(
  ctx: ServiceContext,
  input: z.input<typeof accountInput>,
): Promise<LedgerProof> {
  requirePermission(ctx, 'billing.read');
  const { accountId } = parse(accountInput, input);
  if (reachOf(ctx).customers !== 'all') throw notFound();
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    const accounts = (await listAccounts(tx, ctx.mspId)).filter(
      ({ id }) => accountId === undefined || id === accountId,
    );
    if (accountId !== undefined && accounts.length === 0) throw notFound();
    const proof: LedgerProof = { intact: true, periods: 0, findings: [] };
    for (const account of accounts) {
      const closed = await listPeriods(tx, { mspId: ctx.mspId, accountId: account.id });
      proof.periods += closed.length;
      proof.findings.push(
        ...verifyChain(closed.map(sealOf), nextPeriod).map(({ period, finding }) =>
          sentences[finding](period),
        ),
      );
      for (const month of closed) {
        if (!(await isOfItsDays(tx, account, month))) {
          proof.findings.push(sentences['other-days'](month.period));
        }
      }
    }
    return { ...proof, intact: proof.findings.length === 0 };
  });
}

const sentences = {
  'broken-link': (period: Period) => `${period} does not hang on the month before it.`,
  'wrong-hash': (period: Period) => `${period} is not what was written when it was closed.`,
  'other-days': (period: Period) =>
    `The days of ${period} in the ledger are not those that it was calculated of.`,
  'missing-period': (period: Period) => `The month before ${period} is missing.`,
};

/** Whether the days that a month was closed with are still the ones that its hash is over. */
async function isOfItsDays(
  tx: Transaction,
  account: AccountRow,
  { period, inputHash: sealed, closedAt }: UsagePeriodRow,
): Promise<boolean> {
  const customers = await customersOf(tx, account, period);
  const days = await readUsageDaysAt(tx, account.mspId, period, {
    tenantIds: customers.map(({ id }) => id),
    closedAt,
  });
  return hashOfDays(days) === hex(sealed);
}

function sealOf(row: UsagePeriodRow): PeriodSeal & { hash: string } {
  return {
    prev: row.previousHash.length === 0 ? null : hex(row.previousHash),
    accountId: row.accountId,
    period: row.period,
    planId: row.planId,
    planVersion: row.planVersion,
    inputHash: hex(row.inputHash),
    quantities: quantitiesOf(row.quantities as Rating),
    amount: row.amount,
    hash: hex(row.hash),
  };
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
