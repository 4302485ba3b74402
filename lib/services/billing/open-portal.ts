import type { z } from 'zod';
import type { BillingSink } from '#lib/billing/sink.ts';
import { AppError } from '#lib/core/errors.ts';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { requireWithin } from '../members/rules.ts';
import { withScope } from '../transaction.ts';
import { chosenAccount } from './ensure-account.ts';
import { accountInput } from './input.ts';
import { requireSink } from './require-sink.ts';

/** The page of Stripe's for ways to pay, addresses, tax ids and past invoices. */
export async function openPortal(
  ctx: ServiceContext,
  input: z.input<typeof accountInput>,
  sink: BillingSink | null,
  pages: { returnUrl: string },
): Promise<{ url: string }> {
  requirePermission(ctx, 'billing.manage');
  const { accountId } = parse(accountInput, input);
  const stripe = requireSink(sink);
  const account = await chosenAccount(ctx, accountId);
  requireWithin(ctx, account.tenantId === null ? null : [account.tenantId]);
  if (account.stripeCustomerId === null) {
    throw new AppError('conflict', 'This account is not known to Stripe yet. Subscribe first.');
  }
  const { url } = await stripe.portal({ customerId: account.stripeCustomerId, ...pages });
  await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, (tx) =>
    audit(ctx, tx, {
      tenantId: null,
      action: 'billing.portal',
      entity: 'account',
      entityId: account.id,
    }),
  );
  return { url };
}
