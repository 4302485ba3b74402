import { mailTexts } from '#app/_texts/mail.ts';
import {
  ItemBox,
  ItemLink,
  type ItemRowsProps,
  type ListedItem,
  Marks,
  rowInk,
} from './item-rows.tsx';

const texts = mailTexts.list;
const cell = 'h-row border-b border-line px-2 py-1.5';
/** Columns where there is room for them; else what they hold stands below the name. */
const column = `${cell} hidden max-w-0 truncate text-ink-2 @2xl:table-cell`;
const head = 'hidden px-2 text-left text-xs font-medium text-ink-3 @2xl:table-cell';

/** An address book: by name, with the company and how to reach them. */
export function ContactRows({ title, items, opened, href }: ItemRowsProps) {
  return (
    <div className="@container">
      <table
        aria-label={texts.itemsIn(title)}
        className="w-full table-fixed border-separate border-spacing-0 text-sm"
      >
        <colgroup>
          <col className="w-11" />
          <col />
          <col className="hidden @2xl:table-column" />
          <col className="hidden w-[34%] @2xl:table-column" />
          <col className="hidden w-44 @2xl:table-column" />
        </colgroup>
        <thead className="@max-2xl:sr-only">
          <tr className="h-8">
            <th scope="col" className="border-b border-line">
              <span className="sr-only">{texts.columns.chosen}</span>
            </th>
            <th
              scope="col"
              className="border-b border-line px-2 text-left text-xs font-medium text-ink-3"
            >
              {texts.columns.name}
            </th>
            <th scope="col" className={`${head} border-b border-line`}>
              {texts.columns.company}
            </th>
            <th scope="col" className={`${head} border-b border-line`}>
              {texts.columns.email}
            </th>
            <th scope="col" className={`${head} border-b border-line`}>
              {texts.columns.phone}
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => {
            const { company, email, phone } = cardOf(item);
            return (
              <tr key={item.id} className={`relative ${rowInk(item, opened)}`}>
                <td className={`${cell} pl-4 align-top`}>
                  <ItemBox item={item} />
                </td>
                <th scope="row" className={`${cell} text-left font-normal max-sm:text-base`}>
                  <span className="flex items-start gap-2">
                    <ItemLink item={item} opened={opened} href={href}>
                      <span
                        title={item.subject || undefined}
                        className="block truncate font-medium"
                      >
                        {item.subject || texts.unnamed}
                      </span>
                    </ItemLink>
                    <Marks item={item} />
                  </span>
                  <span className="block truncate text-ink-2 @2xl:hidden">
                    {[company, email || phone].filter(Boolean).join(', ')}
                  </span>
                </th>
                <td title={company || undefined} className={column}>
                  {company}
                </td>
                <td title={email || undefined} className={column}>
                  {email}
                </td>
                <td className={column}>{phone}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function cardOf({ card }: ListedItem): { company: string; email: string; phone: string } {
  if (card?.kind !== 'contact') return { company: '', email: '', phone: '' };
  return { ...card, phone: card.phone ?? '' };
}
