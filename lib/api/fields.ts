import { z } from 'zod';

/** The forms that fields of the API have, named where the document should name them. */

export const id = z.guid();

/** RFC 3339, as answers write it: always UTC, with milliseconds. */
export const moment = z.iso.datetime();

/** RFC 3339 from outside, in any zone. */
export const momentGiven = z.iso.datetime({ offset: true });

const stored = 'This text has characters that cannot be stored.';
const halves = (value: string) => value.isWellFormed();

/** Text from outside. Postgres has no place for NUL, and half a character is none. */
export const text = (min: number, max: number) =>
  z
    .string()
    .min(min)
    .max(max)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is refused
    .regex(/^[^\u0000]*$/, stored)
    .refine(halves, stored);

/** Text with something in it besides spaces. */
export const phrase = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is refused
    .regex(/^[^\u0000]*[^\s\ufeff\u0000][^\u0000]*$/, 'There is nothing in this text.')
    .refine(halves, stored);

/** A name: on one line, and not blank. */
export const name = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
      /^[^\u0000-\u001f\u007f-\u009f]*[^\s\ufeff\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$/,
      'Give a name, on one line.',
    )
    .refine(halves, stored);

/** A whole number in a query, where everything is text. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,10}$/, 'This is not a whole number.')
    .transform(Number)
    .pipe(z.number().int().min(min).max(max));

export const yesNo = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .pipe(z.boolean());

/** Answers are JSON: dates become text, and what is undefined is not there. */
export function timeOf(date: Date): string;
export function timeOf(date: Date | null): string | null;
export function timeOf(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}
