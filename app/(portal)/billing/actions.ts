'use server';

import { act, type FormState, field } from '#app/_server/action.ts';
import { portalDeps } from '#app/_server/deps.ts';
import { paths } from '#app/paths.ts';
import { newId } from '#lib/core/ids.ts';
import { billDirectly as bill, stopDirect as stop } from '#lib/services/billing/bill-directly.ts';
import { catchUp as catchUpDays } from '#lib/services/billing/catch-up.ts';
import { finishCheckout } from '#lib/services/billing/finish-checkout.ts';
import { openPortal } from '#lib/services/billing/open-portal.ts';
import { saveResalePrices as save } from '#lib/services/billing/resale-prices.ts';
import { setExternalId as nameInBooks } from '#lib/services/billing/set-external-id.ts';
import { startCheckout } from '#lib/services/billing/start-checkout.ts';
import { retryHeld } from '#lib/services/closing/retry-held.ts';
import { writeOff as settle } from '#lib/services/closing/write-off.ts';
import { readTerms } from './parts/terms-fields.ts';

const accountOf = (form: FormData) => {
  const accountId = field(form, 'accountId');
  return accountId === '' ? {} : { accountId };
};

/** Leads to Stripe's page, on which somebody leaves a way to pay. */
export async function subscribe(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    const { billing, config } = await portalDeps();
    const { url } = await startCheckout(ctx, { ...accountOf(form), attempt: newId() }, billing, {
      successUrl: `${config.portalUrl}${paths.billingReturn(accountOf(form))}`,
      cancelUrl: `${config.portalUrl}${paths.billing()}`,
    });
    return url;
  });
}

/** Asks Stripe what became of a page of its own. */
export async function finishSubscribing(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    await finishCheckout(ctx, accountOf(form), (await portalDeps()).billing);
    return undefined;
  });
}

/** Leads to Stripe's page for cards, addresses and past invoices. */
export async function openPayment(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    const { billing, config } = await portalDeps();
    const { url } = await openPortal(ctx, accountOf(form), billing, {
      returnUrl: `${config.portalUrl}${paths.billing()}`,
    });
    return url;
  });
}

/** Compares ledger, meters and invoice of a month that is held, and goes on if they agree. */
export async function compareAgain(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    await retryHeld(ctx, { accountId: field(form, 'accountId'), period: field(form, 'period') });
    return undefined;
  });
}

/** A month that nothing bills is done with, for a reason that is kept. */
export async function writeOff(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    await settle(ctx, {
      accountId: field(form, 'accountId'),
      period: field(form, 'period'),
      reason: field(form, 'reason'),
    });
    return undefined;
  });
}

/** Somebody looked at the clock: the days that are missing are counted now. */
export async function catchUp(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    await catchUpDays(ctx, accountOf(form));
    return undefined;
  });
}

/** A list of the MSP's own, or a version of one. */
export async function saveResalePrices(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    const planId = field(form, 'planId');
    const { planId: id } = await save(ctx, {
      ...(planId === '' ? {} : { planId }),
      name: field(form, 'name'),
      terms: readTerms((name) => field(form, name)) as Parameters<typeof save>[1]['terms'],
    });
    return paths.resalePrices({ list: id });
  });
}

/** Its id in the MSP's own books; empty takes it away. */
export async function setExternalId(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    await nameInBooks(ctx, {
      tenantId: field(form, 'tenantId'),
      externalId: field(form, 'externalId'),
    });
    return undefined;
  });
}

/** From the next month on the customer pays for itself. */
export async function billDirectly(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    await bill(ctx, { tenantId: field(form, 'tenantId') });
    return undefined;
  });
}

/** From the next month on it is on the MSP's invoice again. */
export async function stopDirect(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    await stop(ctx, { tenantId: field(form, 'tenantId') });
    return undefined;
  });
}
