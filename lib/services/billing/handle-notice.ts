import { and, eq } from 'drizzle-orm';
import { meterEvents } from '#db/schema/billing.ts';
import type { BillingSink, MeterErrors } from '#lib/billing/sink.ts';
import { AppError } from '#lib/core/errors.ts';
import { holdDrafts } from '../closing/hold-drafts.ts';
import type { ServiceContext } from '../context.ts';
import { withDoor, withOperator, withScope } from '../transaction.ts';
import { allAccountIds } from './all-accounts.ts';
import { accountBehind, countRefusal, findNotice, settleNotice } from './notices-store.ts';
import type { AccountRow } from './store.ts';
import { syncAccount } from './sync-account.ts';

type Process = Pick<ServiceContext, 'db' | 'clock' | 'deps'>;

export interface HandledNotice {
  mspId: string;
  accountId: string;
  /** Months with a draft that waits. */
  drafts: string[];
  /** Its clock moved: its days are to be looked at. */
  clockMoved: boolean;
}

/**
 * Acts on something that Stripe told: what is there is read again, the words of the notice are not
 * believed. Null where it is nobody's, or was about values that are settled here.
 */
export async function handleNotice(
  process: Process,
  input: { noticeId: string },
  sink: BillingSink,
): Promise<HandledNotice | null> {
  const { noticeId } = input;
  const row = await withDoor(process.db, noticeId, (tx) => findNotice(tx, noticeId));
  if (row === undefined) throw new AppError('not-found', 'There is no such event.');
  if (row.state === 'done' || row.state === 'unknown-customer') return null;
  const at = process.clock.now();
  if (row.type.startsWith('v1.billing.meter.')) {
    await settleMeterErrors(process, await sink.readMeterErrors(noticeId));
    await withDoor(process.db, noticeId, (tx) =>
      settleNotice(tx, noticeId, { state: 'done', handledAt: at }),
    );
    return null;
  }
  const name = row.customerId ?? row.objectId;
  const account =
    name === null
      ? undefined
      : (await withDoor(process.db, name, (tx) => accountBehind(tx, name)))[0];
  if (account === undefined) {
    await withDoor(process.db, noticeId, async (tx) => {
      await settleNotice(tx, noticeId, { state: 'unknown-customer', handledAt: at });
      await countRefusal(tx, 'unknown-customer', at);
    });
    return null;
  }
  const ctx = contextOf(process, account);
  const { drafts } = await syncAccount(ctx, { accountId: account.id }, sink);
  await holdDrafts(ctx, { accountId: account.id, drafts }, sink);
  await withDoor(process.db, noticeId, (tx) =>
    settleNotice(tx, noticeId, {
      state: 'done',
      handledAt: at,
      mspId: account.mspId,
      accountId: account.id,
    }),
  );
  return {
    mspId: account.mspId,
    accountId: account.id,
    drafts,
    clockMoved: row.type.startsWith('test_helpers.test_clock.'),
  };
}

function contextOf(process: Process, account: AccountRow): ServiceContext {
  return { ...process, mspId: account.mspId, actor: { kind: 'system' } };
}

/** Values that Stripe took and did not count: each is refused after all, with its code. */
async function settleMeterErrors(process: Process, told: MeterErrors): Promise<void> {
  const refused = told.errors.flatMap(({ code, samples }) =>
    samples
      .filter(({ identifier }) => identifier !== null)
      .map(({ identifier }) => ({ code, identifier: identifier! })),
  );
  if (refused.length === 0) return;
  const accounts = await withOperator(process.db, (tx) => allAccountIds(tx));
  for (const mspId of new Set(accounts.map((account) => account.mspId))) {
    await withScope(process.db, { mspId, tenantId: null }, async (tx) => {
      for (const { code, identifier } of refused) {
        await tx
          .update(meterEvents)
          .set({ state: 'refused', code, settledAt: process.clock.now() })
          .where(and(eq(meterEvents.mspId, mspId), eq(meterEvents.identifier, identifier)));
      }
    });
  }
}
