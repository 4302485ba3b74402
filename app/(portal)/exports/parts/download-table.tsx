import Link from 'next/link';
import { Status } from '#app/_ui/status.tsx';
import { plural, type Words } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { formatBytes } from '#lib/core/bytes.ts';
import type { ExportView } from '#lib/services/exports/view.ts';
import { exportLook } from './export-state.ts';

/** The way back to ZIPs that were asked for; nothing where there were none. */
export function DownloadTable({
  rows,
  words,
}: {
  rows: { tenantId: string; customer: string; archive: ExportView }[];
  words: Words;
}) {
  if (rows.length === 0) return null;
  const newestFirst = [...rows].sort(
    (a, b) => b.archive.createdAt.getTime() - a.archive.createdAt.getTime(),
  );
  return (
    <section className="pb-8">
      <h2 className="px-4 pt-8 pb-2 text-base font-semibold sm:px-6">Downloads</h2>
      <table className="list list-wide">
        <thead>
          <tr>
            <th scope="col" className="w-px pr-6">
              State
            </th>
            <th scope="col">Customer</th>
            <th scope="col" className="num max-[24rem]:hidden">
              Items
            </th>
            <th scope="col" className="num max-sm:hidden">
              Size
            </th>
            <th scope="col" className="num">
              Asked for
            </th>
          </tr>
        </thead>
        <tbody>
          {newestFirst.map(({ tenantId, customer, archive }) => {
            const look = exportLook(archive.state);
            return (
              <tr key={archive.id}>
                <td className="pr-6">
                  <Status kind={look.kind}>{look.word}</Status>
                </td>
                <td>
                  <Link
                    href={paths.export(tenantId, archive.id)}
                    prefetch={false}
                    className="font-medium hover:text-accent hover:underline"
                  >
                    {customer}
                  </Link>
                </td>
                <td className="num max-[24rem]:hidden">
                  {archive.total > 0 ? plural(archive.total, 'item') : ''}
                </td>
                <td className="num max-sm:hidden">
                  {archive.state === 'done' ? formatBytes(archive.bytes) : ''}
                </td>
                <td className="num max-sm:whitespace-normal!">{words.short(archive.createdAt)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
