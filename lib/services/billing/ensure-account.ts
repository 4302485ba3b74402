import type { Transaction } from '#db/client.ts';
import { newId } from '#lib/core/ids.ts';
import type { ServiceContext } from '../context.ts';
import { notFound } from '../input.ts';
import { requireWithin } from '../members/rules.ts';
import { withScope } from '../transaction.ts';
import { type AccountRow, addAccount, listAccounts } from './store.ts';

/** The account of an MSP, made where there is none: from then on its days are in the ledger. */
export async function ensureAccount(ctx: ServiceContext): Promise<AccountRow> {
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, async (tx) => {
    const known = await ownAccount(tx, ctx.mspId);
    if (known !== undefined) return known;
    await addAccount(tx, { mspId: ctx.mspId, id: newId(), createdAt: ctx.clock.now() });
    return (await ownAccount(tx, ctx.mspId))!;
  });
}

async function ownAccount(tx: Transaction, mspId: string): Promise<AccountRow | undefined> {
  return (await listAccounts(tx, mspId)).find(({ tenantId }) => tenantId === null);
}

/** The account that a verb is about: the MSP's own where none is named. */
export async function chosenAccount(
  ctx: ServiceContext,
  accountId: string | undefined,
): Promise<AccountRow> {
  if (accountId === undefined) {
    requireWithin(ctx, null);
    return await ensureAccount(ctx);
  }
  const found = await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, (tx) =>
    listAccounts(tx, ctx.mspId),
  );
  const account = found.find(({ id }) => id === accountId);
  if (account === undefined) throw notFound();
  return account;
}
