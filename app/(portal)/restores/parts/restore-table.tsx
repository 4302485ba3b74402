import { restoreListTexts as texts } from '#app/_texts/restores.ts';
import { paths, type RestoresList } from '#app/paths.ts';
import { formatCount } from '#lib/core/bytes.ts';
import type { FleetRestore } from '#lib/services/restores/list-all.ts';
import { type AskedRow, AskedTable } from './asked-table.tsx';
import { restoreLook } from './restore-state.ts';

/** Restores of several customers; the mailbox leads to the restore, the customer narrows the list. */
export function RestoreTable({ rows, narrowed }: { rows: FleetRestore[]; narrowed: RestoresList }) {
  return (
    <AskedTable more={texts.columns.failed} rows={rows.map((row) => restoreRow(row, narrowed))} />
  );
}

function restoreRow(restore: FleetRestore, narrowed: RestoresList): AskedRow {
  const { id, tenantId, counts, plan, state } = restore;
  const { mailbox, customer, createdAt } = restore;
  const planned = plan && plan.write + plan.present + plan.changed + plan.cannot;
  return {
    ...{ id, mailbox, customer, createdAt },
    look: restoreLook(state),
    href: paths.restore(tenantId, id),
    into: restore.targetMailboxId === restore.mailboxId ? null : texts.into(restore.targetMailbox),
    customerHref: paths.restores({ ...narrowed, customer: tenantId }),
    items:
      state === 'done'
        ? texts.back(formatCount(counts.verified))
        : planned === null
          ? ''
          : formatCount(planned),
    more:
      restore.startedAt === null ? (
        ''
      ) : (
        <span className={counts.failed === 0 ? 'text-ink-3' : 'font-medium text-fail-ink'}>
          {formatCount(counts.failed)}
        </span>
      ),
  };
}
