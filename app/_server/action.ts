import { refresh } from 'next/cache';
import { headers } from 'next/headers';
import { redirect, unstable_rethrow } from 'next/navigation';
import type { ServiceContext } from '#lib/services/context.ts';
import { requireAnyContext } from './context.ts';
import { tell } from './failures.ts';
import { requireOwnOrigin } from './origin.ts';

/** What an act answers with when it did not lead elsewhere. */
export interface FormState {
  error: string | null;
}

/**
 * The envelope of every server action: where does the call come from, who calls, what did the verb
 * say. The verb alone decides whether it may be done.
 * @param perform resolves to the address to go to, or to nothing to stay and see what changed
 */
export async function act(
  perform: (ctx: ServiceContext) => Promise<string | undefined>,
): Promise<FormState> {
  const ctx = await requireAnyContext();
  return finish(() => perform(ctx));
}

/** The same for pages without a membership. */
export async function actPublicly(perform: () => Promise<string | undefined>): Promise<FormState> {
  return finish(perform);
}

async function finish(perform: () => Promise<string | undefined>): Promise<FormState> {
  let next: string | undefined;
  try {
    await requireOwnOrigin(await headers());
    next = await perform();
  } catch (err) {
    // Being led elsewhere, to the sign-in or home, is no failure.
    unstable_rethrow(err);
    return { error: await tell(err) };
  }
  if (next !== undefined) redirect(next);
  refresh();
  return { error: null };
}

/** A field of a form as text; an upload or a missing field is the empty text. */
export function field(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
