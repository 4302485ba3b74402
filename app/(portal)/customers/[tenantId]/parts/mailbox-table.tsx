import Link from 'next/link';
import { customersTexts as texts } from '#app/_texts/fleet.ts';
import { Section } from '#app/_ui/section.tsx';
import { Status } from '#app/_ui/status.tsx';
import { plural, type Words } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { formatBytes, formatCount } from '#lib/core/bytes.ts';
import type { MailboxRow } from '#lib/services/mailboxes/view.ts';
import { mailboxState } from './mailbox-state.ts';

/** More lines than that take longer to draw than anybody reads them. */
const perPage = 100;

/** The mailboxes of the customer, worst first, a hundred at a time. */
export function MailboxTable({
  tenantId,
  mailboxes,
  words,
  page: wanted,
}: {
  tenantId: string;
  mailboxes: MailboxRow[];
  words: Words;
  page: number;
}) {
  const rows = mailboxes
    .map((mailbox) => ({ mailbox, look: mailboxState(mailbox) }))
    .sort((a, b) => a.look.rank - b.look.rank || a.mailbox.name.localeCompare(b.mailbox.name));
  const page = Math.min(wanted, Math.max(1, Math.ceil(rows.length / perPage)));
  const from = (page - 1) * perPage;
  const shown = rows.slice(from, from + perPage);
  const needing = rows.filter(({ look }) => look.rank < 3).length;
  return (
    <div id="mailboxes" className="scroll-mt-14">
      <Section
        title={plural(mailboxes.length, 'mailbox', 'mailboxes')}
        note={
          needing === 0
            ? 'open one to read or restore'
            : `${needing} ${needing === 1 ? 'needs' : 'need'} a look; open one to read or restore`
        }
      >
        {rows.length === 0 ? (
          <p className="text-sm text-ink-2">
            None found yet. They appear here as soon as Microsoft has listed them.
          </p>
        ) : (
          <table className="list">
            <thead>
              <tr>
                <th scope="col" className="w-px pr-4">
                  <span className="max-sm:sr-only">State</span>
                </th>
                <th scope="col">Mailbox</th>
                <th scope="col" className="num">
                  Items
                </th>
                <th scope="col" className="num max-sm:hidden">
                  Size
                </th>
                <th scope="col" className="num">
                  Last good
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
                      words.age(mailbox.lastGoodAt)
                    ) : (
                      <span className="text-ink-3">none</span>
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
                href={paths.customerMailboxes(tenantId, { page: page - 1 })}
                prefetch={false}
                className="quiet-link"
              >
                {texts.previous(perPage)}
              </Link>
            ) : null}
            {from + shown.length < rows.length ? (
              <Link
                href={paths.customerMailboxes(tenantId, { page: page + 1 })}
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
