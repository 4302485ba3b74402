import Link from 'next/link';
import type { ReactNode } from 'react';
import { cardLine } from '#app/_mail/card-line.ts';
import { namesOf } from '#app/_mail/names.ts';
import { mailTexts } from '#app/_texts/mail.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { Time } from '#app/_ui/time.tsx';
import type { ItemKind } from '#db/enums.ts';
import type { ItemView } from '#lib/services/items/list.ts';

const texts = mailTexts.list;

export interface ListedItem {
  id: string;
  kind: ItemKind;
  subject: string;
  sender: string;
  at: Date | null;
  bytes: number;
  hasAttachments: boolean;
  card: ItemView['card'];
  now: 'there' | 'moved' | 'edited' | 'gone';
}

export interface ItemRowsProps {
  title: string;
  items: ListedItem[];
  opened: string | null;
  href: (itemId: string) => string;
}

/** Messages, and whatever else has no form of its own: who and when, what, and what became of it. */
export function MailRows({ title, items, opened, href }: ItemRowsProps) {
  return (
    <ul aria-label={texts.itemsIn(title)}>
      {items.map((item) => (
        <li
          key={item.id}
          className={`relative flex h-[3.75rem] items-start gap-3 border-b border-line px-4 py-2.5 text-sm max-sm:h-[4.125rem] max-sm:text-base ${rowInk(item, opened)}`}
        >
          <ItemBox item={item} />
          <ItemLink item={item} opened={opened} href={href}>
            <span className="flex gap-2">
              <span title={head(item)} className="min-w-0 flex-1 truncate font-medium">
                {head(item)}
              </span>
              <span className="text-xs leading-5 whitespace-nowrap text-ink-2">
                {item.at ? <Time at={item.at} as="day" inside /> : null}
              </span>
            </span>
            <span className="flex gap-2">
              <span title={second(item)} className="min-w-0 flex-1 truncate">
                {second(item)}
              </span>
              <Marks item={item} />
            </span>
          </ItemLink>
        </li>
      ))}
    </ul>
  );
}

export function rowInk(item: ListedItem, opened: string | null): string {
  return item.id === opened ? 'bg-selected' : 'hover:bg-canvas';
}

/** Chooses the item; the form around the list counts what is chosen. */
export function ItemBox({ item, lines = 2 }: { item: ListedItem; lines?: 1 | 2 }) {
  return (
    <input
      type="checkbox"
      name="item"
      value={item.id}
      data-bytes={item.bytes}
      aria-label={texts.select(label(item))}
      className={`box relative z-10 mt-0.5 max-sm:size-6 ${lines === 2 ? 'max-sm:mt-2.5' : ''}`}
    />
  );
}

/** Opens the item, wherever in its row it is clicked. */
export function ItemLink({
  item,
  opened,
  href,
  children,
}: Pick<ItemRowsProps, 'opened' | 'href'> & { item: ListedItem; children: ReactNode }) {
  return (
    <Link
      href={href(item.id)}
      prefetch={false}
      scroll={false}
      aria-current={item.id === opened ? 'true' : undefined}
      className="min-w-0 flex-1 after:absolute after:inset-0"
    >
      {children}
    </Link>
  );
}

const marks = { moved: 'arrowRight', edited: 'note', gone: 'minus' } as const;

/** Against now, as glyph and word; what is as it was says nothing. And whether files hang on it. */
export function Marks({ item: { now, hasAttachments } }: { item: ListedItem }) {
  const gone = now === 'gone';
  return (
    <span className="flex items-center gap-3 text-xs leading-5 whitespace-nowrap text-ink-2">
      {hasAttachments ? (
        <Icon name="paperclip" label={texts.attachments} className="size-3.5" />
      ) : null}
      {now === 'there' ? null : (
        <span className={`flex items-center gap-1.5 ${gone ? 'text-late-ink' : ''}`}>
          <Icon name={marks[now]} className={`size-3 ${gone ? 'text-late-mark' : 'text-ink-3'}`} />
          {mailTexts.now.marks[now]}
        </span>
      )}
    </span>
  );
}

/** Mail is known by who sent it, everything else by what it is called. */
function head(item: ListedItem): string {
  if (item.kind === 'message') return namesOf(item.sender) || texts.noSender;
  return item.subject || mailTexts.noSubject;
}

function second(item: ListedItem): string {
  if (item.kind === 'message') return item.subject || mailTexts.noSubject;
  const line = item.card === null ? namesOf(item.sender) : cardLine(item.card);
  return [texts.kinds[item.kind], line].filter(Boolean).join(', ');
}

function label(item: ListedItem): string {
  const name = item.subject || texts.unnamed;
  return item.sender ? texts.from(name, namesOf(item.sender)) : name;
}
