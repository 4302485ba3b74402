import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Parameters, Route } from '../schema/parameters.ts';
import { invalid, StripeFailure } from './failures.ts';

/** The part of JSON Schema that the generator writes. */
interface Schema {
  $ref?: string;
  anyOf?: Schema[];
  type?: string | string[];
  enum?: Array<string | number | boolean | null>;
  const?: string | number | boolean;
  items?: Schema | Schema[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  required?: string[];
  not?: Schema;
}

let loaded: Record<string, Schema> | undefined;
function definitions(): Record<string, Schema> {
  loaded ??= JSON.parse(
    readFileSync(join(import.meta.dirname, '..', 'schema', 'parameters.json'), 'utf8'),
  ) as Record<string, Schema>;
  return loaded;
}

/** Numbers that may have a fraction; every other number of the API is whole. */
const fractions = /percent|percentage|latitude|longitude/;

/**
 * Checks what a request carries against the types of Stripe's client and gives it in their form: texts
 * of a form become numbers and booleans. Refuses in Stripe's words, with the name of the parameter.
 */
export function checkParameters<R extends Route>(route: R, given: unknown): Parameters[R] {
  const schema = definitions().Parameters!.properties![route];
  if (!schema) throw new Error(`No schema for ${route}; run write-schema.program.ts`);
  return check(schema, given, '') as Parameters[R];
}

function check(schema: Schema, value: unknown, path: string): unknown {
  if (schema.$ref) {
    const name = decodeURIComponent(schema.$ref.slice('#/definitions/'.length));
    return check(definitions()[name]!, value, path);
  }
  if (schema.anyOf) return checkAny(schema.anyOf, value, path);
  if (schema.const !== undefined || schema.enum) {
    const allowed = schema.enum ?? [schema.const!];
    const found = allowed.find((it) => it === value || (it !== null && String(it) === value));
    if (found !== undefined) return found;
    if (Array.isArray(schema.type)) return check({ type: schema.type }, value, path);
    throw invalid(
      `Invalid ${path}: must be ${allowed.length > 1 ? 'one of ' : ''}${allowed.filter((it) => it !== '' && it !== null).join(', ')}`,
      path,
    );
  }
  if (Array.isArray(schema.type)) {
    return checkAny(
      schema.type.map((type) => ({ ...schema, type })),
      value,
      path,
    );
  }
  switch (schema.type) {
    case 'object':
      return checkObject(schema, value, path);
    case 'array': {
      // An empty list has no other form than an empty text.
      if (value === '') return [];
      if (!Array.isArray(value)) throw invalid('Invalid array', path);
      const items = schema.items as Schema;
      return value.map((item, index) => check(items, item, `${path}[${index}]`));
    }
    case 'string':
      if (typeof value !== 'string') throw invalid(`Invalid string: ${show(value)}`, path);
      if (value === '') {
        throw invalid(
          `You passed an empty string for '${path}'. We assume empty values are an attempt to unset a parameter; however '${path}' cannot be unset. You should remove '${path}' from your request or supply a non-empty value.`,
          path,
          'parameter_invalid_empty',
        );
      }
      return value;
    case 'number':
      return checkNumber(value, path);
    case 'boolean':
      if (value === 'true' || value === true) return true;
      if (value === 'false' || value === false) return false;
      throw invalid(`Invalid boolean: ${show(value)}`, path);
    case 'null':
      if (value === '' || value === null) return null;
      throw invalid(`Invalid value: ${show(value)}`, path);
    default:
      return value;
  }
}

function checkNumber(value: unknown, path: string): number {
  const text = typeof value === 'number' ? String(value) : value;
  const whole = !fractions.test(path);
  const form = whole ? /^-?\d{1,15}$/ : /^-?\d{1,15}(\.\d+)?$/;
  if (typeof text === 'string' && form.test(text)) return Number(text);
  throw invalid(
    `Invalid ${whole ? 'integer' : 'decimal'}: ${show(value)}`,
    path,
    whole ? 'parameter_invalid_integer' : undefined,
  );
}

function checkAny(choices: Schema[], value: unknown, path: string): unknown {
  let told: StripeFailure | undefined;
  // Text is the last resort: it takes whatever there is.
  const last = (schema: Schema) => (schema.type === 'string' && !schema.enum ? 1 : 0);
  for (const choice of [...choices].sort((a, b) => last(a) - last(b))) {
    try {
      return check(choice, value, path);
    } catch (err) {
      if (!(err instanceof StripeFailure)) throw err;
      // The refusal that knows the most names the innermost parameter.
      if (!told || (err.body.param ?? '').length > (told.body.param ?? '').length) told = err;
    }
  }
  throw told ?? invalid(`Invalid ${path}`, path);
}

function checkObject(schema: Schema, value: unknown, path: string): Record<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw invalid('Invalid object', path);
  }
  const within = (key: string) => (path === '' ? key : `${path}[${key}]`);
  const checked: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const known = Object.hasOwn(schema.properties ?? {}, key) && schema.properties![key];
    if (known) {
      checked[key] = check(known, item, within(key));
    } else if (typeof schema.additionalProperties === 'object') {
      checked[key] = check(anyText(schema.additionalProperties), item, within(key));
    } else {
      throw invalid(`Received unknown parameter: ${within(key)}`, within(key), 'parameter_unknown');
    }
  }
  for (const key of schema.required ?? []) {
    if (checked[key] === undefined) {
      throw invalid(`Missing required param: ${within(key)}.`, within(key), 'parameter_missing');
    }
  }
  return checked;
}

/** Values of metadata and of a payload are texts, whatever they look like; an empty one removes the key. */
function anyText(schema: Schema): Schema {
  const types = [schema.type].flat();
  return types.includes('string') && !schema.enum ? { type: ['null', 'string'] } : schema;
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
