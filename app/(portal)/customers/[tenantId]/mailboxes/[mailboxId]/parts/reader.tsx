import { requireContext } from '#app/_server/context.ts';
import { tell } from '#app/_server/failures.ts';
import { Chip } from '#app/_ui/chip.tsx';
import { Icon } from '#app/_ui/icon.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { initials, plural, type Words } from '#app/_ui/words.ts';
import { formatBytes } from '#lib/core/bytes.ts';
import { type OpenedItem, readItem } from '#lib/services/items/read.ts';
import { kindWords, type ListedItem } from './item-list.tsx';
import { namesOf } from './people.ts';

/** The text of one item. Mail is hostile: it is shown as text, on a sheet of its own. */
export async function Reader({
  tenantId,
  mailboxId,
  item,
  words,
  customerName,
}: {
  tenantId: string;
  mailboxId: string;
  item: ListedItem;
  words: Words;
  customerName: string;
}) {
  const ctx = await requireContext();
  let read: OpenedItem;
  try {
    read = await readItem(ctx, { tenantId, mailboxId, itemId: item.id });
  } catch (err) {
    return (
      <div className="px-4 py-5 sm:px-6">
        <Notice tone="late" title="This item could not be opened">
          {await tell(err)}
        </Notice>
      </div>
    );
  }
  const header = (name: string) =>
    read.headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? null;
  const sender = namesOf(item.sender || header('from') || '') || kindWords[item.kind];
  const to = header('to');
  const cc = header('cc');
  return (
    <article className="space-y-3 px-4 py-4 sm:px-6">
      <h2 className="text-lg font-semibold break-words">{item.subject || '(no subject)'}</h2>
      <div className="flex items-start gap-3 text-sm">
        <Chip text={initials(sender)} size="round" />
        <p className="min-w-0 flex-1 break-words text-ink-2">
          <strong className="font-semibold text-ink">{sender}</strong>
          {to ? ` to ${namesOf(to)}` : ''}
          {cc ? `, copy to ${namesOf(cc)}` : ''}
        </p>
        <p className="whitespace-nowrap text-ink-2">{item.at ? words.moment(item.at) : ''}</p>
      </div>
      {item.goneSince ? (
        <Notice tone="late" icon="minus">
          <strong className="font-semibold text-ink">Gone from the mailbox</strong> since{' '}
          {words.moment(item.goneSince)}. Safe here
          {read.attachments.length > 0
            ? `, with its ${plural(read.attachments.length, 'file')}`
            : ''}
          .
        </Notice>
      ) : null}
      {read.attachments.length > 0 ? (
        <ul aria-label="Attachments" className="flex flex-wrap gap-2">
          {read.attachments.map((file, index) => (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: two attachments may share every field
              key={index}
              className="flex h-8 max-w-full items-center gap-2 rounded-md border border-line px-3 text-sm"
            >
              <Icon name="fileText" className="size-3.5 text-ink-2" />
              <span className="truncate">{file.name || 'without a name'}</span>
              <span className="text-ink-3">{formatBytes(file.bytes)}</span>
            </li>
          ))}
        </ul>
      ) : null}
      <pre className="rounded-lg border border-sheet-line bg-sheet px-5 py-4 font-sans text-base leading-6 break-words whitespace-pre-wrap text-sheet-ink">
        {read.text || '(no text)'}
      </pre>
      {read.truncated ? (
        <p className="text-xs text-ink-3">
          The text goes on; a restore or an export holds all of it.
        </p>
      ) : null}
      <details className="text-sm">
        <summary className="text-ink-2">Headers</summary>
        <dl className="mt-2 grid grid-cols-[8rem_1fr] gap-x-3 gap-y-1 text-xs">
          {read.headers.map(([name, value], index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a header may occur twice with one value
            <div key={index} className="contents">
              <dt className="truncate text-ink-3">{name}</dt>
              <dd className="break-all">{value}</dd>
            </div>
          ))}
        </dl>
      </details>
      <p className="flex items-center gap-1.5 text-xs text-ink-3">
        <Icon name="eye" className="size-3.5" />
        {customerName} sees that you opened this.
      </p>
    </article>
  );
}
