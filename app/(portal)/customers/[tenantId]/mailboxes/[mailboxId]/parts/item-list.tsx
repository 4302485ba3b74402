import Link from 'next/link';
import { cardLine } from '#app/_mail/card-line.ts';
import { namesOf } from '#app/_mail/names.ts';
import { mailTexts } from '#app/_texts/mail.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { Time } from '#app/_ui/time.tsx';
import type { ItemKind } from '#db/enums.ts';
import { formatCount } from '#lib/core/bytes.ts';
import type { ItemView } from '#lib/services/items/list.ts';

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

/** One window of a folder, newest first, each row with its box. */
export function ItemList({
  title,
  count,
  items,
  opened,
  href,
  next,
  first,
  show,
}: {
  title: string;
  count: number;
  items: ListedItem[];
  opened: string | null;
  href: (itemId: string) => string;
  next: string | null;
  first: string | null;
  /** Which are listed, and where the others are. */
  show: { goneOnly: boolean; allHref: string; goneHref: string };
}) {
  const texts = mailTexts.list;
  return (
    <>
      <div className="sticky top-0 z-10 flex h-11 items-center gap-3 border-b border-line bg-surface px-4 text-sm max-lg:hidden">
        <input
          type="checkbox"
          data-all
          aria-label={texts.selectShown(items.length)}
          className={boxClass}
        />
        <h2 className="min-w-0 truncate font-semibold">{title}</h2>
        <span className="text-ink-2">{formatCount(count)}</span>
        <Filter show={show} />
      </div>
      <div className="flex h-11 items-center border-b border-line px-4 text-sm lg:hidden">
        <Filter show={show} />
      </div>
      {items.length === 0 ? (
        <p className="px-4 py-6 text-sm text-ink-2">
          {show.goneOnly ? texts.nothingGone : texts.nothing}
        </p>
      ) : (
        <ul aria-label={texts.itemsIn(title)}>
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
                aria-label={texts.select(label(item))}
                className={`relative z-10 ${boxClass} max-sm:mt-2.5 max-sm:size-6`}
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
                    {item.at ? <Time at={item.at} as="day" inside /> : null}
                  </span>
                </span>
                <span className="flex gap-2">
                  <span className="min-w-0 flex-1 truncate">{second(item)}</span>
                  <span className="flex items-center gap-3 text-xs leading-5 whitespace-nowrap text-ink-2">
                    {item.hasAttachments ? (
                      <Icon name="paperclip" label={texts.attachments} className="size-3.5" />
                    ) : null}
                    <Mark now={item.now} />
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
              {texts.first}
            </Link>
          ) : null}
          {next ? (
            <Link href={next} prefetch={false} className="quiet-link ml-auto">
              {show.goneOnly ? texts.more : texts.moreOf(count)}
            </Link>
          ) : null}
        </p>
      ) : null}
    </>
  );
}

/** All that was there, or only what is there no more. */
function Filter({ show }: { show: { goneOnly: boolean; allHref: string; goneHref: string } }) {
  const texts = mailTexts.list;
  const choices = [
    { label: texts.all, href: show.allHref, chosen: !show.goneOnly },
    { label: texts.gone, href: show.goneHref, chosen: show.goneOnly },
  ];
  return (
    <nav aria-label={texts.now} className="ml-auto flex items-center gap-1">
      <span aria-hidden className="mr-1 text-ink-3">
        {texts.now}
      </span>
      {choices.map(({ label, href, chosen }) => (
        <Link
          key={label}
          href={href}
          prefetch={false}
          aria-current={chosen ? 'true' : undefined}
          className={`flex h-7 items-center rounded-md px-2 max-sm:h-11 max-sm:px-3 ${chosen ? 'bg-hover font-semibold' : 'text-ink-2 hover:text-ink'}`}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}

const marks = { moved: 'arrowRight', edited: 'note', gone: 'minus' } as const;

/** Against now, as glyph and word; what is as it was says nothing. */
function Mark({ now }: { now: ListedItem['now'] }) {
  if (now === 'there') return null;
  const gone = now === 'gone';
  return (
    <span className={`flex items-center gap-1.5 ${gone ? 'text-late-ink' : ''}`}>
      <Icon name={marks[now]} className={`size-3 ${gone ? 'text-late-mark' : 'text-ink-3'}`} />
      {mailTexts.now.marks[now]}
    </span>
  );
}

const boxClass = 'box mt-0.5';

/** Mail is known by who sent it, everything else by what it is called. */
function head(item: ListedItem): string {
  if (item.kind === 'message') return namesOf(item.sender) || mailTexts.list.noSender;
  return item.subject || mailTexts.noSubject;
}

function second(item: ListedItem): string {
  if (item.kind === 'message') return item.subject || mailTexts.noSubject;
  const line = item.card === null ? namesOf(item.sender) : cardLine(item.card);
  return [mailTexts.list.kinds[item.kind], line].filter(Boolean).join(', ');
}

function label(item: ListedItem): string {
  const name = item.subject || mailTexts.list.unnamed;
  return item.sender ? mailTexts.list.from(name, namesOf(item.sender)) : name;
}
