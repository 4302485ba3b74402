import type { Metadata } from 'next';
import Link from 'next/link';
import { requireContext, whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { ButtonLink } from '#app/_ui/button.tsx';
import { Icon } from '#app/_ui/icon.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { Status } from '#app/_ui/status.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { createWords, plural } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { formatBytes, formatCount } from '#lib/core/bytes.ts';
import { listCustomers } from '#lib/services/customers/list.ts';
import { customerState } from './parts/customer-state.ts';

export const metadata: Metadata = { title: 'Customers' };

/** Who is not fine? Worst first; colour only in rows that need somebody. */
export default async function CustomersPage() {
  const ctx = await requireContext();
  const customers = await load(listCustomers(ctx));
  const refused = await whyNot('customers.connect');
  const { zone, now } = await reading();
  const words = createWords(zone, now);
  const rows = customers
    .map((customer) => ({ customer, look: customerState(customer, now) }))
    .sort((a, b) => a.look.rank - b.look.rank || a.customer.name.localeCompare(b.customer.name));
  const sum = (pick: (customer: (typeof customers)[number]) => number) =>
    customers.reduce((total, customer) => total + pick(customer), 0);

  return (
    <>
      <TopBar crumbs={[{ label: 'Customers' }]} />
      <div className="flex flex-wrap items-center gap-3 px-4 pt-5 pb-3 sm:px-6">
        <h1 className="text-xl font-semibold">
          Customers{' '}
          <span className="ml-1.5 text-base font-normal text-ink-2">
            {formatCount(customers.length)}
          </span>
        </h1>
        <p className="ml-auto text-xs text-ink-3 max-sm:hidden">as of {words.clock(now)}</p>
        {refused === null ? (
          <ButtonLink href={paths.newCustomer()} weight="primary" className="max-sm:ml-auto">
            <Icon name="plus" />
            Add customer
          </ButtonLink>
        ) : (
          <ReasonButton name="Add customer" reason={refused}>
            Add customer
          </ReasonButton>
        )}
      </div>
      {rows.length === 0 ? (
        <div className="mx-auto max-w-md px-4 py-20 text-center">
          <h2 className="text-lg font-semibold">Add your first customer</h2>
          <p className="mt-1 text-ink-2">
            Their administrator approves once; the first backup starts by itself.
          </p>
        </div>
      ) : (
        <table className="list list-wide">
          <thead>
            <tr>
              <th scope="col" className="w-px pr-4">
                State
              </th>
              <th scope="col">Customer</th>
              <th scope="col" className="num">
                Covered
              </th>
              <th scope="col" className="num max-sm:hidden">
                Oldest good copy
              </th>
              <th scope="col" className="num max-sm:hidden">
                Last run
              </th>
              <th scope="col" className="num max-sm:hidden">
                Stored
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ customer, look }) => (
              <tr key={customer.id}>
                <td className="pr-4">
                  <Status kind={look.kind}>{look.word}</Status>
                </td>
                <th
                  scope="row"
                  className="h-row border-b border-line text-sm! font-medium text-ink!"
                >
                  <Link
                    href={
                      customer.state === 'connecting'
                        ? paths.customerConnecting(customer.id)
                        : paths.customer(customer.id)
                    }
                    prefetch={false}
                    className="whitespace-normal hover:text-accent hover:underline"
                  >
                    {customer.name}
                  </Link>
                </th>
                <td className="num">
                  <Covered good={customer.protectedCount} all={customer.mailboxes} />
                </td>
                <td className="num max-sm:hidden">
                  {customer.oldestGoodAt ? words.age(customer.oldestGoodAt) : 'none yet'}
                </td>
                <td className="num max-sm:hidden">
                  {customer.lastRun ? (
                    <Link
                      href={paths.run(customer.id, customer.lastRun.id)}
                      prefetch={false}
                      className="text-ink-2 hover:text-accent hover:underline"
                    >
                      {customer.lastRun.state}
                      {customer.lastRun.endedAt ? `, ${words.ago(customer.lastRun.endedAt)}` : ''}
                    </Link>
                  ) : (
                    <span className="text-ink-3">none yet</span>
                  )}
                </td>
                <td className="num max-sm:hidden">{formatBytes(customer.storedBytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {rows.length > 0 ? (
        <p className="sticky bottom-0 mt-auto flex flex-wrap gap-x-4 border-t border-line bg-canvas px-4 py-3 text-xs text-ink-2 max-sm:bottom-14 sm:px-6">
          <strong className="font-semibold text-ink">{plural(customers.length, 'customer')}</strong>
          <span>
            {formatCount(sum((customer) => customer.protectedCount))} of{' '}
            {plural(
              sum((customer) => customer.mailboxes),
              'mailbox covered',
              'mailboxes covered',
            )}
          </span>
          <span>{formatBytes(sum((customer) => customer.storedBytes))} stored</span>
        </p>
      ) : null}
    </>
  );
}

function Covered({ good, all }: { good: number; all: number }) {
  const short = good < all;
  return (
    <span className="text-ink-2">
      <span className={short ? 'font-semibold text-late-ink' : 'text-ink'}>
        {formatCount(good)}
      </span>{' '}
      of {formatCount(all)}
    </span>
  );
}
