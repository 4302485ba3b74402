'use server';

import { actPublicly, type FormState, field } from '#app/_server/action.ts';
import { rememberConnect } from '#app/_server/connect-browser.ts';
import { signedIn } from '#app/_server/context.ts';
import { connectContext } from '#app/_server/deps.ts';
import { askAsStranger } from '#app/_server/strangers.ts';
import { connectTexts } from '#app/_texts/connect.ts';
import { paths } from '#app/paths.ts';
import { AppError, isAppError } from '#lib/core/errors.ts';
import { beginConsent } from '#lib/services/connect/begin.ts';

export async function continueToMicrosoft(_state: FormState, form: FormData): Promise<FormState> {
  const token = field(form, 'token');
  return actPublicly(async () => {
    const user = await signedIn();
    if (user === null) {
      throw new AppError('unauthenticated', connectTexts.signInEnded);
    }
    const { nonce } = await rememberConnect(token);
    try {
      const ctx = await connectContext();
      const begun = await askAsStranger(token, () =>
        beginConsent(ctx, {
          token,
          subject: user.subject,
          administrator: user.administrator,
          browserNonce: nonce,
        }),
      );
      return begun.redirectTo;
    } catch (err) {
      // Said by the page, in the place where it says what Microsoft refuses.
      if (!isAppError(err, 'consent.refused')) throw err;
      return paths.connect(token, String(err.data.refusal));
    }
  });
}
