import type { ReactNode } from 'react';
import { mailTexts } from '#app/_texts/mail.ts';
import { type ListedItem, rowInk } from './item-rows.tsx';

interface Group {
  key: string;
  heading: string;
  items: ListedItem[];
}

/** A folder's items under headings, of which the one that is read stays in sight. */
export function GroupedRows({
  title,
  groups,
  opened,
  children,
}: {
  title: string;
  groups: Group[];
  opened: string | null;
  /** What stands in the row of an item. */
  children: (item: ListedItem) => ReactNode;
}) {
  return (
    <section aria-label={mailTexts.list.itemsIn(title)}>
      {groups.map(({ key, heading, items }) => (
        <section key={key} aria-label={heading}>
          <p
            aria-hidden
            className="border-b border-line bg-canvas px-4 py-1.5 text-xs font-semibold text-ink-2 lg:sticky lg:top-11"
          >
            {heading}
          </p>
          <ul>
            {items.map((item) => (
              <li
                key={item.id}
                className={`relative flex items-start gap-3 border-b border-line px-4 py-2.5 text-sm max-sm:min-h-14 max-sm:text-base ${rowInk(item, opened)}`}
              >
                {children(item)}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </section>
  );
}
