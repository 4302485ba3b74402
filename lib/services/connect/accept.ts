import type { z } from 'zod';
import { isId } from '#lib/core/ids.ts';
import { withScope } from '../transaction.ts';
import { type ConnectContext, refused } from './consent.ts';
import { acceptInput } from './input.ts';
import { noteRefusal } from './note-refusal.ts';
import {
  type RefusalCode,
  type RefusalFacts,
  refusalOfReturn,
  refusalSentence,
} from './refusals.ts';
import { tidOf } from './rules.ts';
import {
  consumeState,
  findDoor,
  hashSecret,
  type LinkRow,
  type LinkScope,
  linkedHere,
  loadLink,
  updateCheck,
  updateLink,
} from './store.ts';
import { organisationOf, type Refusal } from './view.ts';

export interface Accepted {
  linkId: string;
  /** Null: the approval is being checked; `/connect/[token]` shows how that goes. */
  refusal: Refusal | null;
}

type Decision = { refusal: RefusalCode; facts: RefusalFacts } | { refusal: null };

/**
 * The way back from Microsoft's approval page. Everything in it can be forged, so it only ever
 * leads to a check by the worker; here it must at least be the one return of a state that this
 * browser and this account asked for.
 * @throws AppError `consent.refused` when the state is not one of ours
 */
export async function acceptConsent(
  ctx: ConnectContext,
  input: z.input<typeof acceptInput>,
): Promise<Accepted> {
  const checked = acceptInput.safeParse(input);
  if (!checked.success) throw refused('damaged');
  const back = checked.data;
  const stateHash = hashSecret(back.state);
  const scope = await findDoor(ctx.db, stateHash);
  if (scope === undefined) throw refused('damaged');
  const now = ctx.clock.now();
  const linked = await linkedHere(ctx.db, scope.mspId, tidOf(back.subject));
  const decision = await withScope(ctx.db, scope, async (tx): Promise<Decision> => {
    const binding = {
      stateHash,
      browserHash: hashSecret(back.browserNonce),
      subject: back.subject,
    };
    const link = await consumeState(tx, scope, binding, now);
    const loaded = await loadLink(tx, scope);
    if (loaded === undefined) return { refusal: 'damaged', facts: {} };
    const facts = { mspName: loaded.mspName, customerName: loaded.tenant.name };
    // A return that did not get the state changes nothing: somebody else's may be on its way.
    if (link === undefined) return { refusal: whyNotConsumed(loaded.link, binding, now), facts };
    const refusal = judge(link, loaded.tenant, back, linked);
    if (refusal === undefined) {
      await updateLink(tx, scope, { step: 'checking', refusal: null, refusalFacts: {} });
      return { refusal: null };
    }
    await noteRefusal(tx, scope, refusal, { at: now, actor: back.subject });
    return { refusal: refusal.code, facts: { ...facts, ...refusal.facts } };
  });
  if (decision.refusal !== null) return answer(scope, decision.refusal, decision.facts);
  try {
    // The hash tells the returns of a link apart and tells nothing of the state.
    await ctx.deps.jobs.startConnect({ ...scope, approval: stateHash.slice(0, 16) });
  } catch (err) {
    ctx.deps.log.error('the check of a consent was not started', err, { linkId: scope.linkId });
    const isGivenUp = await withScope(ctx.db, scope, (tx) =>
      updateCheck(tx, scope, { stateHash }, { step: 'refused', refusal: 'check-not-started' }),
    );
    // It was heard, and only its answer was lost: the check has ended, and the link says how.
    if (!isGivenUp) return { linkId: scope.linkId, refusal: null };
    return answer(scope, 'check-not-started', {});
  }
  return { linkId: scope.linkId, refusal: null };
}

function answer(scope: LinkScope, code: RefusalCode, facts: RefusalFacts): Accepted {
  return { linkId: scope.linkId, refusal: { code, sentence: refusalSentence(code, facts), facts } };
}

function whyNotConsumed(
  link: LinkRow,
  binding: { stateHash: string; browserHash: string; subject: string },
  now: Date,
): RefusalCode {
  if (link.stateHash !== binding.stateHash || link.stateUsedAt !== null) return 'used';
  if (link.stateExpiresAt === null || link.stateExpiresAt <= now) return 'took-too-long';
  return link.browserHash === binding.browserHash ? 'other-account' : 'other-browser';
}

function judge(
  link: LinkRow,
  tenant: { id: string; entraTid: string | null },
  back: z.output<typeof acceptInput>,
  linked: { id: string; name: string } | undefined,
): { code: RefusalCode; facts: Record<string, string> } | undefined {
  // `admin_consent=True` comes with failures too: only the absence of an error counts.
  if (back.error !== null) {
    return { code: refusalOfReturn(back.error, back.errorDescription ?? ''), facts: {} };
  }
  const claim = back.tenantClaim?.toLowerCase() ?? '';
  if (!isId(claim)) return { code: 'damaged', facts: {} };
  if (claim !== link.adminTid) return { code: 'two-organisations', facts: {} };
  if (tenant.entraTid !== null && tenant.entraTid !== claim) {
    const organisation = organisationOf(back.subject);
    return { code: 'other-organisation', facts: { organisation } };
  }
  // Anybody can write this address, and a consent from before makes the check behind it succeed.
  if (!back.administrator) return { code: 'role-too-weak', facts: {} };
  if (linked !== undefined && linked.id !== tenant.id) {
    return { code: 'linked-here', facts: { customerName: linked.name, customerId: linked.id } };
  }
  return undefined;
}
