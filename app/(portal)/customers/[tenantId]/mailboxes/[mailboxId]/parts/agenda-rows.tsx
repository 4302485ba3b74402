import { whenOf } from '#app/_mail/card-line.ts';
import { wallClock } from '#app/_mail/wall-clock.ts';
import { mailTexts } from '#app/_texts/mail.ts';
import { GroupedRows } from './grouped-rows.tsx';
import { ItemBox, ItemLink, type ItemRowsProps, type ListedItem, Marks } from './item-rows.tsx';

const texts = mailTexts.list;

/** A calendar as days, the last first, with the events of each in the order they begin. */
export function AgendaRows({ title, items, opened, href }: ItemRowsProps) {
  const groups = [...Map.groupBy(items, dayOf)].map(([day, events]) => ({
    key: day,
    heading: dayWords(day),
    items: events.sort(byStart),
  }));
  return (
    <GroupedRows title={title} groups={groups} opened={opened}>
      {(item) => {
        const where = whereOf(item);
        return (
          <>
            <ItemBox item={item} lines={where ? 2 : 1} />
            <ItemLink item={item} opened={opened} href={href}>
              <span className="flex gap-3">
                <span className="w-24 shrink-0 text-ink-2">{timeOf(item)}</span>
                <span className="min-w-0 flex-1">
                  <span title={item.subject || undefined} className="block truncate font-medium">
                    {item.subject || mailTexts.noSubject}
                  </span>
                  {where ? (
                    <span title={where} className="block truncate text-ink-2">
                      {where}
                    </span>
                  ) : null}
                </span>
                <Marks item={item} />
              </span>
            </ItemLink>
          </>
        );
      }}
    </GroupedRows>
  );
}

/** The day on the wall where it was written; what has no card has the day of its beginning in UTC. */
function dayOf({ card, at }: ListedItem): string {
  const starts = card?.kind === 'event' ? card.starts : null;
  return starts?.at.slice(0, 10) ?? at?.toISOString().slice(0, 10) ?? '';
}

function dayWords(day: string): string {
  return wallClock({ at: `${day}T00:00`, zone: '' }, true) || texts.noDay;
}

function byStart(a: ListedItem, b: ListedItem): number {
  return startOf(a).localeCompare(startOf(b));
}

/** Whole days stand above the hours. */
function startOf({ card, at }: ListedItem): string {
  if (card?.kind !== 'event') return at?.toISOString() ?? '';
  return card.allDay ? '' : (card.starts?.at ?? '');
}

function timeOf({ card }: ListedItem): string {
  return card?.kind === 'event' ? whenOf(card) : '';
}

function whereOf({ card }: ListedItem): string {
  return card?.kind === 'event' ? card.where : '';
}
