import { z } from 'zod';
import type { Transaction } from '#db/client.ts';
import { addMs } from '#lib/core/clock.ts';
import { isAppError } from '#lib/core/errors.ts';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { applyDiscovery } from '../customers/discover-mailboxes.ts';
import { markConnected } from '../customers/store.ts';
import { keepFiguresAfter } from '../figures/keep.ts';
import { entityId, notFound, parse } from '../input.ts';
import { ensureDefaultPolicy } from '../policies/ensure-default.ts';
import { tellSchedule } from '../policies/tell-schedule.ts';
import { withScope } from '../transaction.ts';
import { judgeConsent, type Verdict } from './judge-probe.ts';
import type { ConnectionProbe, DirectoryMailbox } from './probe.ts';
import type { RefusalCode } from './refusals.ts';
import { nextApp } from './rules.ts';
import {
  firstExchangeId,
  type LinkScope,
  type LoadedLink,
  loadLink,
  saveConnection,
  updateLink,
} from './store.ts';

export const proveInput = z.object({ tenantId: entityId, linkId: entityId });

export interface ProofResult {
  /** `waiting`: ask again in half a minute. */
  state: 'connected' | 'waiting' | 'refused';
}

/** As long as a consent may take to become effective at Microsoft before we call it missing. */
const patienceMs = 30 * 60_000;

/**
 * Checks an approval by using it, and connects the customer. Safe to repeat at any point.
 * @throws AppError retryable when Microsoft does not answer; the link then says so
 */
export async function proveConnection(
  ctx: ServiceContext,
  input: z.input<typeof proveInput>,
  probe: ConnectionProbe,
): Promise<ProofResult> {
  requirePermission(ctx, 'customers.connect');
  const scope: LinkScope = { mspId: ctx.mspId, ...parse(proveInput, input) };
  const before = await withScope(ctx.db, scope, async (tx) => ({
    loaded: await loadLink(tx, scope),
    mailbox: await firstExchangeId(tx, scope),
  }));
  const { loaded, mailbox } = before;
  if (loaded === undefined) throw notFound();
  const { link } = loaded;
  if (link.step === 'connected') {
    // After the commit, and again on every repeat: Temporal and Postgres share no transaction.
    await tellSchedule(ctx, scope);
    return { state: 'connected' };
  }
  if (link.step !== 'checking' || link.adminTid === null) return { state: 'refused' };

  let verdict: Verdict;
  try {
    verdict = await judgeConsent(probe, {
      entraTid: link.adminTid,
      app: link.app,
      patient: ctx.clock.now() < addMs(link.stateUsedAt ?? link.createdAt, patienceMs),
      clock: ctx.clock,
      mailbox,
    });
  } catch (err) {
    await withScope(ctx.db, scope, (tx) => updateLink(tx, scope, { refusal: 'no-answer' }));
    throw err;
  }
  if (verdict.state === 'waiting') {
    await withScope(ctx.db, scope, (tx) => updateLink(tx, scope, { refusal: 'not-active-yet' }));
    return { state: 'waiting' };
  }
  if (verdict.state === 'refused') {
    await refuse(ctx, scope, loaded, verdict.code, verdict.facts);
    return { state: 'refused' };
  }
  return await connect(ctx, scope, loaded, verdict);
}

/**
 * One commit: whoever reads that a customer is connected reads which of its mailboxes are protected,
 * and of one that comes back none is still sealed.
 */
async function connect(
  ctx: ServiceContext,
  scope: LinkScope,
  loaded: LoadedLink,
  verdict: Extract<Verdict, { state: 'proven' }>,
): Promise<ProofResult> {
  const { link } = loaded;
  const { mailboxes } = verdict;
  try {
    await withScope(ctx.db, scope, async (tx) => {
      const approved = { entraTid: link.adminTid!, app: link.app, at: ctx.clock.now() };
      const linked = await markConnected(tx, scope, approved);
      if (!linked) throw new OtherOrganisation();
      // The customer may have been disconnected while Microsoft was asked, which ended its links.
      if ((await loadLink(tx, scope))?.link.step !== 'checking') throw new LinkEnded();
      if (mailboxes !== null && mailboxes.size > 0) {
        await applyDiscovery(ctx, tx, scope.tenantId, mailboxes);
      }
      if (link.app === 'backup') await ensureDefaultPolicy(ctx, tx, scope.tenantId);
      await noteProven(ctx, tx, scope, loaded, verdict);
    });
  } catch (err) {
    if (err instanceof LinkEnded) return { state: 'refused' };
    const code = refusalOf(err);
    if (code === undefined) throw err;
    await refuse(ctx, scope, loaded, code, {});
    return { state: 'refused' };
  }
  if (mailboxes !== null) await keepFiguresAfter(ctx, { tenantId: scope.tenantId });
  await tellSchedule(ctx, scope);
  return { state: 'connected' };
}

class LinkEnded extends Error {}

/** The customer was connected as another organisation since the link was opened. */
class OtherOrganisation extends Error {}

function refusalOf(err: unknown): RefusalCode | undefined {
  if (err instanceof OtherOrganisation) return 'other-organisation';
  const constraint = isAppError(err, 'conflict') ? err.data.constraint : undefined;
  return constraint === 'tenants_one_active_link' ? 'linked-elsewhere' : undefined;
}

async function noteProven(
  ctx: ServiceContext,
  tx: Transaction,
  scope: LinkScope,
  { link }: LoadedLink,
  verdict: {
    proofs: { name: string; provedAt: string }[];
    mailboxes: Map<string, DirectoryMailbox> | null;
  },
): Promise<void> {
  const now = ctx.clock.now();
  await saveConnection(tx, scope, link.app, {
    state: 'connected',
    proofs: verdict.proofs,
    refusal: null,
    at: now,
  });
  const connected = [...new Set([...link.connected, link.app])];
  const mailboxes = verdict.mailboxes?.size ?? link.mailboxes;
  await updateLink(tx, scope, {
    step: 'connected',
    connected,
    refusal: mailboxes === 0 ? 'no-mailboxes' : null,
    refusalFacts: {},
    proofs: verdict.proofs,
    mailboxes,
    usedAt: nextApp(link.apps, connected) === null ? now : null,
  });
  await audit(ctx, tx, {
    tenantId: scope.tenantId,
    action: 'connect.connect',
    entity: 'customer',
    entityId: scope.tenantId,
    facts: { app: link.app, entraTid: link.adminTid!, approvedBy: link.adminSubject! },
  });
}

async function refuse(
  ctx: ServiceContext,
  scope: LinkScope,
  { link }: LoadedLink,
  code: RefusalCode,
  facts: Record<string, string>,
): Promise<void> {
  await withScope(ctx.db, scope, async (tx) => {
    await updateLink(tx, scope, { step: 'refused', refusal: code, refusalFacts: facts });
    await audit(ctx, tx, {
      tenantId: scope.tenantId,
      action: 'connect.refuse',
      entity: 'connect-link',
      entityId: scope.linkId,
      facts: { app: link.app, code },
    });
  });
}
