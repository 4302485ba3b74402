import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { requireContext, whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { billingTexts, creditTexts, invoiceTexts as texts } from '#app/_texts/billing.ts';
import { buttonClass } from '#app/_ui/button.tsx';
import { Icon } from '#app/_ui/icon.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { Status } from '#app/_ui/status.tsx';
import { Time } from '#app/_ui/time.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { paths } from '#app/paths.ts';
import { getInvoice, type InvoiceDetail } from '#lib/services/billing/get-invoice.ts';
import { monthName } from '../../parts/calendar.ts';
import { GivenBack } from '../../parts/given-back.tsx';
import { InvoiceLines } from '../../parts/invoice-lines.tsx';
import { invoiceLooks } from '../../parts/invoice-looks.ts';
import { money } from '../../parts/money.ts';
import { Refused } from '../../parts/month.tsx';

export const metadata: Metadata = { title: texts.title };

/** An invoice, and behind each line the customers that it is made of. */
export default async function InvoicePage({ params }: { params: Promise<{ invoiceId: string }> }) {
  const { invoiceId } = await params;
  const ctx = await requireContext();
  const above = [
    { label: billingTexts.title, href: paths.billing() },
    { label: texts.title, href: paths.invoices() },
  ];
  const refused = await whyNot('usage.read');
  if (refused !== null) return <Refused bar={<TopBar crumbs={above} />} reason={refused} />;
  const invoice = await load(getInvoice(ctx, { invoiceId: decodeURIComponent(invoiceId) }));
  const { period, currency, accountId } = invoice;
  const name = invoice.number ?? texts.draft;
  return (
    <>
      <TopBar crumbs={[...above, { label: name }]} />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 pt-5 pb-3 sm:px-6">
        <h1 className="text-xl font-semibold">
          {name}{' '}
          <span className="ml-1 text-base font-normal text-ink-2">
            {texts.of(monthName(period))}
          </span>
        </h1>
        <Status kind={invoiceLooks[invoice.status]}>
          {billingTexts.invoiceStates[invoice.status]}
        </Status>
        <div className="ml-auto flex flex-wrap items-center gap-2 max-sm:ml-0">
          {(['pdf', 'csv', 'json'] as const).map((as) => (
            <a
              key={as}
              href={paths.statementFile(period, { as, account: accountId })}
              title={texts.statementNote}
              className={buttonClass()}
            >
              <Icon name="download" />
              {as === 'pdf' ? `${texts.statement} ` : ''}
              {texts.as[as]}
            </a>
          ))}
          {invoice.hostedUrl === null ? null : (
            <a
              href={invoice.hostedUrl}
              rel="noreferrer"
              target="_blank"
              className={buttonClass('secondary')}
            >
              {texts.stripe}
              <Icon name="link" className="size-3.5" />
            </a>
          )}
        </div>
      </div>
      <div className="grid grid-cols-1 content-start gap-x-10 gap-y-6 px-4 pb-6 sm:px-6 wide:grid-cols-[minmax(0,1fr)_18.75rem]">
        <div className="min-w-0 space-y-5">
          {invoice.rating === null ? <Notice>{texts.open}</Notice> : null}
          <InvoiceLines invoice={invoice} />
          <GivenBack title={creditTexts.invoice} credits={invoice.givenBack} />
        </div>
        <Facts invoice={invoice} total={money(invoice.total, currency)} />
      </div>
    </>
  );
}

function Facts({ invoice, total }: { invoice: InvoiceDetail; total: string }) {
  const { paidAt, dueAt, hash, closedAt, currency, amountDue } = invoice;
  const facts: [string, ReactNode][] = [
    [texts.total, <strong key="total">{total}</strong>],
    ...(invoice.status === 'open'
      ? [[texts.toPay, money(amountDue, currency)] satisfies [string, ReactNode]]
      : []),
    ...creditFacts(invoice),
    [texts.issued, <Time key="issued" at={invoice.issuedAt} />],
    ...(paidAt
      ? [[texts.paid, <Time key="paid" at={paidAt} />] satisfies [string, ReactNode]]
      : []),
    ...(dueAt && !paidAt
      ? [[texts.due, <Time key="due" at={dueAt} as="day" />] satisfies [string, ReactNode]]
      : []),
    [texts.read, <Time key="read" at={invoice.syncedAt} as="ago" />],
    ...(hash
      ? [
          [
            texts.hash,
            <span key="hash">
              <code className="font-mono text-xs break-all">{hash}</code>
              {closedAt ? (
                <span className="block text-xs text-ink-3">
                  <Time at={closedAt} />
                </span>
              ) : null}
            </span>,
          ] satisfies [string, ReactNode],
        ]
      : []),
  ];
  return (
    <aside className="min-w-0">
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </aside>
  );
}

/** What one invoice is in credit pays the next. */
function creditFacts({ status, total, amountDue, currency }: InvoiceDetail): [string, ReactNode][] {
  if (total.startsWith('-')) {
    return [[texts.over, texts.overWhy(money(total.slice(1), currency))]];
  }
  if (status !== 'paid' || Number(amountDue) === Number(total)) return [];
  return [[texts.charged, texts.charging(money(amountDue, currency))]];
}
