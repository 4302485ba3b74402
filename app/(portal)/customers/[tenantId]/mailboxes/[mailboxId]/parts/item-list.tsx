import Link from 'next/link';
import { mailTexts } from '#app/_texts/mail.ts';
import { formatCount } from '#lib/core/bytes.ts';
import { AgendaRows } from './agenda-rows.tsx';
import { ContactRows } from './contact-rows.tsx';
import type { FolderLook } from './folders.ts';
import { type ItemRowsProps, type ListedItem, MailRows } from './item-rows.tsx';
import { TaskRows } from './task-rows.tsx';

const rowsOf: Record<FolderLook, (props: ItemRowsProps) => React.ReactNode> = {
  mail: MailRows,
  agenda: AgendaRows,
  contacts: ContactRows,
  tasks: TaskRows,
};

/** One window of a folder, each row with its box: drawn as what the folder is for. */
export function ItemList({
  look,
  title,
  count,
  items,
  opened,
  href,
  next,
  first,
  show,
}: {
  look: FolderLook;
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
  const Rows = rowsOf[look];
  return (
    <>
      <div className="sticky top-0 z-10 flex h-11 items-center gap-3 border-b border-line bg-surface px-4 text-sm max-lg:hidden">
        <input
          type="checkbox"
          data-all
          aria-label={texts.selectShown(items.length)}
          className="box mt-0.5"
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
        <Rows title={title} items={items} opened={opened} href={href} />
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
