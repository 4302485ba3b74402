import { jsonContentId, tagOf } from './identity.ts';
import type { ItemKind } from './item.ts';
import { cardOf, type ItemCard } from './item-details.ts';
import { clean, parseDate } from './mime-facts.ts';

/** What a list shows of an item. */
export interface ListFacts {
  subject: string;
  sender: string;
  recipients: string;
  at: Date | null;
  hasAttachments: boolean;
  internetMessageId: string | null;
  contentId: string;
  card: ItemCard | null;
}

/** MAPI properties by which an item without a route of its own is listed (research/graph.md §2.3). */
export const listedProperties = [
  'String 0x0037',
  'SystemTime 0x0E06',
  'SystemTime 0x0039',
  'String 0x0C1A',
  'String 0x5D01',
  'String 0x0E04',
  'Boolean 0x0E1B',
  'String 0x1035',
  'String 0x1000',
] as const;

type Json = Record<string, unknown>;

/** Reads the JSON that Graph gave for an event, contact, task or plain item; hostile values included. */
export function factsOfJson(kind: ItemKind, json: unknown): ListFacts {
  const item = (json !== null && typeof json === 'object' ? json : {}) as Json;
  const contentId = jsonContentId(item);
  const card = cardOf(kind, item);
  switch (kind) {
    case 'event':
      return {
        subject: text(item.subject, 1000),
        sender: personOf(objectAt(item.organizer).emailAddress),
        recipients: listOf(item.attendees)
          .slice(0, 100)
          .map((attendee) => personOf(objectAt(attendee).emailAddress))
          .join(', ')
          .slice(0, 4000),
        at: moment(item.start),
        hasAttachments: item.hasAttachments === true,
        internetMessageId: null,
        ...{ contentId, card },
      };
    case 'contact':
      return {
        subject: text(item.displayName, 1000) || text(item.companyName, 1000),
        sender: text(objectAt(listOf(item.emailAddresses)[0]).address, 500),
        recipients: '',
        at: moment(item.createdDateTime),
        hasAttachments: false,
        internetMessageId: null,
        ...{ contentId, card },
      };
    case 'task':
      return {
        subject: text(item.title, 1000) || text(item.subject, 1000),
        sender: '',
        recipients: '',
        at: moment(item.dueDateTime) ?? moment(item.createdDateTime),
        hasAttachments: item.hasAttachments === true,
        internetMessageId: null,
        ...{ contentId, card },
      };
    default:
      return factsOfProperties(item, contentId);
  }
}

/** The MAPI properties that an item was asked for, by tag. */
export function propertiesOf(item: Json): Map<string, string> {
  const properties = new Map<string, string>();
  for (const property of listOf(item.singleValueExtendedProperties)) {
    const { id, value } = objectAt(property);
    // Anything may stand where text is expected, even what cannot be made text.
    if (typeof id === 'string' && typeof value !== 'object')
      properties.set(tagOf(id), String(value ?? ''));
  }
  return properties;
}

function factsOfProperties(item: Json, contentId: string): ListFacts {
  const properties = propertiesOf(item);
  const get = (tag: string) => properties.get(tagOf(tag)) ?? '';
  const name = get('String 0x0C1A');
  const address = get('String 0x5D01');
  return {
    subject: clean(get('String 0x0037'), 1000) || text(item.subject, 1000),
    sender: clean(name && address ? `${name} <${address}>` : name || address, 500),
    recipients: clean(get('String 0x0E04'), 4000),
    at:
      parseDate(get('SystemTime 0x0E06')) ??
      parseDate(get('SystemTime 0x0039')) ??
      moment(item.createdDateTime),
    hasAttachments: /^true$/i.test(get('Boolean 0x0E1B')),
    internetMessageId: clean(get('String 0x1035'), 998) || null,
    ...{ contentId, card: null },
  };
}

export function objectAt(value: unknown): Json {
  return value !== null && typeof value === 'object' ? (value as Json) : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown, charactersMax: number): string {
  return typeof value === 'string' ? clean(value, charactersMax) : '';
}

function personOf(value: unknown): string {
  const { name, address } = objectAt(value);
  const known = text(name, 250);
  const at = text(address, 250);
  return known && at ? `${known} <${at}>` : known || at;
}

/** `{dateTime, timeZone}` or plain text; a time without a zone counts as UTC. */
function moment(value: unknown): Date | null {
  const raw = typeof value === 'string' ? value : objectAt(value).dateTime;
  if (typeof raw !== 'string') return null;
  return parseDate(/(?:Z|[+-]\d\d:?\d\d)$/i.test(raw) ? raw : `${raw}Z`);
}
