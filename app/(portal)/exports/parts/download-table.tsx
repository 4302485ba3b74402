import Link from 'next/link';
import { restoreListTexts as texts } from '#app/_texts/restores.ts';
import { Status } from '#app/_ui/status.tsx';
import { Time } from '#app/_ui/time.tsx';
import { paths } from '#app/paths.ts';
import { formatBytes, formatCount } from '#lib/core/bytes.ts';
import type { FleetExport } from '#lib/services/exports/list-all.ts';
import { exportLook } from './export-state.ts';

/** The way back to ZIPs that were asked for; nothing where there were none. */
export function DownloadTable({ rows }: { rows: FleetExport[] }) {
  if (rows.length === 0) return null;
  return (
    <section className="pb-8">
      <div className="flex flex-wrap items-baseline gap-x-2 px-4 pt-8 pb-2 sm:px-6">
        <h2 className="text-base font-semibold">{texts.downloads}</h2>
        <p className="text-xs text-ink-3">{texts.downloadsNote}</p>
      </div>
      <table className="list list-wide">
        <thead>
          <tr>
            <th scope="col" className="w-px pr-6">
              {texts.columns.state}
            </th>
            <th scope="col">{texts.columns.mailbox}</th>
            <th scope="col" className="max-sm:hidden">
              {texts.columns.customer}
            </th>
            <th scope="col" className="num max-[24rem]:hidden">
              {texts.columns.items}
            </th>
            <th scope="col" className="num max-sm:hidden">
              {texts.columns.size}
            </th>
            <th scope="col" className="num">
              {texts.columns.asked}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((archive) => {
            const look = exportLook(archive.state);
            return (
              <tr key={archive.id}>
                <td className="pr-6">
                  <Status kind={look.kind}>
                    <span className="max-[26rem]:sr-only">{look.word}</span>
                  </Status>
                </td>
                <td>
                  <Link
                    href={paths.export(archive.tenantId, archive.id)}
                    prefetch={false}
                    className="font-medium break-words hover:text-accent hover:underline"
                  >
                    {archive.mailbox}
                  </Link>
                  <span className="block text-xs text-ink-2 sm:hidden">{archive.customer}</span>
                </td>
                <td className="text-ink-2 max-sm:hidden">{archive.customer}</td>
                <td className="num max-[24rem]:hidden">
                  {archive.total > 0 ? formatCount(archive.total) : ''}
                </td>
                <td className="num max-sm:hidden">
                  {archive.state === 'done' ? formatBytes(archive.bytes) : ''}
                </td>
                <td className="num max-sm:whitespace-normal!">
                  <Time at={archive.createdAt} as="short" inside />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
