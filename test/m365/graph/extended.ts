import { isRead, type StoredItem } from '../store/item.ts';
import { badRequest } from './failures.ts';
import { type Condition, holds } from './odata.ts';

/**
 * `String 0x0037` and `String 0x37` are one property; named ones differ by case neither in the set
 * nor in the name. Answers lose leading zeros (research/graph.md §2.3).
 */
export function normalId(id: string): string {
  const tagged = /^(\w+)\s+0x([\da-f]+)$/i.exec(id.trim());
  if (tagged) {
    const kind = tagged[1]!;
    return `${kind[0]!.toUpperCase()}${kind.slice(1)} 0x${Number.parseInt(tagged[2]!, 16).toString(16).toUpperCase()}`;
  }
  const named = /^(\w+)\s+\{([\da-f-]{36})\}\s+(Name\s+(.+)|Id\s+(0x[\da-f]+))$/i.exec(id.trim());
  if (!named)
    throw badRequest(`The extended property id '${id}' is not valid.`, 'ErrorInvalidProperty');
  const what = named[4] === undefined ? `Id ${named[5]}` : `Name ${named[4]}`;
  return `${named[1]} {${named[2]!.toLowerCase()}} ${what}`;
}

/** undefined where the item has no such property. */
export function extendedValue(item: StoredItem, id: string): string | undefined {
  const wanted = normalId(id);
  const set = item.extended[wanted];
  if (set !== undefined) return set;
  const facts = item.mail?.facts;
  const resource = item.resource ?? {};
  switch (wanted) {
    case 'String 0x1A':
      return item.itemClass;
    case 'String 0x37':
      return facts?.subject ?? text(resource.subject ?? resource.displayName ?? resource.title);
    case 'SystemTime 0x39':
      return facts ? (facts.sent ?? undefined) : undefined;
    case 'String 0xC1A':
      return facts?.from?.name;
    case 'String 0x5D01':
    case 'String 0xC1F':
      return facts?.from?.address;
    case 'String 0xE04':
      return facts?.to.map((it) => it.name || it.address).join('; ');
    case 'SystemTime 0xE06':
      return item.received;
    case 'Integer 0xE07':
      return String(item.flags);
    case 'Integer 0xE08':
    case 'Long 0xE08':
      return String(item.size);
    case 'Boolean 0xE1B':
      return String(facts?.hasAttachments ?? false);
    case 'Boolean 0xE69':
      return String(isRead(item));
    case 'String 0x1035':
      return facts?.messageId ?? undefined;
    case 'SystemTime 0x3007':
      return item.created;
    case 'SystemTime 0x3008':
      return item.modified;
    default:
      return undefined;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The part of an answer that `$expand=singleValueExtendedProperties(…)` asks for. */
export function extendedPart(item: StoredItem, ids: string[]): Record<string, unknown> {
  const found = ids.flatMap((id) => {
    const value = extendedValue(item, id);
    return value === undefined ? [] : [{ id: normalId(id), value }];
  });
  return found.length > 0 ? { singleValueExtendedProperties: found } : {};
}

export function extendedHolds(
  item: StoredItem,
  condition: Extract<Condition, { on: 'extended' }>,
): boolean {
  const value = extendedValue(item, condition.id);
  return value !== undefined && holds(value, condition.operator, condition.value);
}

/** Takes the extended properties of a create request: those that Exchange understands, and the rest. */
export function takeExtended(given: unknown): {
  flags: number | null;
  sent: string | null;
  received: string | null;
  itemClass: string | null;
  extended: Record<string, string>;
} {
  const taken = {
    flags: null,
    sent: null,
    received: null,
    itemClass: null,
    extended: {},
  } as ReturnType<typeof takeExtended>;
  if (given === undefined || given === null) return taken;
  if (!Array.isArray(given))
    throw badRequest('singleValueExtendedProperties must be a collection.');
  for (const entry of given as Array<{ id?: unknown; value?: unknown }>) {
    if (typeof entry?.id !== 'string' || typeof entry.value !== 'string') {
      throw badRequest(
        'An extended property needs an id and a value, both strings.',
        'ErrorInvalidProperty',
      );
    }
    const id = normalId(entry.id);
    if (id === 'Integer 0xE07') taken.flags = Number(entry.value);
    else if (id === 'SystemTime 0x39') taken.sent = moment(entry.value);
    else if (id === 'SystemTime 0xE06') taken.received = moment(entry.value);
    else if (id === 'String 0x1A') taken.itemClass = entry.value;
    else taken.extended[id] = entry.value;
  }
  return taken;
}

function moment(value: string): string {
  const at = Date.parse(value);
  if (Number.isNaN(at)) throw badRequest(`'${value}' is no moment.`, 'ErrorInvalidPropertyValue');
  return new Date(at).toISOString();
}
