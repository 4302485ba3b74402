import type { ItemKind } from './item.ts';
import { clean } from './mime-facts.ts';
import { textOfHtml } from './text-of-html.ts';

/** What the view of an event, a contact or a task shows; text for people, bounded, never HTML. */
export type ItemDetails = EventDetails | ContactDetails | TaskDetails;

/** A wall clock and its zone, as Exchange keeps them. */
export interface ZonedTime {
  /** 2026-11-24T09:00:00, without a zone. */
  at: string;
  zone: string;
}

export interface EventDetails {
  kind: 'event';
  starts: ZonedTime | null;
  ends: ZonedTime | null;
  allDay: boolean;
  cancelled: boolean;
  where: string;
  organiser: Person | null;
  invited: Array<Person & { answer: 'yes' | 'no' | 'maybe' | 'none'; optional: boolean }>;
  /** "every week on Tuesday", empty where it does not repeat. */
  repeats: string;
  showAs: string;
  private: boolean;
  /** Minutes before the start; null without a reminder. */
  reminder: number | null;
  categories: string[];
}

export interface Person {
  name: string;
  address: string;
}

export interface ContactDetails {
  kind: 'contact';
  name: string;
  company: string;
  title: string;
  department: string;
  emails: string[];
  phones: Array<{ label: 'mobile' | 'business' | 'home'; number: string }>;
  addresses: Array<{ label: 'business' | 'home' | 'other'; lines: string[] }>;
  birthday: string;
  website: string;
  categories: string[];
}

export interface TaskDetails {
  kind: 'task';
  status: string;
  due: ZonedTime | null;
  starts: ZonedTime | null;
  completed: ZonedTime | null;
  reminder: ZonedTime | null;
  importance: string;
  repeats: string;
  steps: Array<{ text: string; done: boolean }>;
  categories: string[];
}

/** The line below the name in a list: what tells one event, contact or task from the next. */
export type ItemCard =
  | Pick<EventDetails, 'kind' | 'starts' | 'ends' | 'allDay' | 'where'>
  /** Copies of before it was kept have no number. */
  | { kind: 'contact'; company: string; email: string; phone?: string }
  | (Pick<TaskDetails, 'kind' | 'due' | 'completed'> & { done: boolean });

const listMax = 200;
type Json = Record<string, unknown>;

/** Reads what it can of JSON that may be anything; what is not as Microsoft writes it is left out. */
export function detailsOf(kind: ItemKind, item: Json): ItemDetails | null {
  switch (kind) {
    case 'event':
      return eventOf(item);
    case 'contact':
      return contactOf(item);
    case 'task':
      return taskOf(item);
    default:
      return null;
  }
}

export function cardOf(kind: ItemKind, item: Json): ItemCard | null {
  const details = detailsOf(kind, item);
  switch (details?.kind) {
    case 'event': {
      const { starts, ends, allDay, where } = details;
      return { kind: 'event', starts, ends, allDay, where: where.slice(0, 200).toWellFormed() };
    }
    case 'contact':
      return {
        ...{ kind: 'contact', company: details.company, email: details.emails[0] ?? '' },
        phone: details.phones[0]?.number ?? '',
      };
    case 'task': {
      const { due, completed, status } = details;
      return { kind: 'task', due, completed, done: status === 'completed' || completed !== null };
    }
    default:
      return null;
  }
}

function eventOf(item: Json): EventDetails {
  return {
    kind: 'event',
    starts: timeOf(item.start),
    ends: timeOf(item.end),
    allDay: item.isAllDay === true,
    cancelled: item.isCancelled === true,
    where: text(objectOf(item.location).displayName, 500),
    organiser: personOf(item.organizer),
    invited: listOf(item.attendees).flatMap((entry) => {
      const person = personOf(entry);
      if (person === null) return [];
      const { status, type } = objectOf(entry);
      const response = text(objectOf(status).response, 40);
      return [
        { ...person, answer: answers.get(response) ?? 'none', optional: type === 'optional' },
      ];
    }),
    repeats: recurrenceOf(item.recurrence),
    showAs: text(item.showAs, 40),
    private: item.sensitivity === 'private' || item.sensitivity === 'confidential',
    reminder:
      item.isReminderOn === true && typeof item.reminderMinutesBeforeStart === 'number'
        ? item.reminderMinutesBeforeStart
        : null,
    categories: texts(item.categories),
  };
}

/** No object: an item may hold the name of something that each object has. */
const answers: ReadonlyMap<string, 'yes' | 'no' | 'maybe'> = new Map([
  ['accepted', 'yes'],
  ['organizer', 'yes'],
  ['declined', 'no'],
  ['tentativelyAccepted', 'maybe'],
]);

