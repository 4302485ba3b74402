import { notFound } from 'next/navigation';
import { isAppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import { portalDeps } from './deps.ts';

/** A sentence for any error; of one that is not ours only a reference, which leads to the log. */
export async function tell(err: unknown): Promise<string> {
  if (isAppError(err)) return err.message;
  const reference = newId().slice(-8).toUpperCase();
  const { log } = await portalDeps();
  log.error('an act failed', err, { reference });
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

/** What a page shows. Missing, foreign and not allowed look exactly alike: the page is not there. */
export async function load<T>(view: Promise<T>): Promise<T> {
  try {
    return await view;
  } catch (err) {
    if (isAppError(err, 'not-found') || isAppError(err, 'forbidden')) notFound();
    throw err;
  }
}
