import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Account } from '../account.ts';
import { checkoutPage, submitCheckout } from './checkout-page.ts';
import { invoicePage, payInvoice } from './invoice-page.ts';
import { invoicePdf } from './invoice-pdf.ts';
import { message } from './layout.ts';
import { actInPortal, portalPage } from './portal-page.ts';

/** What a page answers: itself, a way to go on, or a file. */
export type PageAnswer = { html: string; status?: number } | { goTo: string } | { pdf: Buffer };

/** The pages that people see at Stripe: Checkout, the customer portal, an invoice. */
export class Pages {
  private readonly account: Account;
  constructor(account: Account) {
    this.account = account;
  }

  /** Whether the path is one of a page; then it was answered. */
  async handle(
    req: IncomingMessage,
    url: URL,
    body: string,
    res: ServerResponse,
  ): Promise<boolean> {
    const match = /^\/(c\/pay|p\/session|i)\/([\w]+)(\/pdf)?$/.exec(url.pathname);
    if (!match) return false;
    const [, kind, id, file] = match;
    const form = req.method === 'POST' ? new URLSearchParams(body) : null;
    const answer = this.answer(kind!, id!, file !== undefined, form);
    if ('goTo' in answer) {
      res.writeHead(303, { location: answer.goTo });
      res.end();
    } else if ('pdf' in answer) {
      res.writeHead(200, { 'content-type': 'application/pdf' });
      res.end(answer.pdf);
    } else {
      res.writeHead(answer.status ?? 200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
        'cache-control': 'no-store',
      });
      res.end(answer.html);
    }
    return true;
  }

  private answer(
    kind: string,
    id: string,
    file: boolean,
    form: URLSearchParams | null,
  ): PageAnswer {
    const { account } = this;
    if (kind === 'c/pay') {
      const session = account.store.get('checkout session', id);
      if (!session) return gone('This page is not there any more.');
      return form ? submitCheckout(account, session, form) : checkoutPage(account, session);
    }
    if (kind === 'p/session') {
      const session = account.store.get('portal session', id);
      if (!session) return gone('This page is not there any more.');
      return form ? actInPortal(account, session, form) : portalPage(account, session);
    }
    const invoice = account.store.get('invoice', id);
    if (!invoice || invoice.status === 'draft') return gone('There is no such invoice.');
    if (file) return { pdf: invoicePdf(invoice) };
    return form ? payInvoice(account, invoice) : invoicePage(invoice);
  }
}

function gone(text: string): PageAnswer {
  return { html: message('Not found', text), status: 404 };
}
