'use server';

import { act, type FormState, field } from '#app/_server/action.ts';
import { customerViewer } from '#app/_server/context.ts';
import { endSession } from '#lib/services/sessions/end.ts';
import { endAllSessions } from '#lib/services/sessions/end-all.ts';

/** Signs one of one's own browsers out. */
export async function endOne(_state: FormState, form: FormData): Promise<FormState> {
  return act(async (ctx) => {
    await endSession(ctx, { sessionId: field(form, 'sessionId') });
    return undefined;
  });
}

/** Signs all of one's own browsers out but this one. */
export async function endOthers(_state: FormState): Promise<FormState> {
  const { user } = await customerViewer();
  return act(async (ctx) => {
    await endAllSessions(ctx, { except: user.sessionId });
    return undefined;
  });
}
