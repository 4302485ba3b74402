import { wallClock } from '#app/_mail/wall-clock.ts';
import { mailTexts } from '#app/_texts/mail.ts';
import { Icon } from '#app/_ui/icon.tsx';
import {
  ItemBox,
  ItemLink,
  type ItemRowsProps,
  type ListedItem,
  Marks,
  rowInk,
} from './item-rows.tsx';

const texts = mailTexts.list;

/** Tasks as a list to tick off: what is open by when it is due, then what is done. */
export function TaskRows({ title, items, opened, href }: ItemRowsProps) {
  const groups = [...Map.groupBy(items, (item) => (isDone(item) ? 'done' : 'open'))];
  return (
    <section aria-label={texts.itemsIn(title)}>
      {groups.map(([state, tasks]) => (
        <section key={state} aria-label={texts.tasks[state]}>
          <p
            aria-hidden
            className="border-b border-line bg-canvas px-4 py-1.5 text-xs font-semibold text-ink-2 lg:sticky lg:top-11"
          >
            {texts.tasks[state]}
          </p>
          <ul>
            {tasks.map((item) => (
              <li
                key={item.id}
                className={`relative flex items-start gap-3 border-b border-line px-4 py-2.5 text-sm max-sm:min-h-14 max-sm:text-base ${rowInk(item, opened)}`}
              >
                <ItemBox item={item} lines={1} />
                <Icon
                  name={state === 'done' ? 'check' : 'dashed'}
                  className={`mt-0.5 size-4 shrink-0 ${state === 'done' ? 'text-ok-mark' : 'text-ink-3'}`}
                />
                <ItemLink item={item} opened={opened} href={href}>
                  <span className="flex gap-3">
                    <span
                      title={item.subject || undefined}
                      className="min-w-0 flex-1 truncate font-medium"
                    >
                      {item.subject || mailTexts.noSubject}
                    </span>
                    <span className="text-xs leading-5 whitespace-nowrap text-ink-2">
                      {dayOf(item)}
                    </span>
                    <Marks item={item} />
                  </span>
                </ItemLink>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </section>
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
