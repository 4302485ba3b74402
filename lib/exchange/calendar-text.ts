import { textOfHtml } from './text-of-html.ts';

/** Events and tasks as iCalendar (RFC 5545), contacts as vCard 3.0 (RFC 2426). Lossy, and meant to be read. */

type Json = Record<string, unknown>;
type Field = [name: string, value: string];

export function eventAsIcs(item: unknown, fallbackUid: string): string {
  const event = objectOf(item);
  const fields: Field[] = [
    ['UID', escaped(str(event.iCalUId) || fallbackUid)],
    ['DTSTAMP', stamp(str(event.lastModifiedDateTime)) || '19700101T000000Z'],
    ...moment('DTSTART', event.start, event.isAllDay === true),
    ...moment('DTEND', event.end, event.isAllDay === true),
    ['SUMMARY', escaped(str(event.subject))],
    ['DESCRIPTION', escaped(bodyText(event.body))],
    ['LOCATION', escaped(str(objectOf(event.location).displayName))],
    ...person('ORGANIZER', event.organizer),
    ...listOf(event.attendees).flatMap((attendee) => person('ATTENDEE', attendee)),
    [
      'CATEGORIES',
      listOf(event.categories)
        .map((name) => escaped(str(name)))
        .join(','),
    ],
    ['RRULE', recurrenceRule(event.recurrence)],
    ['TRANSP', event.showAs === 'free' ? 'TRANSPARENT' : 'OPAQUE'],
    ['CLASS', event.sensitivity === 'normal' || !event.sensitivity ? 'PUBLIC' : 'PRIVATE'],
  ];
  return calendar('VEVENT', fields);
}

export function taskAsIcs(item: unknown, fallbackUid: string): string {
  const task = objectOf(item);
  return calendar('VTODO', [
    ['UID', escaped(fallbackUid)],
    ['DTSTAMP', stamp(str(task.lastModifiedDateTime)) || '19700101T000000Z'],
    ...moment('DTSTART', task.startDateTime, false),
    ...moment('DUE', task.dueDateTime, false),
    ['SUMMARY', escaped(str(task.title) || str(task.subject))],
    ['DESCRIPTION', escaped(bodyText(task.body))],
    ['STATUS', statuses.get(str(task.status)) ?? ''],
    ['PRIORITY', task.importance === 'high' ? '1' : task.importance === 'low' ? '9' : ''],
    [
      'CATEGORIES',
      listOf(task.categories)
        .map((name) => escaped(str(name)))
        .join(','),
    ],
  ]);
}

export function contactAsVcf(item: unknown): string {
  const contact = objectOf(item);
  const phones = (type: string, list: unknown[]): Field[] =>
    list.map((phone) => [`TEL;TYPE=${type}`, escaped(str(phone))]);
  const address = (type: string, value: unknown): Field => {
    const at = objectOf(value);
    const parts = [at.street, at.city, at.state, at.postalCode, at.countryOrRegion].map((part) =>
      escaped(str(part)),
    );
    return [`ADR;TYPE=${type}`, parts.some(Boolean) ? `;;${parts.join(';')}` : ''];
  };
  const name = [contact.surname, contact.givenName, contact.middleName, contact.title, ''];
  return lines([
    ['BEGIN', 'VCARD'],
    ['VERSION', '3.0'],
    ['FN', escaped(str(contact.displayName)) || 'unnamed'],
    ['N', name.map((part) => escaped(str(part))).join(';')],
    ['ORG', [contact.companyName, contact.department].map((part) => escaped(str(part))).join(';')],
    ['TITLE', escaped(str(contact.jobTitle))],
    ...listOf(contact.emailAddresses).map(
      (mail): Field => ['EMAIL;TYPE=INTERNET', escaped(str(objectOf(mail).address))],
    ),
    ...phones('CELL', [contact.mobilePhone]),
    ...phones('WORK', listOf(contact.businessPhones)),
    ...phones('HOME', listOf(contact.homePhones)),
    address('WORK', contact.businessAddress),
    address('HOME', contact.homeAddress),
    ['BDAY', /^\d{4}-\d\d-\d\d/.exec(str(contact.birthday))?.[0] ?? ''],
    ['NOTE', escaped(str(contact.personalNotes))],
    [
      'CATEGORIES',
      listOf(contact.categories)
        .map((name) => escaped(str(name)))
        .join(','),
    ],
    ['END', 'VCARD'],
  ]);
}

