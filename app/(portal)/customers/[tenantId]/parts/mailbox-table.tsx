import Link from 'next/link';
import { mailboxTexts } from '#app/_texts/customer.ts';
import { Section } from '#app/_ui/section.tsx';
import { NoMatch } from '#app/_ui/states.tsx';
import { Status } from '#app/_ui/status.tsx';
import { Time } from '#app/_ui/time.tsx';
import { type MailboxesList, paths } from '#app/paths.ts';
import { formatBytes, formatCount } from '#lib/core/bytes.ts';
import { isShown } from '#lib/services/mailboxes/rules.ts';
import type { MailboxRow } from '#lib/services/mailboxes/view.ts';
import { MailboxFilter } from './mailbox-filter.tsx';
import { mailboxLook } from './mailbox-state.ts';

const texts = mailboxTexts.list;

/** More lines than that take longer to draw than anybody reads them. */
const perPage = 100;

/** The mailboxes of the customer, or those that a number counted; worst first, a hundred at a time. */
export function MailboxTable({
  tenantId,
  mailboxes,
  list,
}: {
  tenantId: string;
  mailboxes: MailboxRow[];
  list: MailboxesList;
}) {
  const rows = mailboxes
    .filter((mailbox) => isShown(mailbox, list.show ?? null, list.cause ?? null))
    .map((mailbox) => ({ mailbox, look: mailboxLook(mailbox.health) }))
    .sort((a, b) => a.look.rank - b.look.rank || a.mailbox.name.localeCompare(b.mailbox.name));
  const page = Math.min(list.page ?? 1, Math.max(1, Math.ceil(rows.length / perPage)));
  const from = (page - 1) * perPage;
  const shown = rows.slice(from, from + perPage);
  const needing = mailboxes.filter((mailbox) => isShown(mailbox, 'look')).length;
  const narrowed = list.show !== undefined;
  return (
    <div id="mailboxes" className="scroll-mt-14">
      <Section
        title={narrowed ? texts.some(rows.length, mailboxes.length) : texts.title(rows.length)}
        note={narrowed || needing === 0 ? texts.open : texts.needing(needing)}
        act={mailboxes.length > 0 ? <MailboxFilter tenantId={tenantId} list={list} /> : null}
      >
        {mailboxes.length === 0 ? (
          <p className="text-sm text-ink-2">{texts.none}</p>
        ) : rows.length === 0 ? (
          <NoMatch one={texts.one} clear={paths.customerMailboxes(tenantId)} />
        ) : (
          <table className="list">
            <thead>
              <tr>
                <th scope="col" className="w-px pr-4">
                  <span className="max-sm:sr-only">{texts.columns.state}</span>
                </th>
                <th scope="col">{texts.columns.mailbox}</th>
                <th scope="col" className="num">
                  {texts.columns.items}
                </th>
                <th scope="col" className="num max-sm:hidden">
                  {texts.columns.size}
                </th>
                <th scope="col" className="num">
                  {texts.columns.lastGood}
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map(({ mailbox, look }) => (
                <tr key={mailbox.id}>
                  <td className="pr-4">
                    <Status kind={look.kind}>
                      <span className="max-sm:sr-only">{look.word}</span>
                    </Status>
                  </td>
                  <td>
                    <Link
                      href={paths.mailbox(tenantId, mailbox.id)}
                      prefetch={false}
                      className="font-medium hover:text-accent hover:underline max-sm:inline-block max-sm:py-2"
                    >
                      {mailbox.name}
                    </Link>{' '}
                    <span className="text-ink-3">{mailbox.kind}</span>
                  </td>
                  <td className="num">{formatCount(mailbox.items)}</td>
                  <td className="num max-sm:hidden">{formatBytes(mailbox.bytes)}</td>
                  <td className="num">
                    {mailbox.lastGoodAt ? (
                      <Time at={mailbox.lastGoodAt} as="age" inside />
                    ) : (
                      <span className="text-ink-3">{texts.never}</span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {rows.length > perPage ? (
          <p className="flex flex-wrap gap-4 py-3 text-xs text-ink-2">
            {texts.rows(from + 1, from + shown.length)}
            {page > 1 ? (
              <Link
                href={paths.customerMailboxes(tenantId, { ...list, page: page - 1 })}
                prefetch={false}
                className="quiet-link"
              >
                {texts.previous(perPage)}
              </Link>
            ) : null}
            {from + shown.length < rows.length ? (
              <Link
                href={paths.customerMailboxes(tenantId, { ...list, page: page + 1 })}
                prefetch={false}
                className="quiet-link"
              >
                {texts.next(Math.min(perPage, rows.length - from - shown.length))}
              </Link>
            ) : null}
          </p>
        ) : null}
      </Section>
    </div>
  );
}
