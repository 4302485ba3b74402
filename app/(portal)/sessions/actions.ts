'use server';

import { act, type FormState, field } from '#app/_server/action.ts';
import { signedIn } from '#app/_server/context.ts';
import { endSession as end } from '#lib/services/sessions/end.ts';
import { endAllSessions } from '#lib/services/sessions/end-all.ts';

export async function endSession(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    await end(ctx, { sessionId: field(form, 'sessionId') });
    return undefined;
  });
}

/** Of whoever asks, all but the one they ask from. */
export async function endOtherSessions(_state: FormState, _form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    await endAllSessions(ctx, { except: (await signedIn())?.sessionId });
    return undefined;
  });
}