function calendar(component: string, fields: Field[]): string {
  return lines([
    ['BEGIN', 'VCALENDAR'],
    ['VERSION', '2.0'],
    ['PRODID', '-//Holdfast//Export//EN'],
    ['BEGIN', component],
    ...fields,
    ['END', component],
    ['END', 'VCALENDAR'],
  ]);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controls = /[\u0000-\u001f\u007f-\u009f]/g;

/** Fields without a value are left out; lines are folded at 75 octets; no value can end its line. */
function lines(fields: Field[]): string {
  return fields
    .filter(([, value]) => value.replaceAll(';', '') !== '')
    .map(([name, value]) => `${fold(`${name}:${value}`.replace(controls, ' ').toWellFormed())}\r\n`)
    .join('');
}

function fold(line: string): string {
  let folded = '';
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > 74) {
      folded += '\r\n ';
      octets = 1;
    }
    folded += character;
    octets += size;
  }
  return folded;
}

function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll(';', '\\;')
    .replaceAll(',', '\\,')
    .replace(/\r\n|\r|\n/g, '\\n');
}

function moment(name: string, value: unknown, allDay: boolean): Field[] {
  const { dateTime, timeZone } = objectOf(value);
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d))?/.exec(str(dateTime));
  if (!match) return [];
  const [, year, month, day, hour = '00', minute = '00', second = '00'] = match;
  if (allDay) return [[`${name};VALUE=DATE`, `${year}${month}${day}`]];
  const clock = `${year}${month}${day}T${hour}${minute}${second}`;
  const zone = str(timeZone);
  if (zone === '' || /^(utc|gmt|etc\/utc)$/i.test(zone)) return [[name, `${clock}Z`]];
  return [[`${name};TZID="${zone.replace(/[^\w /+-]/g, '')}"`, clock]];
}

function stamp(iso: string): string {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) return '';
  return new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '');
}

function person(name: 'ORGANIZER' | 'ATTENDEE', value: unknown): Field[] {
  const mail = objectOf(objectOf(value).emailAddress);
  const address = str(mail.address).replace(/[^\x21-\x7e]/g, '');
  if (!address) return [];
  const shown = str(mail.name).replace(/["\r\n]/g, ' ');
  return [[shown ? `${name};CN="${shown}"` : name, `mailto:${address}`]];
}

/** Words of Graph and ours. No objects: what stands in an item may be the name of something that each has. */
type Words = ReadonlyMap<string, string>;
const statuses: Words = new Map([
  ['completed', 'COMPLETED'],
  ['inProgress', 'IN-PROCESS'],
  ['notStarted', 'NEEDS-ACTION'],
]);
const weekdays: Words = new Map([
  ['sunday', 'SU'],
  ['monday', 'MO'],
  ['tuesday', 'TU'],
  ['wednesday', 'WE'],
  ['thursday', 'TH'],
  ['friday', 'FR'],
  ['saturday', 'SA'],
]);
const positions: Words = new Map([
  ['first', '1'],
  ['second', '2'],
  ['third', '3'],
  ['fourth', '4'],
  ['last', '-1'],
]);
const frequencies: Words = new Map([
  ['daily', 'DAILY'],
  ['weekly', 'WEEKLY'],
  ['absoluteMonthly', 'MONTHLY'],
  ['relativeMonthly', 'MONTHLY'],
  ['absoluteYearly', 'YEARLY'],
  ['relativeYearly', 'YEARLY'],
]);

function recurrenceRule(value: unknown): string {
  const { pattern, range } = objectOf(value);
  const how = objectOf(pattern);
  const until = objectOf(range);
  const type = str(how.type);
  const frequency = frequencies.get(type);
  if (!frequency) return '';
  const days = listOf(how.daysOfWeek).map((day) => weekdays.get(str(day).toLowerCase()) ?? '');
  const position = type.startsWith('relative') ? (positions.get(str(how.index)) ?? '1') : '';
  const parts = [
    `FREQ=${frequency}`,
    `INTERVAL=${num(how.interval) || 1}`,
    days.some(Boolean)
      ? `BYDAY=${days
          .filter(Boolean)
          .map((day) => position + day)
          .join()}`
      : '',
    type.startsWith('absolute') && num(how.dayOfMonth) ? `BYMONTHDAY=${num(how.dayOfMonth)}` : '',
    type.endsWith('Yearly') && num(how.month) ? `BYMONTH=${num(how.month)}` : '',
    until.type === 'numbered' ? `COUNT=${num(until.numberOfOccurrences) || 1}` : '',
    until.type === 'endDate' ? `UNTIL=${str(until.endDate).replace(/\D/g, '')}T235959Z` : '',
  ];
  return parts.filter(Boolean).join(';');
}

function bodyText(value: unknown): string {
  const { contentType, content } = objectOf(value);
  const text = str(content);
  return str(contentType).toLowerCase() === 'html' ? textOfHtml(text) : text;
}

function objectOf(value: unknown): Json {
  return value !== null && typeof value === 'object' ? (value as Json) : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function str(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function num(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : 0;
}
