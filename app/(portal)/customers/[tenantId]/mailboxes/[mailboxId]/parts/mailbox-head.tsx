import { mailTexts } from '#app/_texts/mail.ts';
import { Chip } from '#app/_ui/chip.tsx';
import { Status } from '#app/_ui/status.tsx';
import { Time } from '#app/_ui/time.tsx';
import type { CustomerView } from '#lib/services/customers/view.ts';
import type { MailboxView } from '#lib/services/mailboxes/view.ts';
import { mailboxLook } from '../../../parts/mailbox-state.ts';

/** Whose mailbox it is, and how well it is backed up. */
export function MailboxHead({
  customer,
  mailbox,
}: {
  customer: CustomerView;
  mailbox: MailboxView;
}) {
  const look = mailboxLook(mailbox.health);
  return (
    <>
      <span className="max-sm:hidden">
        <Chip text={customer.initials} />
      </span>
      <h1 className="text-xl font-semibold max-sm:sr-only">{mailbox.name}</h1>
      <p className="text-sm text-ink-2">{mailTexts.mailbox.kind(customer.name, mailbox.kind)}</p>
      <Status kind={look.kind}>
        <span>
          {look.word}
          {mailbox.lastGoodAt ? (
            <>
              {', '}
              <Time at={mailbox.lastGoodAt} as="ago" />
            </>
          ) : null}
        </span>
      </Status>
    </>
  );
}
