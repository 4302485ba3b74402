import { composeMessage } from '../mime/compose.ts';
import { readMessage } from '../mime/read.ts';
import { messageFlags, type StoredItem } from '../store/item.ts';
import type { Mailbox } from '../store/mailbox.ts';
import type { Store } from '../store/store.ts';
import type { Colleague, Person } from './people.ts';
import { projects } from './phrases.ts';
import type { Random } from './random.ts';

const zone = 'W. Europe Standard Time';

/** Everything that is no mail: a calendar, contacts, a distribution list, tasks, notes. */
export async function seedOtherItems(
  store: Store,
  mailbox: Mailbox,
  owner: Colleague,
  world: { colleagues: Colleague[]; strangers: Person[] },
  random: Random,
): Promise<void> {
  const put = (home: string, itemClass: string, resource: Record<string, unknown>, at: string) =>
    store.putItem(mailbox, newItem(mailbox, home, itemClass, resource, at));
  const count = owner.kind === 'user' ? 6 : owner.kind === 'room' ? 10 : 2;
  for (let number = 0; number < count; number++) {
    const { resource, at } = event(owner, world.colleagues, random, number);
    put('calendar', 'IPM.Appointment', resource, at);
  }
  if (owner.kind !== 'user') return;
  for (const person of random.sample(world.strangers, 5)) {
    put('contacts', 'IPM.Contact', contact(person, random), '2026-03-02T10:00:00.000Z');
  }
  put(
    'contacts',
    'IPM.DistList',
    distributionList(world.strangers, random),
    '2026-03-03T10:00:00.000Z',
  );
  for (let number = 0; number < 3; number++) {
    put('tasks', 'IPM.Task', task(random, number), `2026-10-0${number + 1}T07:30:00.000Z`);
  }
  await note(store, mailbox, owner, random);
}

function newItem(
  mailbox: Mailbox,
  home: string,
  itemClass: string,
  resource: Record<string, unknown>,
  at: string,
): Omit<StoredItem, 'item' | 'sequence'> {
  return {
    folder: mailbox.wellKnown(home)!.folder,
    itemClass,
    created: at,
    modified: at,
    received: at,
    size: JSON.stringify(resource).length,
    categories: [],
    flags: messageFlags.read,
    followUp: 'notFlagged',
    importance: 'normal',
    extended: {},
    mail: null,
    resource,
  };
}

const emailAddress = ({ name, address }: Person) => ({ emailAddress: { name, address } });

function event(owner: Colleague, colleagues: Colleague[], random: Random, number: number) {
  const project = random.pick(projects);
  const day = `2026-${String(random.between(9, 12)).padStart(2, '0')}-${String(random.between(1, 28)).padStart(2, '0')}`;
  const hour = random.between(8, 16);
  const moment = (h: number) => ({
    dateTime: `${day}T${String(h).padStart(2, '0')}:00:00.0000000`,
    timeZone: zone,
  });
  const meeting = number % 2 === 0;
  const weekly = number % 3 === 1;
  const organizer =
    owner.kind === 'user' ? owner : random.pick(colleagues.filter((it) => it.kind === 'user'));
  const guests = meeting
    ? random.sample(
        colleagues.filter((it) => it !== organizer && it.kind === 'user'),
        3,
      )
    : [];
  const note = `<html><body><p>${project}: open points, next delivery, costs.</p></body></html>`;
  const resource = {
    subject: weekly
      ? `${project}: weekly`
      : meeting
        ? `${project}: Abstimmung`
        : `Focus time ${project}`,
    bodyPreview: `${project}: open points, next delivery, costs.`,
    importance: 'normal',
    sensitivity: number === 3 ? 'private' : 'normal',
    isAllDay: false,
    isCancelled: false,
    isOrganizer: organizer === owner,
    isReminderOn: true,
    reminderMinutesBeforeStart: 15,
    responseRequested: true,
    showAs: 'busy',
    type: weekly ? 'seriesMaster' : 'singleInstance',
    hasAttachments: false,
    iCalUId: random.hex(56).toUpperCase(),
    body: { contentType: 'html', content: note },
    start: moment(hour),
    end: moment(hour + 1),
    location: { displayName: meeting ? 'Room Baltic' : '', locationType: 'default' },
    attendees: guests.map((guest) => ({
      type: 'required',
      status: {
        response: random.pick(['accepted', 'none', 'tentativelyAccepted']),
        time: '0001-01-01T00:00:00Z',
      },
      ...emailAddress(guest),
    })),
    organizer: emailAddress(organizer),
    recurrence: weekly
      ? {
          pattern: {
            type: 'weekly',
            interval: 1,
            month: 0,
            dayOfMonth: 0,
            daysOfWeek: ['tuesday'],
            firstDayOfWeek: 'monday',
            index: 'first',
          },
          range: {
            type: 'numbered',
            startDate: day,
            endDate: '0001-01-01',
            recurrenceTimeZone: zone,
            numberOfOccurrences: 12,
          },
        }
      : null,
    seriesMasterId: null,
  };
  return { resource, at: `${day}T06:00:00.000Z` };
}

