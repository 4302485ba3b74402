import Link from 'next/link';
import { customerTexts } from '#app/_texts/customer.ts';
import { Section } from '#app/_ui/section.tsx';
import { Status } from '#app/_ui/status.tsx';
import { Time } from '#app/_ui/time.tsx';
import { paths } from '#app/paths.ts';
import type { CustomerView } from '#lib/services/customers/view.ts';
import type { MailboxToLookAt } from '#lib/services/mailboxes/need-a-look.ts';
import { mailboxLook } from './mailbox-state.ts';

const texts = customerTexts.look;

/** Mailboxes that are not simply good, with why; the others are behind one link. */
export function ToLookAt({
  customer: { id: tenantId, figures, protectedCount },
  found,
}: {
  customer: CustomerView;
  found: { total: number; mailboxes: MailboxToLookAt[] };
}) {
  const { total: all } = figures;
  const link = (
    <Link href={paths.customerMailboxes(tenantId)} prefetch={false} className="quiet-link">
      {texts.all(all)}
    </Link>
  );
  return (
    <Section title={texts.title(found.total, all)} act={link}>
      {found.total === 0 ? (
        <p className="text-sm text-ink-2">
          {protectedCount === 0 ? texts.noneProtected : texts.good}
        </p>
      ) : (
        <ul className="text-sm">
          {found.mailboxes.map((mailbox) => (
            <li
              key={mailbox.id}
              className="flex min-h-row flex-wrap items-center gap-x-3 border-b border-line py-1"
            >
              <span className="w-30 max-sm:w-auto">
                <Status kind={mailboxLook(mailbox.state).kind}>
                  {mailboxLook(mailbox.state).word}
                </Status>
              </span>
              <p className="min-w-40 flex-1">
                <Link
                  href={paths.mailbox(tenantId, mailbox.id)}
                  prefetch={false}
                  className="font-medium hover:text-accent hover:underline"
                >
                  {mailbox.name}
                </Link>{' '}
                <span className="text-ink-2">
                  {mailbox.archive && mailbox.state === 'not-covered'
                    ? texts.archive
                    : (mailbox.reason ?? texts.reasons[mailbox.state])}
                </span>
              </p>
              <span className="text-xs text-ink-3">
                {mailbox.lastGoodAt ? <Time at={mailbox.lastGoodAt} as="age" /> : null}
              </span>
            </li>
          ))}
        </ul>
      )}
      {found.total > found.mailboxes.length ? (
        <p className="pt-2 text-xs">
          <Link
            href={paths.customerMailboxes(tenantId, { show: 'look' })}
            prefetch={false}
            className="quiet-link"
          >
            {texts.more(found.total - found.mailboxes.length, found.total)}
          </Link>
        </p>
      ) : null}
    </Section>
  );
}
