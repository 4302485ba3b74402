import { z } from 'zod';
import { AppError } from '#lib/core/errors.ts';

/** An id from outside: of a customer, a mailbox, a run … */
export const entityId = z.uuid();

/** Where a page of a list by age ended: the list goes on with what is older. */
export const agePosition = z.object({ at: z.coerce.date(), id: entityId });
export type AgePosition = z.infer<typeof agePosition>;

/** A foreign id, a missing one and one that cannot be an id get this one answer. */
export function notFound(): AppError {
  return new AppError('not-found', 'Nothing with this id exists here.');
}

/** Input of a verb in the form its schema wants, or an AppError that names the first problem. */
export function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  if (issue?.code === 'invalid_format' && issue.format === 'uuid') throw notFound();
  const field = issue?.path.join('.') ?? '';
  throw new AppError('input.invalid', issue?.message ?? 'This is not valid.', { data: { field } });
}
