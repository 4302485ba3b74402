import { z } from 'zod';
import { wholeNumber } from './fields.ts';
import { type Operation, scopesOf } from './operation.ts';
import { type ProblemKind, problemKinds, problemMedia, problemSchema, waits } from './problem.ts';

type Json = Record<string, unknown>;

/** The parts of the document that the docs page reads back. */
export interface OpenApiDocument extends Json {
  openapi: string;
  paths: Record<string, Record<string, Json>>;
  components: { schemas: Record<string, Json> } & Json;
}

const base = '/api/v1';

/**
 * The document of a table of operations: what is not in the table is not in the document, and what
 * the document says of a field is what the field is checked with.
 */
export function openApiDocument(
  operations: readonly Operation<never>[],
  about: { portalUrl: string; introduction: string; tags: Record<string, string> },
): OpenApiDocument {
  const schemas = new Schemas();
  const paths: OpenApiDocument['paths'] = {};
  for (const operation of operations) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: describe(operation, schemas),
    };
  }
  schemas.of(problemSchema, 'output');
  return {
    openapi: '3.1.0',
    info: {
      title: 'Holdfast',
      version: '1.0.0',
      description: about.introduction,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: `${about.portalUrl}${base}` }],
    tags: Object.entries(about.tags).map(([name, description]) => ({ name, description })),
    security: [{ key: [] }],
    paths,
    components: {
      schemas: schemas.named,
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description: 'A key of the portal, shown once when it is made.',
        },
      },
      responses: Object.fromEntries(
        (Object.keys(problemKinds) as ProblemKind[]).map((kind) => [kind, problemResponse(kind)]),
      ),
    },
  };
}

function problemResponse(kind: ProblemKind): Json {
  return {
    description: `${problemKinds[kind].title}. ${problemKinds[kind].help}`,
    content: { [problemMedia]: { schema: { $ref: '#/components/schemas/Problem' } } },
    ...(waits.has(kind) ? { headers: retryAfter } : {}),
  };
}

const retryAfter = {
  'Retry-After': {
    description: 'Seconds to wait before asking again',
    required: true,
    schema: { type: 'integer', minimum: 1 },
  },
};

/** Of a file and of an item there may be none, or no longer one, whatever its id says. */
function isMade({ media, path }: Operation<never>): boolean {
  return media !== undefined || path.includes('{itemId}');
}

/** Which kinds of refusal an operation can answer with; a status is told once. */
function refusalsOf(operation: Operation<never>): ProblemKind[] {
  const writes = operation.method === 'POST';
  return [
    'invalid-request',
    'unauthenticated',
    'forbidden',
    ...(operation.path.includes('{') || writes || operation.media !== undefined
      ? (['not-found'] as const)
      : []),
    ...(writes || isMade(operation) ? (['conflict', 'gone'] as const) : []),
    ...(writes ? (['too-large', 'unsupported-media-type', 'idempotency-mismatch'] as const) : []),
    'rate-limited',
    'unavailable',
  ];
}

function describe(operation: Operation<never>, schemas: Schemas): Json {
  const { id, tag, summary, description, status } = operation;
  const scopes = scopesOf(operation);
  const refusals = refusalsOf(operation).map((kind) => [
    String(problemKinds[kind].status),
    { $ref: `#/components/responses/${kind}` },
  ]);
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: [description, told(scopes)].filter(Boolean).join('\n\n'),
    security: [{ key: scopes }],
    parameters: parametersOf(operation, schemas),
    ...(operation.body === undefined ? {} : { requestBody: bodyOf(operation.body, schemas) }),
    responses: {
      [String(status)]: successOf(operation, schemas),
      ...Object.fromEntries(refusals),
      // Said by the server before it knows what is asked for, and so without a document.
      '431': { description: 'The address and the headers are longer than 16 KiB together.' },
    },
  };
}

