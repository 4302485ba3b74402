import type { OpenApiDocument } from './openapi.ts';

type Json = Record<string, unknown>;

/** One field of a schema as a line that people read, with the fields inside it below. */
export interface SchemaLine {
  name: string;
  type: string;
  required: boolean;
  text: string;
  inside: SchemaLine[];
}

/** The fields of a body or an answer; of a list, those of its entries. */
export function schemaLines(document: OpenApiDocument, schema: Json): SchemaLine[] {
  const found = followed(document, schema);
  if (found.type === 'array') return schemaLines(document, found.items as Json);
  const choices = choicesOf(found);
  if (choices.length > 1) {
    return choices.map((choice) => {
      const fields = schemaLines(document, choice);
      const kind = fields.find(({ name }) => name === 'kind');
      const inside = fields.filter((field) => field !== kind);
      return { name: kind?.type ?? 'or', type: 'object', required: false, text: '', inside };
    });
  }
  if (choices.length === 1) return schemaLines(document, choices[0]!);
  const required = (found.required ?? []) as string[];
  return Object.entries((found.properties ?? {}) as Record<string, Json>).map(([name, field]) => ({
    name,
    type: schemaType(document, field),
    required: required.includes(name),
    text: String(field.description ?? ''),
    inside: schemaLines(document, field),
  }));
}

/** `integer, 1 to 100`, `uuid`, `skip | copy | replace`, `list of Item`. */
export function schemaType(document: OpenApiDocument, schema: Json): string {
  const reference = /\/(\w+)$/.exec(String(schema.$ref ?? ''))?.[1];
  const found = followed(document, schema);
  if (found.const !== undefined) return String(found.const);
  if (Array.isArray(found.enum)) return found.enum.map(String).join(' | ');
  const choices = choicesOf(found);
  if (choices.length > 0) {
    const nullable = [found.anyOf, found.oneOf].flat().some((it) => isNull(it as Json));
    const kinds = choices.length > 1 ? (reference ?? 'one of') : schemaType(document, choices[0]!);
    return nullable ? `${kinds} or null` : kinds;
  }
  if (found.type === 'array') return `list of ${schemaType(document, found.items as Json)}`;
  if (found.type === 'object') return reference ?? 'object';
  const { format, type, minimum, maximum, minLength, maxLength } = found;
  const bounds = (low: unknown, high: unknown, what: string) =>
    typeof high === 'number' && high < Number.MAX_SAFE_INTEGER
      ? `, ${low ?? 0} to ${high.toLocaleString('en')}${what}`
      : '';
  if (type === 'integer' || type === 'number') return `${type}${bounds(minimum, maximum, '')}`;
  const kind = Array.isArray(type) ? type.join(' or ') : type;
  return `${format ?? kind ?? 'anything'}${bounds(minLength, maxLength, ' characters')}`;
}

const isNull = (schema: Json | undefined) => schema?.type === 'null';

function choicesOf(schema: Json): Json[] {
  // Beside fields of its own it says which of them there must be, and not what they are.
  if (schema.properties !== undefined) return [];
  return ((schema.anyOf ?? schema.oneOf ?? []) as Json[]).filter((choice) => !isNull(choice));
}

function followed(document: OpenApiDocument, schema: Json): Json {
  const name = /^#\/components\/schemas\/(\w+)$/.exec(String(schema.$ref ?? ''))?.[1];
  return name === undefined ? schema : (document.components.schemas[name] ?? {});
}
