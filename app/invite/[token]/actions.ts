'use server';

import { actPublicly, type FormState, field } from '#app/_server/action.ts';
import { signedIn } from '#app/_server/context.ts';
import { portalDeps } from '#app/_server/deps.ts';
import { askAsStranger } from '#app/_server/strangers.ts';
import { paths } from '#app/paths.ts';
import { AppError } from '#lib/core/errors.ts';
import { acceptInvitation } from '#lib/services/invitations/accept.ts';

/** Lets the account in that this browser is signed in with. */
export async function accept(_state: FormState, form: FormData): Promise<FormState> {
  return actPublicly(async () => {
    const who = await signedIn();
    if (who === null) {
      throw new AppError('unauthenticated', 'Your session ended. Sign in to accept.');
    }
    const { db, clock, log, jobs } = await portalDeps();
    const ctx = { db, clock, deps: { jobs, log } };
    const token = field(form, 'token');
    const leads = await askAsStranger(token, () => acceptInvitation(ctx, token, who));
    return leads === 'staff' ? paths.home() : paths.my();
  });
}
