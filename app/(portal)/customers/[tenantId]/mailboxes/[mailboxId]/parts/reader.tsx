import { Message } from '#app/_mail/message.tsx';
import { requireContext } from '#app/_server/context.ts';
import { tell } from '#app/_server/failures.ts';
import { mailTexts } from '#app/_texts/mail.ts';
import { Notice } from '#app/_ui/notice.tsx';
import { type MailboxPlace, paths } from '#app/paths.ts';
import { type OpenedItem, readItem } from '#lib/services/items/read.ts';

/** One item of the mailbox beside its list. */
export async function Reader({
  tenantId,
  mailboxId,
  itemId,
  place,
  customerName,
  noDownload,
}: {
  tenantId: string;
  mailboxId: string;
  itemId: string;
  /** Where in the mailbox it is looked at. */
  place: MailboxPlace;
  customerName: string;
  noDownload: string | null;
}) {
  const ctx = await requireContext();
  let read: OpenedItem;
  try {
    read = await readItem(ctx, { tenantId, mailboxId, itemId });
  } catch (err) {
    return (
      <div className="px-4 py-5 sm:px-6">
        <Notice tone="late" title={mailTexts.reader.failed}>
          {await tell(err)}
        </Notice>
      </div>
    );
  }
  return (
    <div className="px-4 py-4 sm:px-6">
      <Message
        tenantId={tenantId}
        read={read}
        look={place.view}
        href={(view) => paths.mailbox(tenantId, mailboxId, { ...place, item: itemId, view })}
        versionHref={(version) =>
          paths.mailbox(tenantId, mailboxId, {
            ...place,
            at: version.sequence,
            item: version.id,
            view: undefined,
            after: undefined,
          })
        }
        seenBy={customerName}
        noDownload={noDownload}
      />
    </div>
  );
}
