import { wallClock } from '#app/_mail/wall-clock.ts';
import { mailTexts } from '#app/_texts/mail.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { GroupedRows } from './grouped-rows.tsx';
import { ItemBox, ItemLink, type ItemRowsProps, type ListedItem, Marks } from './item-rows.tsx';

const texts = mailTexts.list;

/** Tasks as a list to tick off: what is open by when it is due, then what is done. */
export function TaskRows({ title, items, opened, href }: ItemRowsProps) {
  const byState = Map.groupBy(items, (item) => (isDone(item) ? 'done' : 'open'));
  const groups = [...byState].map(([key, items]) => ({ key, heading: texts.tasks[key], items }));
  return (
    <GroupedRows title={title} groups={groups} opened={opened}>
      {(item) => (
        <>
          <ItemBox item={item} lines={1} />
          <Icon
            name={isDone(item) ? 'check' : 'dashed'}
            className={`mt-0.5 size-4 shrink-0 ${isDone(item) ? 'text-ok-mark' : 'text-ink-3'}`}
          />
          <ItemLink item={item} opened={opened} href={href}>
            <span className="flex gap-3">
              <span
                title={item.subject || undefined}
                className="min-w-0 flex-1 truncate font-medium"
              >
                {item.subject || mailTexts.noSubject}
              </span>
              <span className="text-xs leading-5 whitespace-nowrap text-ink-2">{dayOf(item)}</span>
              <Marks item={item} />
            </span>
          </ItemLink>
        </>
      )}
    </GroupedRows>
  );
}

function isDone({ card }: ListedItem): boolean {
  return card?.kind === 'task' && card.done;
}

function dayOf({ card }: ListedItem): string {
  if (card?.kind !== 'task') return '';
  if (card.completed !== null) return texts.doneOn(wallClock(card.completed, true));
  return card.due === null || card.done ? '' : texts.due(wallClock(card.due, true));
}
