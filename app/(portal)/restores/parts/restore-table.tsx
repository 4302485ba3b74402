import Link from 'next/link';
import { restoreListTexts as texts } from '#app/_texts/restores.ts';
import { Status } from '#app/_ui/status.tsx';
import { Time } from '#app/_ui/time.tsx';
import { paths, type RestoresList } from '#app/paths.ts';
import { formatCount } from '#lib/core/bytes.ts';
import type { FleetRestore } from '#lib/services/restores/list-all.ts';
import { restoreLook } from './restore-state.ts';

/** Restores of several customers; the mailbox leads to the restore, the customer narrows the list. */
export function RestoreTable({ rows, narrowed }: { rows: FleetRestore[]; narrowed: RestoresList }) {
  return (
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
            {texts.columns.failed}
          </th>
          <th scope="col" className="num">
            {texts.columns.asked}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((restore) => {
          const look = restoreLook(restore.state);
          const { counts, plan } = restore;
          return (
            <tr key={restore.id}>
              <td className="pr-6">
                <Status kind={look.kind}>
                  <span className="max-[26rem]:sr-only">{look.word}</span>
                </Status>
              </td>
              <td>
                <Link
                  href={paths.restore(restore.tenantId, restore.id)}
                  prefetch={false}
                  className="font-medium break-words hover:text-accent hover:underline"
                >
                  {restore.mailbox}
                </Link>
                {restore.targetMailboxId === restore.mailboxId ? null : (
                  <span className="ml-2 text-ink-2">{texts.into(restore.targetMailbox)}</span>
                )}
                <span className="block text-xs text-ink-2 sm:hidden">{restore.customer}</span>
              </td>
              <td className="max-sm:hidden">
                <Link
                  href={paths.restores({ ...narrowed, customer: restore.tenantId })}
                  prefetch={false}
                  title={texts.only(restore.customer)}
                  className="text-ink-2 hover:text-ink hover:underline"
                >
                  {restore.customer}
                </Link>
              </td>
              <td className="num max-[24rem]:hidden">
                {restore.state === 'done'
                  ? texts.back(formatCount(counts.verified))
                  : plan === null
                    ? ''
                    : formatCount(plan.write + plan.present + plan.changed + plan.cannot)}
              </td>
              <td
                className={`num max-sm:hidden ${counts.failed === 0 ? 'text-ink-3' : 'font-medium text-fail-ink'}`}
              >
                {restore.startedAt === null ? '' : formatCount(counts.failed)}
              </td>
              <td className="num max-sm:whitespace-normal!">
                <Time at={restore.createdAt} as="short" inside />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
