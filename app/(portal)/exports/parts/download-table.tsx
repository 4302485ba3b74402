import { restoreListTexts as texts } from '#app/_texts/restores.ts';
import { paths } from '#app/paths.ts';
import { formatBytes, formatCount } from '#lib/core/bytes.ts';
import type { FleetExport } from '#lib/services/exports/list-all.ts';
import { AskedTable } from '../../restores/parts/asked-table.tsx';
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
      <AskedTable
        more={texts.columns.size}
        rows={rows.map(({ id, tenantId, mailbox, customer, createdAt, ...archive }) => ({
          ...{ id, mailbox, customer, createdAt },
          look: exportLook(archive.state),
          href: paths.export(tenantId, id),
          items: archive.total > 0 ? formatCount(archive.total) : '',
          more: archive.state === 'done' ? formatBytes(archive.bytes) : '',
        }))}
      />
    </section>
  );
}
