import type { z } from 'zod';
import type { PublicContext } from '../context.ts';
import { memberName } from '../members/store.ts';
import { withScope } from '../transaction.ts';
import { refused } from './consent.ts';
import { lookInput } from './input.ts';
import { refusalSentence } from './refusals.ts';
import { findDoor, hashSecret, loadLink } from './store.ts';
import { type ConnectView, viewLink } from './view.ts';

/**
 * What the customer's administrator sees of a link; whoever holds the token may look.
 * @throws AppError `consent.refused` with `data.refusal` = `damaged` for a token that is not ours
 */
export async function lookAtLink(
  ctx: PublicContext,
  input: z.input<typeof lookInput>,
): Promise<ConnectView> {
  const checked = lookInput.safeParse(input);
  if (!checked.success) throw refused('damaged');
  const { token, subject } = checked.data;
  const scope = await findDoor(ctx.db, hashSecret(token));
  if (scope === undefined) throw refused('damaged');
  return await withScope(ctx.db, scope, async (tx) => {
    const loaded = await loadLink(tx, scope);
    if (loaded === undefined || loaded.link.tokenHash !== hashSecret(token))
      throw refused('damaged');
    const requestedBy = await memberName(tx, scope.mspId, loaded.link.createdBy);
    const view = viewLink(loaded, requestedBy, subject);
    const waits = view.step === 'open' || view.step === 'signed-in' || view.step === 'sent';
    if (!waits || loaded.link.expiresAt > ctx.clock.now()) return view;
    return {
      ...view,
      step: 'refused',
      refusal: { code: 'expired', sentence: refusalSentence('expired', { mspName: view.mspName }) },
    };
  });
}
