import type { z } from 'zod';
import { type FieldProblem, Problem, pointerTo } from './problem.ts';

/** Every field that the API knows fits in a tenth of it. */
export const bodyBytesMax = 1024 * 1024;

const tooLarge = (most: number) =>
  new Problem('too-large', `The body is larger than ${most / 1024} KiB. Nothing was read.`);

/**
 * The bytes of a body, and not one more than are allowed, whatever its header says.
 * @throws Problem `too-large`
 */
export async function readBody(request: Request, most = bodyBytesMax): Promise<Buffer> {
  if (Number(request.headers.get('content-length') ?? 0) > most) throw tooLarge(most);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const reader = request.body?.getReader();
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.byteLength;
    if (bytes > most) {
      await reader.cancel().catch(() => {});
      throw tooLarge(most);
    }
    parts.push(value);
  }
  return Buffer.concat(parts);
}

/** What a body says, undefined for an empty one. */
export function parseJson(bytes: Buffer, contentType: string | null): unknown {
  if (bytes.length === 0) return undefined;
  const [media, ...parameters] = (contentType ?? '').split(';').map((part) => part.trim());
  const charset = parameters.find((part) => /^charset=/i.test(part));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/i.test(charset);
  if (media?.toLowerCase() !== 'application/json' || !isUtf8) {
    throw new Problem('unsupported-media-type', 'Send the body as application/json, in UTF-8.');
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Problem('invalid-request', 'The body is not JSON.', {
      errors: [{ detail: 'This is not JSON in UTF-8.', pointer: '#' }],
    });
  }
}

/** @param body undefined where none was sent */
export function checkBody(schema: z.ZodType, body: unknown): unknown {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw invalid(
    result.error.issues
      .flatMap((issue) => problemsOf(issue))
      .map(({ path, detail }) => ({ detail, pointer: pointerTo(path) })),
  );
}

/** @throws Problem that names the parameter: unknown, given twice, or not in its form */
export function readQuery(schema: z.ZodObject, given: URLSearchParams): Record<string, unknown> {
  const names = [...new Set(given.keys())];
  const twice = names.filter((name) => given.getAll(name).length > 1);
  if (twice.length > 0) {
    throw invalid(
      twice.map((parameter) => ({ detail: 'This is given more than once.', parameter })),
    );
  }
  // No prototype: a parameter may be called `__proto__`.
  const values = Object.assign(Object.create(null), Object.fromEntries(given));
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  throw invalid(
    result.error.issues
      .flatMap((issue) => problemsOf(issue))
      .map(({ path, detail }) => ({ detail, parameter: String(path[0] ?? '') })),
  );
}

interface Found {
  path: PropertyKey[];
  detail: string;
}

function problemsOf(issue: z.core.$ZodIssue): Found[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      detail: 'There is no such field.',
    }));
  }
  return [{ path: issue.path, detail: issue.message }];
}

/** More than anybody mends at once; a body can be wrong in ten thousand places. */
const namedAtMost = 20;

function invalid(errors: FieldProblem[]): Problem {
  const [first] = errors;
  const where = first?.pointer ?? first?.parameter ?? first?.header ?? '';
  return new Problem('invalid-request', `${where}: ${first?.detail ?? 'This is not valid.'}`, {
    errors: errors.slice(0, namedAtMost),
  });
}

const idempotencyKeyShape = /^[\x21-\x7e]{1,255}$/;

/** The key by which a request may be sent again; null where there is none. */
export function readIdempotencyKey(headers: Headers): string | null {
  const key = headers.get('idempotency-key');
  if (key === null) return null;
  if (!idempotencyKeyShape.test(key)) {
    throw new Problem('invalid-request', 'The Idempotency-Key is not in its form.', {
      errors: [
        {
          detail: 'Take 1 to 255 visible ASCII characters without spaces, such as a UUID.',
          header: 'Idempotency-Key',
        },
      ],
    });
  }
  return key;
}

/** The secret of `Authorization: Bearer …`. */
export function readSecret(headers: Headers): string {
  const secret = /^Bearer +([\w-]{1,200}) *$/i.exec(headers.get('authorization') ?? '')?.[1];
  if (secret === undefined) {
    throw new Problem('unauthenticated', 'Send the key as "Authorization: Bearer hfk_…".');
  }
  return secret;
}
