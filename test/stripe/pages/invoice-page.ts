import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { collect } from '../billing/collect.ts';
import { date, escaped, layout, money } from './layout.ts';
import type { PageAnswer } from './pages.ts';

/** The address that an invoice names for whoever pays it. */
export function invoicePage(invoice: Stripe.Invoice, error?: string): PageAnswer {
  const { currency } = invoice;
  const rows = invoice.lines.data.map(
    (line) =>
      `<tr><td>${escaped(line.description ?? '')}<br><span class="quiet-text">${date(line.period.start)} to ${date(line.period.end)}</span></td><td class="n">${line.quantity ?? ''}</td><td class="n">${money(line.amount, currency)}</td></tr>`,
  );
  const pay =
    invoice.status === 'open'
      ? `<form method="post" class="acts"><button>Pay ${money(invoice.amount_due, currency)}</button></form>`
      : '';
  return {
    html: layout(
      `Invoice ${invoice.number}`,
      `<h1>Invoice ${escaped(invoice.number ?? '')}</h1>
${error ? `<p class="error" role="alert">${escaped(error)}</p>` : ''}
<p>${escaped(invoice.customer_name ?? invoice.customer_email ?? '')}<br>${date(invoice.period_start)} to ${date(invoice.period_end)}<br>Status: <strong>${escaped(String(invoice.status))}</strong></p>
<table><thead><tr><th scope="col">Description</th><th scope="col" class="n">Quantity</th><th scope="col" class="n">Amount</th></tr></thead>
<tbody>${rows.join('')}</tbody>
<tfoot><tr><th scope="row" colspan="2">Total</th><td class="n"><strong>${money(invoice.total, currency)}</strong></td></tr>
<tr><th scope="row" colspan="2">Amount due</th><td class="n">${money(invoice.status === 'paid' ? 0 : invoice.amount_due, currency)}</td></tr></tfoot></table>
${pay}
<p><a href="/i/${invoice.id}/pdf">Download as PDF</a></p>`,
    ),
  };
}

export function payInvoice(account: Account, invoice: Stripe.Invoice): PageAnswer {
  if (invoice.status !== 'open' || collect(account, invoice)) {
    return { goTo: `/i/${invoice.id}` };
  }
  return invoicePage(invoice, 'Your card was declined. Choose another one in the customer portal.');
}
