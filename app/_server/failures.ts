import { notFound } from 'next/navigation';
import { isAppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import { portalDeps } from './deps.ts';

/** A sentence for any error; of one that is not ours only a reference, which leads to the log. */
export async function tell(err: unknown): Promise<string> {
  if (isAppError(err)) return err.message;
  const reference = await noted('an act failed', err);
  return `That did not work, and nothing is known to be changed. Try again. Reference ${reference}`;
}

/** What a page says in the place of what would have been too much to find. */
export async function orRefusal<T extends object>(
  view: Promise<T>,
): Promise<T | { refusal: string }> {
  try {
    return await view;
  } catch (err) {
    if (!isAppError(err, 'too-broad') && !isAppError(err, 'too-many')) throw err;
    return { refusal: err.message };
  }
}

/** A reference that leads to the line of the log. */
async function noted(what: string, err: unknown): Promise<string> {
  const reference = newId().slice(-8).toUpperCase();
  const { log } = await portalDeps();
  log.error(what, err, { reference });
  return reference;
}

/** Missing, not allowed, or an address with a place in a list, or a word, that no page of ours writes. */
function isNotThere(err: unknown): boolean {
  return (['not-found', 'forbidden', 'input.invalid'] as const).some((code) =>
    isAppError(err, code),
  );
}

/** One section of a page: what it shows, or why only it does not. */
export type Part<T> = { view: T; failed: null } | { view: null; failed: string };

/**
 * What one section shows. Missing, not allowed and nonsense are the page's, as for `load`; whatever else goes
 * wrong fails the section and nothing beside it. `failed` is a reference.
 */
export async function part<T>(view: Promise<T>): Promise<Part<T>> {
  try {
    return { view: await view, failed: null };
  } catch (err) {
    if (isNotThere(err)) notFound();
    return { view: null, failed: await noted('a section did not load', err) };
  }
}

/** What a page shows. Missing, foreign, not allowed and nonsense look exactly alike: the page is not there. */
export async function load<T>(view: Promise<T>): Promise<T> {
  try {
    return await view;
  } catch (err) {
    if (isNotThere(err)) notFound();
    throw err;
  }
}
