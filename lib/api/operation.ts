import type { Readable } from 'node:stream';
import type { z } from 'zod';

/** The names in braces of a path, each an id. */
type PathNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathNames<Rest>
  : never;

/** A file as an answer. */
export interface FileAnswer {
  /** One of those that the operation names. */
  media: string;
  fileName: string;
  bytes: number;
  body: Readable;
}

export interface Call<Context, Path extends string, Query, Body, Position> {
  ctx: Context;
  path: Record<PathNames<Path>, string>;
  query: Query;
  body: Body;
  /** Where the page before ended; null at the start. Only where the operation is paged. */
  after: Position | null;
  limit: number;
}

interface Spec<
  Context,
  Scope extends string,
  Path extends string,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Answer extends z.ZodType,
  Position,
> {
  /** In the document, where programs make names of functions from it. */
  id: string;
  method: 'GET' | 'POST';
  /** Below `/api/v1`. */
  path: Path;
  tag: string;
  summary: string;
  description?: string;
  /** What the key must be allowed. */
  scope: Scope;
  /** What it must be allowed as well. */
  also?: readonly Scope[];
  query?: Query;
  body?: Body;
  /** A list that is handed out in pages: `cursor` and `limit` are added to its query. */
  page?: { position: z.ZodType<Position>; most: number; usual: number };
  status: 200 | 201 | 202;
  /** What the answer is; of a paged list, what one entry is. */
  answer?: Answer;
  /** The answer is a file of one of these types instead. */
  media?: readonly string[];
  /** What the answer says in words. */
  says: string;
  run(
    call: Call<Context, Path, z.output<Query>, z.output<Body>, Position>,
  ): Promise<OperationResult<z.input<Answer>, Position>>;
}

export type OperationResult<Answer, Position> =
  | { body: Answer; location?: string }
  | { items: Answer[]; next: Position | null }
  | { file: FileAnswer };

/** One line of the table that routing, validation and the document are made of. */
export interface Operation<Context> {
  id: string;
  method: 'GET' | 'POST';
  path: string;
  tag: string;
  summary: string;
  description?: string;
  scope: string;
  also?: readonly string[];
  query?: z.ZodObject;
  body?: z.ZodType;
  page?: { position: z.ZodType; most: number; usual: number };
  status: 200 | 201 | 202;
  answer?: z.ZodType;
  media?: readonly string[];
  says: string;
  run(call: {
    ctx: Context;
    path: Record<string, string>;
    query: Record<string, unknown>;
    body: unknown;
    after: unknown;
    limit: number;
  }): Promise<OperationResult<unknown, unknown>>;
}

/** All that a key must be allowed to call it; never none. */
export function scopesOf({ scope, also = [] }: Pick<Operation<never>, 'scope' | 'also'>): string[] {
  return [scope, ...also];
}

/** Declares operations over one kind of context; the types of a line hold within it. */
export function operationsOf<Context, Scope extends string>() {
  return <
    Path extends string,
    Answer extends z.ZodType,
    Query extends z.ZodObject = z.ZodObject<Record<never, never>>,
    Body extends z.ZodType = z.ZodUndefined,
    Position = never,
  >(
    spec: Spec<Context, Scope, Path, Query, Body, Answer, Position>,
  ): Operation<Context> => spec as unknown as Operation<Context>;
}

/** How the operations of a path are found. */
export interface Match<Context> {
  /** By method; empty where no operation has this path. */
  methods: Map<string, Operation<Context>>;
  path: Record<string, string>;
}

/** @param path what follows `/api/v1`, still percent-encoded */
export function matchPath<Context>(
  operations: readonly Operation<Context>[],
  path: string,
): Match<Context> {
  const steps = path.split('/').map(decoded);
  const match: Match<Context> = { methods: new Map(), path: {} };
  for (const operation of operations) {
    const found = namesIn(operation.path.split('/'), steps);
    if (found === null) continue;
    match.methods.set(operation.method, operation);
    match.path = found;
  }
  return match;
}

/** A step as it was meant; what cannot be decoded is no step of anything. */
function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return '%';
  }
}

function namesIn(wanted: string[], steps: string[]): Record<string, string> | null {
  if (wanted.length !== steps.length) return null;
  const names: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const step = steps[index]!;
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined ? part !== step : step === '') return null;
    if (name !== undefined) names[name] = step;
  }
  return names;
}
