import type { z } from 'zod';
import { recordAudit } from '#lib/audit/record.ts';
import { personalTid } from '#lib/auth/id-token.ts';
import { addMs } from '#lib/core/clock.ts';
import { newToken } from '#lib/core/ids.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { type ConnectContext, consentUrl, refused } from './consent.ts';
import { beginInput } from './input.ts';
import { noteRefusal } from './note-refusal.ts';
import type { RefusalCode, RefusalFacts } from './refusals.ts';
import { nextApp, stateLifeMs, tidOf } from './rules.ts';
import {
  addDoor,
  findDoor,
  hashSecret,
  type LoadedLink,
  linkedHere,
  loadLink,
  updateLink,
} from './store.ts';
import { organisationOf } from './view.ts';

type Begun = { redirectTo: string } | { refusal: RefusalCode; facts: RefusalFacts };

/**
 * "Continue to Microsoft": mints a state that works once, for 15 minutes, in this browser and for
 * this account.
 * @throws AppError `consent.refused`, its code in `data.refusal`
 */
export async function beginConsent(
  ctx: ConnectContext,
  input: z.input<typeof beginInput>,
): Promise<{ redirectTo: string }> {
  const { token, subject, administrator, browserNonce } = parse(beginInput, input);
  const scope = await findDoor(ctx.db, hashSecret(token));
  if (scope === undefined) throw refused('damaged');
  const linked = await linkedHere(ctx.db, scope.mspId, tidOf(subject));
  const begun = await withScope(ctx.db, scope, async (tx): Promise<Begun> => {
    const loaded = await loadLink(tx, scope);
    if (loaded === undefined || loaded.link.tokenHash !== hashSecret(token)) {
      return { refusal: 'damaged', facts: {} };
    }
    const app = nextApp(loaded.link.apps, loaded.link.connected);
    const now = ctx.clock.now();
    const refusal = reasonToRefuse(loaded, {
      subject,
      administrator,
      now,
      linked,
      allConnected: app === null,
    });
    if (refusal !== undefined) {
      // Both sides read it, as they do when Microsoft says it; an approval that came in stays.
      const settled = loaded.link.step === 'checking' || loaded.link.step === 'connected';
      const ofLink = refusal.refusal === 'used' || refusal.refusal === 'expired';
      if (!settled && !ofLink) {
        const told = { code: refusal.refusal, facts: { ...refusal.facts } };
        await noteRefusal(tx, scope, told, { at: now, actor: subject });
      }
      return refusal;
    }
    const state = newToken();
    const stateHash = hashSecret(state);
    await updateLink(tx, scope, {
      app: app!,
      step: 'sent',
      refusal: null,
      refusalFacts: {},
      proofs: [],
      stateHash,
      stateExpiresAt: addMs(now, stateLifeMs),
      stateUsedAt: null,
      browserHash: hashSecret(browserNonce),
      adminSubject: subject,
      adminTid: tidOf(subject),
    });
    await addDoor(tx, stateHash, scope);
    await recordAudit(tx, {
      mspId: scope.mspId,
      tenantId: scope.tenantId,
      at: now,
      actorKind: 'user',
      actor: subject,
      action: 'connect.send',
      entity: 'connect-link',
      entityId: scope.linkId,
      facts: { app: app! },
    });
    return { redirectTo: consentUrl(ctx.consent, app!, state) };
  });
  if ('refusal' in begun) throw refused(begun.refusal, begun.facts);
  return begun;
}

function reasonToRefuse(
  { link, tenant, mspName }: LoadedLink,
  request: {
    subject: string;
    administrator: boolean;
    now: Date;
    linked: { id: string; name: string } | undefined;
    allConnected: boolean;
  },
): { refusal: RefusalCode; facts: RefusalFacts } | undefined {
  const { subject, administrator, now, linked, allConnected } = request;
  const facts: RefusalFacts = { mspName, customerName: tenant.name };
  if (allConnected) return { refusal: 'used', facts };
  if (link.expiresAt <= now) return { refusal: 'expired', facts };
  const tid = tidOf(subject);
  if (tid === personalTid) return { refusal: 'personal-account', facts };
  const organisation = organisationOf(subject);
  if (tenant.entraTid !== null && tenant.entraTid !== tid) {
    return { refusal: 'other-organisation', facts: { ...facts, organisation } };
  }
  // Consent belongs to the app: where an organisation gave it once, nothing at Microsoft asks again.
  if (!administrator) return { refusal: 'role-too-weak', facts };
  if (linked !== undefined && linked.id !== tenant.id) {
    const known = { customerName: linked.name, customerId: linked.id };
    return { refusal: 'linked-here', facts: { ...facts, ...known } };
  }
  return undefined;
}
