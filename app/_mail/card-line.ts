import { mailTexts } from '#app/_texts/mail.ts';
import type { ItemView } from '#lib/services/items/list.ts';
import { wallClock } from './wall-clock.ts';

type Card = NonNullable<ItemView['card']>;

const texts = mailTexts.list;

/** What tells an event, a contact or a task from the next, in one line; empty where nothing does. */
export function cardLine(card: Card): string {
  switch (card.kind) {
    case 'event':
      return [whenOf(card), card.where].filter(Boolean).join(', ');
    case 'contact':
      return [card.company, card.email].filter(Boolean).join(', ');
    case 'task': {
      const { due, completed, done } = card;
      if (completed !== null) return texts.doneOn(wallClock(completed, true));
      if (done) return texts.done;
      return due === null ? '' : texts.due(wallClock(due, true));
    }
  }
}

/** Of an event as far as the day of its start does not say it, which stands above or beside. */
export function whenOf({ starts, ends, allDay }: Extract<Card, { kind: 'event' }>): string {
  if (starts === null) return '';
  if (allDay) {
    const last = ends === null ? starts : dayBefore(ends);
    return last.at.slice(0, 10) <= starts.at.slice(0, 10)
      ? texts.allDay
      : `${wallClock(starts, true)} – ${wallClock(last, true)}`;
  }
  const from = starts.at.slice(11, 16);
  if (ends === null) return from;
  return ends.at.slice(0, 10) === starts.at.slice(0, 10)
    ? `${from}–${ends.at.slice(11, 16)}`
    : `${wallClock(starts, false)} – ${wallClock(ends, false)}`;
}

/** A whole day ends at the midnight after it. */
function dayBefore<T extends { at: string }>(time: T): T {
  const at = Date.parse(`${time.at.slice(0, 10)}T00:00Z`);
  if (Number.isNaN(at)) return time;
  return { ...time, at: `${new Date(at - 86_400_000).toISOString().slice(0, 10)}T00:00:00` };
}
