import type { Transaction } from '#db/client.ts';
import type { Period } from '#lib/billing/days.ts';
import { listClosings } from '../closing/store.ts';
import { listCredits } from './credits-store.ts';
import { listInvoiceRows } from './invoices-store.ts';
import { listAccounts } from './store.ts';
import { type CreditView, viewCredit } from './view-credit.ts';

/** What was given back within an MSP, as far as whoever asks reaches, and how far each is. */
export async function readCredits(
  tx: Transaction,
  mspId: string,
  of: { accountId?: string; invoiceId?: string } = {},
): Promise<CreditView[]> {
  const found = await listCredits(tx, mspId, of);
  // Mostly nothing was.
  if (found.length === 0) return [];
  const accounts = new Map((await listAccounts(tx, mspId)).map((row) => [row.id, row]));
  const closings = Map.groupBy(await listClosings(tx, mspId), ({ accountId }) => accountId);
  return found.flatMap((one) => {
    const account = accounts.get(one.credit.accountId);
    return account === undefined
      ? []
      : [viewCredit(one, { account, closings: closings.get(account.id) ?? [] })];
  });
}

/** Of those, what the invoices of a month take off, and what was sent back of them. */
export async function creditsOfMonth(
  tx: Transaction,
  mspId: string,
  period: Period,
): Promise<CreditView[]> {
  const all = await readCredits(tx, mspId);
  if (all.length === 0) return [];
  const invoices = new Set(
    (await listInvoiceRows(tx, mspId)).filter((row) => row.period === period).map(({ id }) => id),
  );
  return all.filter((it) =>
    it.way === 'refund' ? invoices.has(it.invoiceId ?? '') : it.period === period,
  );
}
