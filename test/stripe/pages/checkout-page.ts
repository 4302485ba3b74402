import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { decimalText } from '../billing/amounts.ts';
import { StripeFailure } from '../http/failures.ts';
import { completeCheckout, dueAtOnce, pricesOf } from '../resources/checkout.ts';
import { escaped, layout, message, money } from './layout.ts';
import type { PageAnswer } from './pages.ts';

/** Where somebody types a card and subscribes. */
export function checkoutPage(
  account: Account,
  session: Stripe.Checkout.Session,
  error?: string,
): PageAnswer {
  if (session.status !== 'open') {
    const text =
      session.status === 'complete'
        ? 'This checkout is complete. You can close the page.'
        : 'This checkout has expired. Go back to where you came from and start again.';
    return { html: message('Checkout', text), status: session.status === 'complete' ? 200 : 410 };
  }
  const order = account.need('checkout order', session.id).parameters;
  const prices = pricesOf(account, order);
  const currency = session.currency ?? 'usd';
  const rows = prices.map((price) => {
    const product = account.store.get('product', String(price.product));
    return `<tr><td>${escaped(product?.name ?? price.id)}</td><td class="n">${escaped(priceInWords(price))}</td></tr>`;
  });
  const setup = session.mode === 'setup';
  const act = setup ? 'Save card' : 'Subscribe';
  const email = session.customer
    ? (account.store.get('customer', String(session.customer))?.email ?? '')
    : (session.customer_email ?? '');
  const table = setup
    ? ''
    : `<table><thead><tr><th scope="col">What is billed</th><th scope="col" class="n">Price</th></tr></thead><tbody>${rows.join('')}</tbody>
<tfoot><tr><th scope="row">Due today</th><td class="n"><strong>${money(dueAtOnce(account, order), currency)}</strong></td></tr></tfoot></table>`;
  const cancel = session.cancel_url
    ? `<a class="button quiet" href="${escaped(session.cancel_url)}">Cancel</a>`
    : '';
  return {
    html: layout(
      setup ? 'Save a card' : 'Checkout',
      `<h1>${setup ? 'Save a card' : 'Subscribe to Holdfast'}</h1>
${error ? `<p class="error" role="alert">${escaped(error)}</p>` : ''}
${table}
<form method="post">
<label for="email">Email</label>
<input id="email" name="email" type="email" autocomplete="email" required value="${escaped(email)}">
<label for="number">Card number <span>(4242… pays, 4000 0000 0000 0341 fails when it is charged)</span></label>
<input id="number" name="number" inputmode="numeric" autocomplete="cc-number" required value="4242 4242 4242 4242">
<div class="row">
<div><label for="expiry">Expires</label><input id="expiry" name="expiry" autocomplete="cc-exp" required value="12 / 34"></div>
<div><label for="code">Security code</label><input id="code" name="code" inputmode="numeric" autocomplete="cc-csc" required value="123"></div>
</div>
<div class="acts"><button>${act}</button>${cancel}</div>
</form>`,
    ),
  };
}

/** The button of the page. */
export function submitCheckout(
  account: Account,
  session: Stripe.Checkout.Session,
  form: URLSearchParams,
): PageAnswer {
  if (session.status !== 'open') return checkoutPage(account, session);
  const number = (form.get('number') ?? '').replace(/\D/g, '');
  if (number.length < 12) return checkoutPage(account, session, 'Your card number is incomplete.');
  if (number.endsWith('0002')) return checkoutPage(account, session, 'Your card was declined.');
  try {
    const done = completeCheckout(account, session, { number, email: form.get('email') ?? '' });
    const goTo = done.success_url?.replaceAll('{CHECKOUT_SESSION_ID}', done.id);
    return goTo ? { goTo } : checkoutPage(account, done);
  } catch (err) {
    if (err instanceof StripeFailure) return checkoutPage(account, session, err.body.message);
    throw err;
  }
}

function priceInWords(price: Stripe.Price): string {
  const per = price.recurring ? ` / ${price.recurring.interval}` : '';
  const unit = (text: string | null) => {
    const value = Number(text ?? '0');
    return `${(value / 100).toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 8 })} ${price.currency.toUpperCase()}`;
  };
  if (price.billing_scheme !== 'tiered') {
    return `${unit(decimalText(price.unit_amount_decimal))} each${per}`;
  }
  return `from ${unit(decimalText(price.tiers?.[0]?.unit_amount_decimal))} each${per}`;
}
