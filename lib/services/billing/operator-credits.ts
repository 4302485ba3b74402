import { asc } from 'drizzle-orm';
import type { Database } from '#db/client.ts';
import { msps } from '#db/schema/msps.ts';
import { withOwner } from '../transaction.ts';
import { listInvoiceRows } from './invoices-store.ts';
import { readCredits } from './read-credits.ts';
import { customerNames, listAccounts } from './store.ts';
import { type AccountView, type InvoiceSummary, viewAccount, viewInvoice } from './view.ts';
import type { CreditView } from './view-credit.ts';

export interface OperatorAccounts {
  mspId: string;
  name: string;
  accounts: {
    account: AccountView;
    /** The customer's name, where it pays for itself. */
    customer: string | null;
    /** Newest first. */
    invoices: InvoiceSummary[];
    /** Oldest first. */
    credits: CreditView[];
  }[];
}

/** Who pays, what they were invoiced, and what the operator gave back: every MSP of the house. */
export async function listOperatorCredits(db: Database): Promise<OperatorAccounts[]> {
  const known = await withOwner(db, (tx) =>
    tx
      .select({ mspId: msps.id, name: msps.name })
      .from(msps)
      .orderBy(asc(msps.createdAt), asc(msps.id)),
  );
  const found: OperatorAccounts[] = [];
  for (const { mspId, name } of known) {
    const accounts = await withOwner(
      db,
      async (tx) => {
        const names = await customerNames(tx, mspId);
        const invoices = await listInvoiceRows(tx, mspId);
        const credits = await readCredits(tx, mspId);
        return (await listAccounts(tx, mspId)).map((account) => ({
          account: viewAccount(account),
          customer: account.tenantId === null ? null : (names.get(account.tenantId) ?? null),
          invoices: invoices.filter((it) => it.accountId === account.id).map(viewInvoice),
          credits: credits.filter((it) => it.accountId === account.id),
        }));
      },
      mspId,
    );
    found.push({ mspId, name, accounts });
  }
  return found;
}
