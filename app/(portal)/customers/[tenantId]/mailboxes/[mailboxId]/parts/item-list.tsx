import Link from 'next/link';
import { namesOf } from '#app/_mail/names.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { plural, type Words } from '#app/_ui/words.ts';
import type { ItemKind } from '#db/enums.ts';
import { formatCount } from '#lib/core/bytes.ts';

export interface ListedItem {
  id: string;
  kind: ItemKind;
  subject: string;
  sender: string;
  at: Date | null;
  bytes: number;
  hasAttachments: boolean;
  goneSince: Date | null;
}

/** One window of a folder, newest first, each row with its box. */
export function ItemList({
  title,
  count,
  items,
  opened,
  words,
  href,
  next,
  first,
}: {
  title: string;
  count: number;
  items: ListedItem[];
  opened: string | null;
  words: Words;
  href: (itemId: string) => string;
  next: string | null;
  first: string | null;
}) {
  return (
    <>
      <div className="sticky top-0 z-10 flex h-11 items-center gap-3 border-b border-line bg-surface px-4 text-sm max-lg:hidden">
        <input
          type="checkbox"
          data-all
          aria-label={`Select the ${items.length} items shown`}
          className={boxClass}
        />
        <h2 className="min-w-0 truncate font-semibold">{title}</h2>
        <span className="text-ink-2">{formatCount(count)}</span>
      </div>
      {items.length === 0 ? (
        <p className="px-4 py-6 text-sm text-ink-2">Nothing is in this folder at this moment.</p>
      ) : (
        <ul aria-label={`Items in ${title}`}>
          {items.map((item) => (
            <li
              key={item.id}
              className={`relative flex h-[3.75rem] items-start gap-3 border-b border-line px-4 py-2.5 text-sm max-sm:h-[4.125rem] max-sm:text-base ${item.id === opened ? 'bg-selected' : 'hover:bg-canvas'}`}
            >
              <input
                type="checkbox"
                name="item"
                value={item.id}
                data-bytes={item.bytes}
                aria-label={`Select ${label(item)}`}
                className={`relative z-10 ${boxClass} max-sm:mt-2.5 max-sm:size-5`}
              />
              <Link
                href={href(item.id)}
                prefetch={false}
                scroll={false}
                aria-current={item.id === opened ? 'true' : undefined}
                className="min-w-0 flex-1 after:absolute after:inset-0"
              >
                <span className="flex gap-2">
                  <span className="min-w-0 flex-1 truncate font-medium">{head(item)}</span>
                  <span className="text-xs leading-5 whitespace-nowrap text-ink-2">
                    {item.at ? words.day(item.at) : ''}
                  </span>
                </span>
                <span className="flex gap-2">
                  <span className="min-w-0 flex-1 truncate">{second(item)}</span>
                  <span className="flex items-center gap-3 text-xs leading-5 whitespace-nowrap text-ink-2">
                    {item.hasAttachments ? (
                      <Icon name="paperclip" label="has attachments" className="size-3.5" />
                    ) : null}
                    {item.goneSince ? (
                      <span className="flex items-center gap-1.5 text-late-ink">
                        <Icon name="minus" className="size-3 text-late-mark" />
                        gone
                      </span>
                    ) : null}
                  </span>
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      {next || first ? (
        <p className="flex gap-4 px-4 py-3 text-sm">
          {first ? (
            <Link href={first} prefetch={false} className="quiet-link">
              First items
            </Link>
          ) : null}
          {next ? (
            <Link href={next} prefetch={false} className="quiet-link ml-auto">
              More of {plural(count, 'item')}
            </Link>
          ) : null}
        </p>
      ) : null}
    </>
  );
}

const boxClass = 'box mt-0.5';

/** Mail is known by who sent it, everything else by what it is called. */
function head(item: ListedItem): string {
  if (item.kind === 'message') return namesOf(item.sender) || 'no sender';
  return item.subject || '(no subject)';
}

function second(item: ListedItem): string {
  if (item.kind === 'message') return item.subject || '(no subject)';
  return [kindWords[item.kind], namesOf(item.sender)].filter(Boolean).join(', ');
}

export const kindWords: Record<ItemKind, string> = {
  message: 'message',
  event: 'event',
  contact: 'contact',
  task: 'task',
  note: 'note',
  other: 'item',
};

function label(item: ListedItem): string {
  return `${item.subject || 'item without subject'}${item.sender ? ` from ${namesOf(item.sender)}` : ''}`;
}
