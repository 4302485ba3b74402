import type { Metadata } from 'next';
import Link from 'next/link';
import { requireContext, whyNot } from '#app/_server/context.ts';
import { part } from '#app/_server/failures.ts';
import { billingTexts, invoiceTexts as texts } from '#app/_texts/billing.ts';
import { Empty, PartFailed } from '#app/_ui/states.tsx';
import { Status } from '#app/_ui/status.tsx';
import { Time } from '#app/_ui/time.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { paths } from '#app/paths.ts';
import { listInvoices } from '#lib/services/billing/list-invoices.ts';
import { monthName } from '../../parts/calendar.ts';
import { invoiceLooks } from '../../parts/invoice-looks.ts';
import { money } from '../../parts/money.ts';
import { Refused } from '../../parts/month.tsx';
import { theBilling } from '../../parts/read.ts';

export const metadata: Metadata = { title: texts.title };

/** Every invoice, newest first, each the way to what stands behind it. */
export default async function InvoicesPage() {
  const bar = (
    <TopBar
      crumbs={[{ label: billingTexts.title, href: paths.billing() }, { label: texts.title }]}
    />
  );
  const refused = await whyNot('usage.read');
  if (refused !== null) return <Refused bar={bar} reason={refused} />;
  const [{ view: invoices, failed }, billing] = await Promise.all([
    part(listInvoices(await requireContext())),
    theBilling(),
  ]);
  const names = new Map(
    billing.view?.direct.map(({ account, customer }) => [account.id, customer]),
  );
  const { columns } = texts;
  return (
    <>
      {bar}
      <div className="px-4 pt-5 pb-4 sm:px-6">
        <h1 className="text-xl font-semibold">{texts.title}</h1>
        <p className="max-w-160 text-sm text-ink-2">{texts.lead}</p>
      </div>
      {failed === null ? null : (
        <div className="px-4 sm:px-6">
          <PartFailed what={texts.what} reference={failed} />
        </div>
      )}
      {invoices?.length === 0 ? (
        <div className="px-4 sm:px-6">
          <Empty icon="fileText" title={texts.none}>
            {texts.noneMore}
          </Empty>
        </div>
      ) : null}
      {invoices && invoices.length > 0 ? (
        <table className="list list-wide">
          <thead>
            <tr>
              <th scope="col">{columns.number}</th>
              <th scope="col" className="max-sm:hidden">
                {columns.month}
              </th>
              <th scope="col" className="max-sm:hidden">
                {columns.who}
              </th>
              <th scope="col">{columns.state}</th>
              <th scope="col" className="num max-sm:hidden">
                {columns.issued}
              </th>
              <th scope="col" className="num">
                {columns.amount}
              </th>
            </tr>
          </thead>
          <tbody>
            {invoices.map((invoice) => (
              <tr key={invoice.id}>
                <td>
                  <Link
                    href={paths.invoice(invoice.id)}
                    prefetch={false}
                    className="quiet-link inline-flex min-h-6 items-center"
                  >
                    {invoice.number ?? texts.draft}
                  </Link>
                  <span className="block text-xs text-ink-3 sm:hidden">
                    {monthName(invoice.period)}
                  </span>
                </td>
                <td className="max-sm:hidden">{monthName(invoice.period)}</td>
                <td className="text-ink-2 max-sm:hidden">
                  {names.get(invoice.accountId) ?? texts.own}
                </td>
                <td>
                  <Status kind={invoiceLooks[invoice.status]}>
                    {billingTexts.invoiceStates[invoice.status]}
                  </Status>
                </td>
                <td className="num max-sm:hidden">
                  <Time at={invoice.issuedAt} as="day" />
                </td>
                <td className="num font-medium">{money(invoice.total, invoice.currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </>
  );
}