function contact(person: Person, random: Random): Record<string, unknown> {
  const [givenName, surname] = person.name.split(' ');
  return {
    displayName: person.name,
    givenName,
    surname,
    companyName: person.company,
    jobTitle: person.title,
    emailAddresses: [{ name: person.name, address: person.address }],
    businessPhones: [person.phone],
    homePhones: [],
    mobilePhone: `+49 170 55${random.between(10_000, 99_999)}`,
    businessAddress: {
      street: `Kaistraße ${random.between(1, 90)}`,
      city: 'Hamburg',
      postalCode: '20457',
      countryOrRegion: 'Germany',
    },
    personalNotes: random.chance(0.5) ? 'Prefers the telephone.' : '',
    birthday: random.chance(0.3) ? '1980-05-17T11:59:00Z' : null,
  };
}

function distributionList(strangers: Person[], random: Random): Record<string, unknown> {
  return {
    displayName: 'Hafenprojekt extern',
    members: random.sample(strangers, 4).map(({ name, address }) => ({ name, address })),
  };
}

function task(random: Random, number: number): Record<string, unknown> {
  const project = random.pick(projects);
  return {
    title: [`Send ${project} offer`, `${project}: Prüfung anmelden`, `Call about ${project}`][
      number
    ],
    status: number === 2 ? 'completed' : 'notStarted',
    importance: number === 0 ? 'high' : 'normal',
    isReminderOn: false,
    body: { contentType: 'text', content: `Reference C-${random.between(1000, 9999)}` },
    hasAttachments: false,
    dueDateTime: { dateTime: '2026-12-04T00:00:00.0000000', timeZone: 'UTC' },
    ...(number === 2
      ? { completedDateTime: { dateTime: '2026-11-12T00:00:00.0000000', timeZone: 'UTC' } }
      : {}),
  };
}

/** Notes are read through the mail routes, like messages (their class is another). */
async function note(
  store: Store,
  mailbox: Mailbox,
  owner: Colleague,
  random: Random,
): Promise<void> {
  const text = `Door code of the site office: ${random.between(1000, 9999)}\nAsk for ${random.pick(projects)} keys at the gate.\n`;
  const at = '2026-06-15T08:00:00.000Z';
  const message = composeMessage({
    from: { name: owner.name, address: owner.address },
    to: [],
    subject: text.split('\n')[0]!,
    date: at,
    messageId: `<note.${random.hex(16)}@contoso.example>`,
    text,
    html: null,
  });
  const { facts, segments } = readMessage(message);
  store.putItem(mailbox, {
    ...newItem(mailbox, 'notes', 'IPM.StickyNote', {}, at),
    resource: null,
    size: message.length,
    mail: { facts, segments, content: await store.content.put(message) },
  });
}

/** A meeting request as it arrives by mail: class `IPM.Schedule.Meeting.Request`. */
export function meetingRequest(organizer: Person, guest: Person, random: Random): Buffer {
  const uid = random.hex(56).toUpperCase();
  const calendar = [
    'BEGIN:VCALENDAR',
    'METHOD:REQUEST',
    'PRODID:Microsoft Exchange Server 2010',
    'VERSION:2.0',
    'BEGIN:VEVENT',
    `ORGANIZER;CN=${organizer.name}:mailto:${organizer.address}`,
    `ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=${guest.name}:mailto:${guest.address}`,
    `UID:${uid}`,
    'SUMMARY:Harbour: inspection on site',
    'DTSTART:20261203T090000Z',
    'DTEND:20261203T110000Z',
    'DTSTAMP:20261118T101500Z',
    'LOCATION:Dock 4',
    'SEQUENCE:0',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');
  return composeMessage({
    from: { name: organizer.name, address: organizer.address },
    to: [{ name: guest.name, address: guest.address }],
    subject: 'Harbour: inspection on site',
    date: '2026-11-18T10:15:00.000Z',
    messageId: `<${random.hex(24)}@contoso.example>`,
    headers: [['Content-Class', 'urn:content-classes:calendarmessage']],
    text: 'Boots and helmets, please.\n',
    html: '<html><body><p>Boots and helmets, please.</p></body></html>',
    calendar: { method: 'REQUEST', text: calendar },
  });
}
