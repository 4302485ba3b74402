import type { Metadata } from 'next';
import Link from 'next/link';
import { requireContext } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { Status } from '#app/_ui/status.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { createWords } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { listCustomers } from '#lib/services/customers/list.ts';
import { runLook } from './parts/run-state.ts';

export const metadata: Metadata = { title: 'Runs' };

/** The latest run of every customer: those that go on first, then the newest. */
export default async function RunsPage() {
  const ctx = await requireContext();
  const customers = await load(listCustomers(ctx));
  const { zone, now } = await reading();
  const words = createWords(zone, now);
  const rows = customers
    .flatMap((customer) => (customer.lastRun ? [{ customer, run: customer.lastRun }] : []))
    .sort(
      (a, b) =>
        (b.run.endedAt?.getTime() ?? Number.POSITIVE_INFINITY) -
          (a.run.endedAt?.getTime() ?? Number.POSITIVE_INFINITY) ||
        a.customer.name.localeCompare(b.customer.name),
    );
  return (
    <>
      <TopBar crumbs={[{ label: 'Runs' }]} />
      <div className="flex flex-wrap items-baseline gap-3 px-4 pt-5 pb-3 sm:px-6">
        <h1 className="text-xl font-semibold">Runs</h1>
        <p className="text-sm text-ink-2">the latest of every customer</p>
        <p className="ml-auto text-xs text-ink-3">as of {words.clock(now)}</p>
      </div>
      {rows.length === 0 ? (
        <p className="px-4 py-6 text-ink-2 sm:px-6">
          None yet. The first run of a customer starts by itself once its connection is proved.
        </p>
      ) : (
        <table className="list list-wide">
          <thead>
            <tr>
              <th scope="col" className="w-px pr-6">
                State
              </th>
              <th scope="col">Customer</th>
              <th scope="col" className="num max-sm:pr-4">
                Ended
              </th>
              <th scope="col" className="num max-sm:hidden">
                Earlier
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ customer, run }) => {
              const look = runLook(run.state);
              return (
                <tr key={run.id}>
                  <td className="pr-6">
                    <Status kind={look.kind}>{look.word}</Status>
                  </td>
                  <td>
                    <Link
                      href={paths.run(customer.id, run.id)}
                      prefetch={false}
                      className="font-medium hover:text-accent hover:underline"
                    >
                      {customer.name}
                    </Link>
                  </td>
                  <td className="num max-sm:pr-4">
                    {run.endedAt ? (
                      words.ago(run.endedAt)
                    ) : (
                      <span className="text-ink-3">not yet</span>
                    )}
                  </td>
                  <td className="num max-sm:hidden">
                    <Link
                      href={paths.customerRuns(customer.id)}
                      prefetch={false}
                      className="quiet-link"
                      aria-label={`All runs of ${customer.name}`}
                    >
                      All runs
                    </Link>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </>
  );
}