function contactOf(item: Json): ContactDetails {
  const phones = (label: 'business' | 'home', value: unknown) =>
    texts(value).map((number) => ({ label, number }));
  const mobile = text(item.mobilePhone, 100);
  const addresses = (['business', 'home', 'other'] as const).flatMap((label) => {
    const { street, postalCode, city, state, countryOrRegion } = objectOf(item[`${label}Address`]);
    const place = [text(postalCode, 40), text(city, 200)].filter(Boolean).join(' ');
    const lines = [text(street, 300), place, text(state, 200), text(countryOrRegion, 200)];
    const told = lines.filter(Boolean);
    return told.length > 0 ? [{ label, lines: told }] : [];
  });
  return {
    kind: 'contact',
    name: text(item.displayName, 300),
    company: text(item.companyName, 300),
    title: text(item.jobTitle, 300),
    department: text(item.department, 300),
    emails: listOf(item.emailAddresses)
      .map((entry) => text(objectOf(entry).address, 320))
      .filter(Boolean),
    phones: [
      ...(mobile ? [{ label: 'mobile' as const, number: mobile }] : []),
      ...phones('business', item.businessPhones),
      ...phones('home', item.homePhones),
    ],
    addresses,
    birthday: /^\d{4}-\d\d-\d\d/.exec(text(item.birthday, 40))?.[0] ?? '',
    website: text(item.businessHomePage, 500),
    categories: texts(item.categories),
  };
}

function taskOf(item: Json): TaskDetails {
  return {
    kind: 'task',
    status: text(item.status, 40),
    due: timeOf(item.dueDateTime),
    starts: timeOf(item.startDateTime),
    completed: timeOf(item.completedDateTime),
    reminder: item.isReminderOn === true ? timeOf(item.reminderDateTime) : null,
    importance: text(item.importance, 40),
    repeats: recurrenceOf(item.recurrence),
    steps: listOf(item.checklistItems).flatMap((entry) => {
      const { displayName, isChecked } = objectOf(entry);
      const step = text(displayName, 500);
      return step ? [{ text: step, done: isChecked === true }] : [];
    }),
    categories: texts(item.categories),
  };
}

/** The body of an event, a contact or a task as text. */
export function bodyTextOf(item: Json): string {
  const { contentType, content } = objectOf(item.body);
  if (typeof content !== 'string') return '';
  return isHtml(contentType) ? textOfHtml(content) : content;
}

/** The body of an event or a task where it is formatted. */
export function bodyHtmlOf(item: Json): string | null {
  const { contentType, content } = objectOf(item.body);
  return typeof content === 'string' && isHtml(contentType) ? content : null;
}

function isHtml(contentType: unknown): boolean {
  return typeof contentType === 'string' && contentType.toLowerCase() === 'html';
}

function recurrenceOf(value: unknown): string {
  const { pattern, range } = objectOf(value);
  const { type, interval, daysOfWeek, dayOfMonth } = objectOf(pattern);
  const unit =
    /^(daily|weekly|absoluteMonthly|relativeMonthly|absoluteYearly|relativeYearly)$/.exec(
      typeof type === 'string' ? type : '',
    )?.[1];
  if (unit === undefined) return '';
  const noun = units[unit]!;
  const every =
    typeof interval === 'number' && interval > 1 ? `every ${interval} ${noun}s` : `every ${noun}`;
  const days = texts(daysOfWeek).map((day) => day[0]!.toUpperCase() + day.slice(1));
  const on =
    days.length > 0
      ? ` on ${days.join(', ')}`
      : typeof dayOfMonth === 'number' && dayOfMonth > 0
        ? ` on day ${dayOfMonth}`
        : '';
  const { endDate, type: rangeType } = objectOf(range);
  const until = rangeType === 'endDate' ? text(endDate, 10) : '';
  return `${every}${on}${until ? ` until ${until}` : ''}`;
}

const units: Record<string, string> = {
  daily: 'day',
  weekly: 'week',
  absoluteMonthly: 'month',
  relativeMonthly: 'month',
  absoluteYearly: 'year',
  relativeYearly: 'year',
};

function personOf(value: unknown): Person | null {
  const { name, address } = objectOf(objectOf(value).emailAddress);
  const person = { name: text(name, 250), address: text(address, 320) };
  return person.name || person.address ? person : null;
}

function timeOf(value: unknown): ZonedTime | null {
  const { dateTime, timeZone } = objectOf(value);
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?/.exec(text(dateTime, 40))?.[0];
  return at === undefined ? null : { at, zone: text(timeZone, 100) };
}

function objectOf(value: unknown): Json {
  return value !== null && typeof value === 'object' ? (value as Json) : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice(0, listMax) : [];
}

function text(value: unknown, charactersMax: number): string {
  return typeof value === 'string' ? clean(value, charactersMax) : '';
}

function texts(value: unknown): string[] {
  return listOf(value)
    .map((entry) => text(entry, 250))
    .filter(Boolean);
}
