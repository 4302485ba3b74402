import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { cardOfNumber } from '../billing/cards.ts';
import { collect } from '../billing/collect.ts';
import { currentPeriod } from '../billing/current-period.ts';
import { StripeFailure } from '../http/failures.ts';
import { date, escaped, layout, money } from './layout.ts';
import type { PageAnswer } from './pages.ts';

/** Where a customer changes the card, ends the subscription and finds the invoices. */
export function portalPage(
  account: Account,
  session: Stripe.BillingPortal.Session,
  error?: string,
): PageAnswer {
  const customer = account.store.get('customer', session.customer);
  const subscriptions = account.store
    .all('subscription')
    .filter((it) => it.customer === session.customer && it.status !== 'canceled');
  const invoices = account.store
    .all('invoice')
    .filter((it) => it.customer === session.customer && it.status !== 'draft')
    .reverse();
  const card = currentCard(account, session.customer);
  const back = session.return_url
    ? `<p><a href="${escaped(session.return_url)}">← Back to Holdfast</a></p>`
    : '';
  return {
    html: layout(
      'Billing',
      `${back}
<h1>${escaped(customer?.name ?? customer?.email ?? 'Billing')}</h1>
${error ? `<p class="error" role="alert">${escaped(error)}</p>` : ''}
<h2>Subscription</h2>
${subscriptions.length === 0 ? '<p>There is no running subscription.</p>' : subscriptions.map(subscriptionPart).join('')}
<h2>Payment method</h2>
<p>${card ? `${escaped(card.card?.brand ?? 'card')} ending in ${escaped(card.card?.last4 ?? '')}` : 'No card is saved.'}</p>
<form method="post">
<input type="hidden" name="act" value="card">
<label for="number">New card number <span>(4242… pays, 4000 0000 0000 0341 fails when it is charged)</span></label>
<input id="number" name="number" inputmode="numeric" autocomplete="cc-number" required value="4242 4242 4242 4242">
<div class="acts"><button>Save card</button></div>
</form>
<h2>Invoices</h2>
${invoices.length === 0 ? '<p>There are none yet.</p>' : invoiceTable(invoices)}`,
    ),
  };
}

/** A button of the page. */
export function actInPortal(
  account: Account,
  session: Stripe.BillingPortal.Session,
  form: URLSearchParams,
): PageAnswer {
  try {
    account.mustStandStill(session.customer);
    if (form.get('act') === 'card') saveCard(account, session.customer, form.get('number') ?? '');
    else cancelAtEnd(account, session.customer, String(form.get('subscription')), form.get('act'));
    return { goTo: `/p/session/${session.id}` };
  } catch (err) {
    if (err instanceof StripeFailure) return portalPage(account, session, err.body.message);
    throw err;
  }
}

function subscriptionPart(subscription: Stripe.Subscription): string {
  const { end } = currentPeriod(subscription);
  const ends = subscription.cancel_at_period_end;
  const text = ends
    ? `It ends on ${date(end)}.`
    : `The next invoice is made on ${date(end)}. Status: ${String(subscription.status).replace('_', ' ')}.`;
  return `<p>${escaped(text)}</p>
<form method="post"><input type="hidden" name="subscription" value="${subscription.id}">
${ends ? '<button name="act" value="keep">Keep the subscription</button>' : '<button class="bad" name="act" value="cancel">Cancel the subscription</button>'}
</form>`;
}

function invoiceTable(invoices: Stripe.Invoice[]): string {
  const rows = invoices.map(
    (it) =>
      `<tr><td><a href="/i/${it.id}">${escaped(it.number ?? '')}</a></td><td>${date(it.created)}</td><td>${escaped(String(it.status))}</td><td class="n">${money(it.total, it.currency)}</td></tr>`,
  );
  return `<table><thead><tr><th scope="col">Invoice</th><th scope="col">Date</th><th scope="col">Status</th><th scope="col" class="n">Total</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function currentCard(account: Account, customer: string): Stripe.PaymentMethod | undefined {
  const subscription = account.store
    .all('subscription')
    .find((it) => it.customer === customer && it.status !== 'canceled');
  const id =
    subscription?.default_payment_method ??
    account.store.get('customer', customer)?.invoice_settings.default_payment_method;
  return id ? account.store.get('payment method', String(id)) : undefined;
}

/** The new card pays for everything from now on, and what is open is tried with it at once. */
function saveCard(account: Account, customer: string, number: string): void {
  const card = cardOfNumber(account, number.replace(/\D/g, ''), customer);
  const owner = account.need('customer', customer);
  owner.invoice_settings.default_payment_method = card.id;
  account.store.put('customer', owner);
  account.tell('customer.updated', owner, customer);
  for (const subscription of account.store.all('subscription')) {
    if (subscription.customer !== customer || subscription.status === 'canceled') continue;
    subscription.default_payment_method = card.id;
    account.store.put('subscription', subscription);
    account.tell('customer.subscription.updated', subscription, customer);
  }
  for (const invoice of account.store.all('invoice')) {
    const owed = invoice.customer === customer && invoice.status === 'open' && invoice.attempted;
    if (owed) collect(account, invoice);
  }
}

function cancelAtEnd(account: Account, customer: string, id: string, act: string | null): void {
  const subscription = account.need('subscription', id);
  if (subscription.customer !== customer) return;
  const before = structuredClone(subscription);
  const ends = act === 'cancel';
  subscription.cancel_at_period_end = ends;
  subscription.cancel_at = ends ? currentPeriod(subscription).end : null;
  subscription.canceled_at = ends ? account.now(customer) : null;
  account.store.put('subscription', subscription);
  account.tell('customer.subscription.updated', subscription, customer, before);
}
