import type { ReactNode } from 'react';
import { mailTexts } from '#app/_texts/mail.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import type {
  ContactDetails,
  EventDetails,
  ItemDetails,
  TaskDetails,
  ZonedTime,
} from '#lib/services/items/read.ts';
import { wallClock } from './wall-clock.ts';

/** An event, a contact or a task, as its card. */
export function Details({ details }: { details: ItemDetails }) {
  switch (details.kind) {
    case 'event':
      return <EventCard event={details} />;
    case 'contact':
      return <ContactCard contact={details} />;
    case 'task':
      return <TaskCard task={details} />;
  }
}

function EventCard({ event }: { event: EventDetails }) {
  const texts = mailTexts.event;
  return (
    <>
      {event.cancelled ? <Notice icon="x">{texts.cancelled}</Notice> : null}
      <Facts
        rows={[
          [texts.when, <When key="when" event={event} />],
          [texts.where, event.where],
          [texts.repeats, event.repeats],
          [texts.organiser, event.organiser ? event.organiser.name || event.organiser.address : ''],
          [texts.showAs, event.showAs],
          [texts.reminder, event.reminder === null ? '' : texts.minutesBefore(event.reminder)],
          [texts.categories, event.categories.join(', ')],
          [texts.private, event.private ? 'yes' : ''],
        ]}
      />
      {event.invited.length > 0 ? (
        <section className="space-y-1 text-sm">
          <h3 className="font-semibold">{texts.invited(event.invited.length)}</h3>
          <ul className="divide-y divide-line rounded-lg border border-line">
            {event.invited.map((person, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a person may be invited twice
              <li key={index} className="flex flex-wrap gap-x-3 px-3 py-1.5">
                <span className="min-w-0 flex-1 break-words">
                  {person.name || person.address}
                  {person.name && person.address ? (
                    <span className="text-ink-3"> {person.address}</span>
                  ) : null}
                </span>
                <span className="text-ink-2">
                  {texts.answers[person.answer]}
                  {person.optional ? `, ${texts.optional}` : ''}
                </span>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </>
  );
}

function When({ event }: { event: EventDetails }) {
  const { starts, ends, allDay } = event;
  if (starts === null) return null;
  const begin = wallClock(starts, allDay);
  const end = ends === null ? '' : wallClock(ends, allDay, starts);
  return (
    <>
      {begin}
      {end && end !== begin ? ` – ${end}` : ''}
      {allDay ? `, ${mailTexts.event.allDay}` : <ZoneOf time={starts} />}
    </>
  );
}

function ZoneOf({ time }: { time: ZonedTime }) {
  return time.zone ? <span className="text-ink-3"> {time.zone}</span> : null;
}

function ContactCard({ contact }: { contact: ContactDetails }) {
  const texts = mailTexts.contact;
  return (
    <Facts
      rows={[
        [texts.company, contact.company],
        [texts.title, contact.title],
        [texts.department, contact.department],
        [texts.email, lines(contact.emails)],
        ...contact.phones.map(({ label, number }): Row => [texts.phones[label], number]),
        ...contact.addresses.map(
          (address): Row => [texts.addresses[address.label], lines(address.lines)],
        ),
        [
          texts.birthday,
          contact.birthday ? wallClock({ at: `${contact.birthday}T00:00`, zone: '' }, true) : '',
        ],
        [texts.website, contact.website],
        [mailTexts.event.categories, contact.categories.join(', ')],
      ]}
    />
  );
}

/** An item may hold the name of something that each object has. */
function statusOf(status: string): string {
  const { statuses } = mailTexts.task;
  return (Object.hasOwn(statuses, status) ? statuses[status] : undefined) ?? status;
}

function TaskCard({ task }: { task: TaskDetails }) {
  const texts = mailTexts.task;
  const day = (time: ZonedTime | null) => (time === null ? '' : wallClock(time, true));
  return (
    <>
      <Facts
        rows={[
          [texts.status, statusOf(task.status)],
          [texts.due, day(task.due)],
          [texts.starts, day(task.starts)],
          [texts.completed, day(task.completed)],
          [texts.reminder, task.reminder === null ? '' : wallClock(task.reminder, false)],
          [texts.importance, task.importance],
          [mailTexts.event.repeats, task.repeats],
          [mailTexts.event.categories, task.categories.join(', ')],
        ]}
      />
      {task.steps.length > 0 ? (
        <section className="space-y-1 text-sm">
          <h3 className="font-semibold">{texts.steps}</h3>
          <ul>
            {task.steps.map((step, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two steps may read the same
              <li key={index} className="flex items-start gap-2 py-0.5">
                <Icon
                  name={step.done ? 'check' : 'dashed'}
                  label={step.done ? texts.done : texts.open}
                  className="mt-1 size-3.5 text-ink-2"
                />
                <span className="min-w-0 break-words">{step.text}</span>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </>
  );
}

type Row = [name: string, value: ReactNode];

/** What is not known is left out. */
function Facts({ rows }: { rows: Row[] }) {
  const known = rows.filter(([, value]) => value !== '' && value !== null);
  if (known.length === 0) return null;
  return (
    <dl className="rounded-lg border border-line bg-canvas px-4 py-3 text-sm">
      {known.map(([name, value], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a contact has two numbers of one kind
        <div key={index} className="grid grid-cols-[8rem_1fr] gap-x-3 py-0.5">
          <dt className="text-ink-3">{name}</dt>
          <dd className="min-w-0 break-words whitespace-pre-line">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function lines(texts: readonly string[]): string {
  return texts.join('\n');
}
