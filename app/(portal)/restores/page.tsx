import type { Metadata } from 'next';
import Link from 'next/link';
import { requireContext, whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { Status } from '#app/_ui/status.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { createWords, plural } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { formatCount } from '#lib/core/bytes.ts';
import { mapLimited } from '#lib/core/concurrency.ts';
import { listCustomers } from '#lib/services/customers/list.ts';
import { listExports } from '#lib/services/exports/list.ts';
import { listRestores } from '#lib/services/restores/list.ts';
import { DownloadTable } from '../exports/parts/download-table.tsx';
import { restoreLook } from './parts/restore-state.ts';

export const metadata: Metadata = { title: 'Restores' };

/** How many of each customer the list shows. */
const shownPerCustomer = 10;

/** Restores of all customers, newest first, and the downloads beside them. */
export default async function RestoresPage() {
  const ctx = await requireContext();
  const customers = await load(listCustomers(ctx));
  const lists = await mapLimited(customers, 4, async ({ id, name }) => {
    const restores = await listRestores(ctx, { tenantId: id, limit: shownPerCustomer });
    return restores.map((restore) => ({ tenantId: id, customer: name, restore }));
  });
  const mayExport = (await whyNot('exports.run')) === null;
  const downloads = await mapLimited(mayExport ? customers : [], 4, async ({ id, name }) => {
    const archives = await listExports(ctx, { tenantId: id, limit: shownPerCustomer });
    return archives.map((archive) => ({ tenantId: id, customer: name, archive }));
  });
  const rows = lists
    .flat()
    .sort((a, b) => b.restore.createdAt.getTime() - a.restore.createdAt.getTime());
  const { zone, now } = await reading();
  const words = createWords(zone, now);
  return (
    <>
      <TopBar crumbs={[{ label: 'Restores' }]} />
      <div className="flex flex-wrap items-baseline gap-3 px-4 pt-5 pb-3 sm:px-6">
        <h1 className="text-xl font-semibold">Restores</h1>
        <p className="ml-auto text-xs text-ink-3">as of {words.clock(now)}</p>
      </div>
      {rows.length === 0 ? (
        <p className="px-4 py-6 text-ink-2 sm:px-6">
          None yet. Open a mailbox of a customer, choose what to put back, and look at the plan.
        </p>
      ) : (
        <table className="list list-wide">
          <thead>
            <tr>
              <th scope="col" className="w-px pr-6">
                State
              </th>
              <th scope="col">Customer</th>
              <th scope="col" className="num">
                Items
              </th>
              <th scope="col" className="num">
                Asked for
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ tenantId, customer, restore }) => {
              const look = restoreLook(restore.state);
              return (
                <tr key={restore.id}>
                  <td className="pr-6">
                    <Status kind={look.kind}>{look.word}</Status>
                  </td>
                  <td>
                    <Link
                      href={paths.restore(tenantId, restore.id)}
                      prefetch={false}
                      className="font-medium hover:text-accent hover:underline"
                    >
                      {customer}
                    </Link>
                  </td>
                  <td className="num">
                    {restore.state === 'done'
                      ? `${formatCount(restore.counts.verified)} back`
                      : restore.plan
                        ? plural(restore.counts.total, 'item')
                        : ''}
                  </td>
                  <td className="num max-sm:whitespace-normal!">
                    {words.short(restore.createdAt)}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      <DownloadTable rows={downloads.flat()} words={words} />
    </>
  );
}
