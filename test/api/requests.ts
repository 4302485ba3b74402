import fc from 'fast-check';
import type { ApiContext } from '#app/_server/api.ts';
import type { OpenApiDocument } from '#lib/api/openapi.ts';
import type { Operation } from '#lib/api/operation.ts';
import type { Ids } from './calls.ts';
import type { Sent } from './desk.ts';

type Json = Record<string, unknown>;

interface Told {
  parameters: { name: string; in: string; required: boolean; schema: Json }[];
  requestBody?: { content: { 'application/json': { schema: Json } } };
}

/** Requests of one operation as the document tells it: some good, most of them bent somewhere. */
export function requestsOf(
  operation: Operation<ApiContext>,
  document: OpenApiDocument,
  ids: Ids,
): fc.Arbitrary<{ path: string; sent: Sent }> {
  const told = document.paths[operation.path]![operation.method.toLowerCase()] as unknown as Told;
  const sayable = (name: string, schema: Json) =>
    named(name, ids, fromSchema(document, schema, ids));
  const inPath = told.parameters.filter((it) => it.in === 'path');
  const inQuery = told.parameters.filter((it) => it.in === 'query');
  const path = fc
    .tuple(
      ...inPath.map(({ name }) =>
        fc.oneof(
          { weight: 8, arbitrary: fc.constant(String(ids[name as keyof Ids])) },
          { weight: 1, arbitrary: fc.uuid() },
          // A dot names no value: before it is sent the address becomes another one.
          { weight: 1, arbitrary: odd.filter((value) => value !== '.' && value !== '..') },
        ),
      ),
    )
    .map((values) =>
      inPath.reduce(
        (filled, { name }, index) => filled.replace(`{${name}}`, encoded(values[index]!)),
        operation.path,
      ),
    );
  const query = fc
    .tuple(
      ...inQuery.map(({ name, required, schema }) =>
        fc.oneof(
          {
            weight: 6,
            arbitrary: sayable(name, schema).map((value) => [[name, String(value)]]),
          },
          { weight: required ? 1 : 6, arbitrary: fc.constant([]) },
          { weight: 1, arbitrary: odd.map((value) => [[name, value]]) },
          {
            weight: 1,
            arbitrary: fc.constant([
              [name, '1'],
              [name, '2'],
            ]),
          },
        ),
      ),
      fc.oneof(
        { weight: 9, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.tuple(odd, odd).map((pair) => [pair]) },
      ),
    )
    .map((parts) =>
      parts
        .flat()
        .map((pair) => pair.map(encoded).join('='))
        .join('&'),
    );
  const schema = told.requestBody?.content['application/json'].schema;
  const body: fc.Arbitrary<Sent> =
    operation.method === 'GET'
      ? fc.constant({})
      : fc.oneof(
          {
            weight: 6,
            arbitrary: (schema === undefined ? fc.constant({}) : sayable('', schema)).map(
              (good): Sent => ({ body: good }),
            ),
          },
          {
            weight: 6,
            arbitrary: fc
              .tuple(schema === undefined ? fc.constant({}) : sayable('', schema), fc.nat(), json)
              .map(([good, at, bad]): Sent => ({ body: bent(good, at, bad) })),
          },
          { weight: 1, arbitrary: json.map((any): Sent => ({ body: any })) },
          {
            weight: 1,
            arbitrary: fc
              .tuple(
                fc.uint8Array({ maxLength: 200 }),
                fc.constantFrom('application/json', 'text/plain', 'multipart/form-data', ''),
              )
              .map(
                ([raw, type]): Sent => ({
                  raw: new Uint8Array(raw),
                  headers: { 'content-type': type },
                }),
              ),
          },
        );
  const headers = fc.oneof(
    { weight: 5, arbitrary: fc.constant({}) },
    {
      weight: 2,
      arbitrary: fc
        .string({ unit: fc.constantFrom(...'abc !~é\t'), maxLength: 6 })
        .map((key) => ({ 'idempotency-key': key })),
    },
  );
  return fc.tuple(path, query, body, headers).map(([to, asked, said, more]) => ({
    path: asked === '' ? to : `${to}?${asked}`,
    sent: { method: operation.method, ...said, headers: { ...said.headers, ...more } },
  }));
}

const text = fc.string({ unit: 'grapheme', maxLength: 30 });
const odd = fc.oneof(
  text,
  fc.constantFrom(
    '',
    '0',
    '-1',
    '1e9',
    'null',
    'true',
    '__proto__',
    '\u0000',
    "' or 1=1--",
    '../..',
    '9'.repeat(30),
    'é'.repeat(500),
    '\ud800',
  ),
);
const json = fc.oneof(fc.jsonValue({ maxDepth: 3 }), odd) as fc.Arbitrary<unknown>;

function encoded(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}

/** Where the name is one of something that is there, mostly that one. */
function named(name: string, ids: Ids, otherwise: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const key =
    (
      { folderId: 'folder', customer: 'customerId', mailbox: 'mailboxId' } as Record<string, string>
    )[name] ?? name;
  const id = ids[key as keyof Ids];
  if (id === undefined) return otherwise;
  return fc.oneof({ weight: 6, arbitrary: fc.constant(id) }, { weight: 1, arbitrary: otherwise });
}

function fromSchema(document: OpenApiDocument, schema: Json, ids: Ids): fc.Arbitrary<unknown> {
  const inner = (it: Json) => fromSchema(document, it, ids);
  if (schema.$ref !== undefined) {
    return inner(document.components.schemas[String(schema.$ref).split('/').at(-1)!]!);
  }
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  const choices = (schema.oneOf ?? schema.anyOf) as Json[] | undefined;
  if (choices !== undefined && schema.properties === undefined)
    return fc.oneof(...choices.map(inner));
  switch (schema.type) {
    case 'object': {
      const properties = Object.entries((schema.properties ?? {}) as Record<string, Json>);
      const made = properties.map(
        ([name, field]) => [name, named(name, ids, inner(field))] as const,
      );
      return fc.record(Object.fromEntries(made), {
        requiredKeys: (schema.required ?? []) as never[],
        noNullPrototype: true,
      });
    }
    case 'array':
      return fc.array(inner(schema.items as Json), {
        minLength: Number(schema.minItems ?? 0),
        maxLength: Math.min(Number(schema.maxItems ?? 5), Number(schema.minItems ?? 0) + 4),
      });
    case 'integer':
      return fc.integer({
        min: Number(schema.minimum ?? 0),
        max: Math.min(Number(schema.maximum ?? 100), 2 ** 31 - 1),
      });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      if (schema.format === 'uuid') return fc.uuid();
      if (schema.format === 'date-time') {
        return fc
          .date({ min: new Date(-1e14), max: new Date(1e14), noInvalidDate: true })
          .map((at) => at.toISOString());
      }
      return fc.string({
        unit: 'grapheme',
        minLength: Number(schema.minLength ?? 0),
        maxLength: Math.min(Number(schema.maxLength ?? 40), 60),
      });
  }
}

/** A value with one of its places changed for something else, or with one more. */
function bent(value: unknown, at: number, bad: unknown): unknown {
  const places: [holder: Json, key: string][] = [];
  const copy = structuredClone(value) as Json;
  const walk = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return;
    for (const key of Object.keys(node)) {
      places.push([node as Json, key]);
      walk((node as Json)[key]);
    }
    if (!Array.isArray(node)) places.push([node as Json, 'surplus']);
  };
  walk(copy);
  const [holder, key] = places[at % Math.max(1, places.length)] ?? [copy, 'surplus'];
  holder[key] = bad;
  return copy;
}
