import { badRequest } from './failures.ts';

/** The query options of a request, as far as the stand-in understands them. */
export interface Query {
  select: string[] | null;
  top: number | null;
  skip: number;
  count: boolean;
  orderBy: string | null;
  filter: Condition[];
  /** Properties asked for with `$expand=singleValueExtendedProperties($filter=id eq '…' or …)`. */
  extended: string[];
  expandAttachments: boolean;
  raw: URLSearchParams;
}

/** One clause of a filter; clauses are joined by `and`. */
export type Condition =
  | { on: 'field'; field: string; operator: string; value: string }
  | { on: 'extended'; id: string; operator: string; value: string };

export function parseQuery(params: URLSearchParams): Query {
  const expand = params.get('$expand') ?? '';
  return {
    select:
      params
        .get('$select')
        ?.split(',')
        .map((it) => it.trim())
        .filter(Boolean) ?? null,
    top: number(params, '$top'),
    skip: number(params, '$skip') ?? 0,
    count: params.get('$count') === 'true',
    orderBy: params.get('$orderby'),
    filter: parseFilter(params.get('$filter')),
    extended: extendedIn(expand),
    expandAttachments: /(^|,)\s*attachments\b/.test(expand),
    raw: params,
  };
}

function number(params: URLSearchParams, name: string): number | null {
  const text = params.get(name);
  if (text === null) return null;
  if (!/^\d+$/.test(text)) throw badRequest(`Invalid value '${text}' for '${name}'.`);
  return Number(text);
}

function extendedIn(expand: string): string[] {
  const inner = /singleValueExtendedProperties\(\$filter=(.*)\)/i.exec(expand)?.[1];
  return inner
    ? [...inner.matchAll(/id\s+eq\s+'((?:[^']|'')*)'/gi)].map((it) => unquote(it[1]!))
    : [];
}

const unquote = (text: string) => text.replaceAll("''", "'");

const extendedClause =
  /singleValueExtendedProperties\/any\(\s*(\w+)\s*:\s*\1\/id\s+eq\s+'((?:[^']|'')*)'\s+and\s+\1\/value\s+(eq|ne|ge|gt|le|lt)\s+'((?:[^']|'')*)'\s*\)/gi;
const planClause = /assignedPlans\/any\(\s*\w+\s*:.*?\)/gi;
const functionClause = /^(startswith|endswith|contains)\(\s*([\w/]+)\s*,\s*'((?:[^']|'')*)'\s*\)$/i;
const plainClause = /^([\w/]+)\s+(eq|ne|ge|gt|le|lt)\s+(?:'((?:[^']|'')*)'|([^\s']+))$/i;

function parseFilter(text: string | null): Condition[] {
  if (text === null || text.trim() === '') return [];
  const conditions: Condition[] = [];
  const rest = text
    .replace(extendedClause, (_, _name, id, operator, value) => {
      conditions.push({ on: 'extended', id: unquote(id), operator, value: unquote(value) });
      return '';
    })
    .replace(planClause, () => {
      conditions.push({ on: 'field', field: 'licensed', operator: 'eq', value: 'true' });
      return '';
    });
  for (const clause of rest
    .split(/\s+and\s+/i)
    .map((it) => it.trim())
    .filter(Boolean)) {
    const call = functionClause.exec(clause);
    const plain = plainClause.exec(clause);
    if (call) {
      conditions.push({
        on: 'field',
        field: call[2]!,
        operator: call[1]!.toLowerCase(),
        value: unquote(call[3]!),
      });
    } else if (plain) {
      const value = plain[3] === undefined ? plain[4]! : unquote(plain[3]);
      conditions.push({ on: 'field', field: plain[1]!, operator: plain[2]!.toLowerCase(), value });
    } else {
      throw badRequest(
        'The restriction or sort order is too complex for this operation.',
        'InefficientFilter',
      );
    }
  }
  return conditions;
}

/** Compares as Graph does: moments as moments, the rest without regard to case. */
export function holds(actual: unknown, operator: string, wanted: string): boolean {
  if (typeof actual === 'boolean') return (operator === 'ne') !== (String(actual) === wanted);
  const text = String(actual ?? '').toLowerCase();
  const other = wanted.toLowerCase();
  if (operator === 'startswith') return text.startsWith(other);
  if (operator === 'endswith') return text.endsWith(other);
  if (operator === 'contains') return text.includes(other);
  const dates = /^\d{4}-\d\d-\d\d/.test(text) && /^\d{4}-\d\d-\d\d/.test(other);
  const [left, right] = dates ? [Date.parse(text), Date.parse(other)] : [text, other];
  switch (operator) {
    case 'eq':
      return left === right;
    case 'ne':
      return left !== right;
    case 'ge':
      return left >= right;
    case 'gt':
      return left > right;
    case 'le':
      return left <= right;
    default:
      return left < right;
  }
}

/** Keeps what `$select` names, with the id and everything that OData itself adds. */
export function pick(
  resource: Record<string, unknown>,
  select: string[] | null,
): Record<string, unknown> {
  if (!select || select.includes('*')) return resource;
  const wanted = new Set(select.map((it) => it.toLowerCase()));
  return Object.fromEntries(
    Object.entries(resource).filter(
      ([name]) =>
        name === 'id' ||
        name.startsWith('@') ||
        name === 'singleValueExtendedProperties' ||
        wanted.has(name.toLowerCase()),
    ),
  );
}