const told = (scopes: string[]) =>
  `${scopes.length > 1 ? 'Scopes' : 'Scope'}: ${scopes.map((scope) => `\`${scope}\``).join(' and ')}.`;

function parametersOf(operation: Operation<never>, schemas: Schemas): Json[] {
  const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map((match) => ({
    name: match[1],
    in: 'path',
    required: true,
    schema: { type: 'string', format: 'uuid' },
  }));
  const inQuery = Object.entries(queryOf(operation).shape).map(([name, field]) => {
    const required = !(field as z.ZodType).safeParse(undefined).success;
    const schema = schemas.of(field as z.ZodType, 'output');
    const { description, ...rest } = schema;
    return { name, in: 'query', required, ...(description ? { description } : {}), schema: rest };
  });
  const inHeaders =
    operation.method === 'POST'
      ? [
          {
            name: 'Idempotency-Key',
            in: 'header',
            required: false,
            description:
              'The same key with the same request gets the same answer for a day, and the request is carried out once.',
            schema: { type: 'string', pattern: '^[!-~]{1,255}$' },
          },
        ]
      : [];
  return [...inPath, ...inQuery, ...inHeaders];
}

function bodyOf(body: z.ZodType, schemas: Schemas): Json {
  return {
    required: !body.safeParse(undefined).success,
    content: { 'application/json': { schema: schemas.of(body, 'input') } },
  };
}

function successOf(operation: Operation<never>, schemas: Schemas): Json {
  const { says, media, answer } = operation;
  if (media !== undefined) {
    return {
      description: says,
      headers: { 'Content-Disposition': { schema: { type: 'string' } }, ...allowanceHeaders },
      content: Object.fromEntries(
        media.map((type) => [type, { schema: { type: 'string', contentMediaType: type } }]),
      ),
    };
  }
  const schema = schemas.of(answerSchema(operation), 'output');
  return {
    description: says,
    headers: allowanceHeaders,
    ...(answer === undefined ? {} : { content: { 'application/json': { schema } } }),
  };
}

const allowanceHeaders = {
  RateLimit: {
    description: 'Requests left (`r`), and seconds until the bucket is full again (`t`)',
    schema: { type: 'string' },
  },
};

/** The query of an operation, with what every paged list has. */
export function queryOf(operation: Pick<Operation<never>, 'query' | 'page'>): z.ZodObject {
  const own = operation.query ?? z.object({});
  const { page } = operation;
  if (page === undefined) return z.strictObject(own.shape);
  return z.strictObject({
    ...own.shape,
    cursor: z
      .string()
      .min(1)
      .max(4000)
      .optional()
      .describe('The `next` of the page before, as it is.'),
    limit: wholeNumber(1, page.most)
      .optional()
      .describe(`Entries of a page; ${page.usual} where it is left out.`),
  });
}

/** The whole body of a good answer; of a file there is none. */
export function answerSchema(operation: Pick<Operation<never>, 'answer' | 'page'>): z.ZodType {
  const one = operation.answer ?? z.undefined();
  if (operation.page === undefined) return one;
  return z.object({
    items: z.array(one),
    next: z
      .string()
      .nullable()
      .describe('Give it as `cursor` for the page that follows; null at the end.'),
  });
}

/** Collects what has a name, so that the document says it once. */
class Schemas {
  readonly named: Record<string, Json> = {};

  of(schema: z.ZodType, io: 'input' | 'output'): Json {
    const { $schema, $defs, ...json } = z.toJSONSchema(schema, {
      io,
      reused: 'inline',
      unrepresentable: 'any',
      override: ({ jsonSchema }) => {
        // Fields may be added to answers; to requests only those that are named.
        if (io === 'output') delete jsonSchema.additionalProperties;
        // The expression that a format is checked with says nothing that its name does not.
        if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
      },
    }) as Json;
    for (const [name, part] of Object.entries(($defs ?? {}) as Record<string, Json>)) {
      const { $id: _id, ...rest } = part;
      this.named[name] = relocated(rest) as Json;
    }
    const { id: _own, ...rest } = relocated(json) as Json;
    return rest;
  }
}

/** From the place of definitions in a schema to that of a document. */
function relocated(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relocated);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) =>
      key === '$ref' && typeof inner === 'string'
        ? [key, inner.replace('#/$defs/', '#/components/schemas/')]
        : [key, relocated(inner)],
    ),
  );
}
