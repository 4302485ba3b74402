import { z } from 'zod';
import type { Transaction } from '#db/client.ts';
import { addMs } from '#lib/core/clock.ts';
import { isAppError } from '#lib/core/errors.ts';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { applyDiscovery } from '../customers/discover-mailboxes.ts';
import { markConnected } from '../customers/store.ts';
import { keepFiguresAfter } from '../figures/keep.ts';
import { entityId, notFound, parse } from '../input.ts';
import { unsealReturned } from '../mailboxes/store.ts';
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
  updateCheck,
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
  if (link.step !== 'checking' || link.adminTid === null) return await asItEnded(ctx, scope);

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
    await withScope(ctx.db, scope, (tx) => updateCheck(tx, scope, link, { refusal: 'no-answer' }));
    throw err;
  }
  if (verdict.state === 'waiting') {
    await withScope(ctx.db, scope, (tx) =>
      updateCheck(tx, scope, link, { refusal: 'not-active-yet' }),
    );
    return { state: 'waiting' };
  }
  if (verdict.state === 'refused') {
    return await refuse(ctx, scope, loaded, verdict.code, verdict.facts);
  }
  return await connect(ctx, scope, loaded, verdict);
}

/**
 * Another attempt of the same check may have ended it meanwhile, or a disconnection, or the
 * administrator, who went on to Microsoft once more. What the link has connected by then is told to
 * Temporal again, which shares no transaction with Postgres: the one that connected may have died.
 */
async function asItEnded(ctx: ServiceContext, scope: LinkScope): Promise<ProofResult> {
  const loaded = await withScope(ctx.db, scope, (tx) => loadLink(tx, scope));
  if (!loaded?.link.connected.length) return { state: 'refused' };
  await tellSchedule(ctx, scope);
  return { state: 'connected' };
}

/**
 * One short commit, which others wait for. Mailboxes that were sealed because the customer had left are
 * protected in it: nobody reads that it is back beside mailboxes that are still sealed. New ones are
 * written down afterwards, as the first backup would.
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
      const returned =
        mailboxes === null ? 0 : await unsealReturned(tx, scope, [...mailboxes.keys()]);
      if (!(await noteProven(tx, scope, loaded, { ...verdict, at: approved.at }))) {
        throw new CheckEnded();
      }
      if (link.app === 'backup') await ensureDefaultPolicy(ctx, tx, scope.tenantId);
      await audit(ctx, tx, {
        tenantId: scope.tenantId,
        action: 'connect.connect',
        entity: 'customer',
        entityId: scope.tenantId,
        facts: {
          app: link.app,
          entraTid: link.adminTid!,
          approvedBy: link.adminSubject!,
          ...(returned > 0 ? { mailboxes: returned } : {}),
        },
      });
    });
  } catch (err) {
    if (err instanceof CheckEnded) return await asItEnded(ctx, scope);
    const code = refusalOf(err);
    if (code === undefined) throw err;
    return await refuse(ctx, scope, loaded, code, {});
  }
  await tellSchedule(ctx, scope);
  if (mailboxes !== null && mailboxes.size > 0) await writeDown(ctx, scope, mailboxes);
  return { state: 'connected' };
}

/** So that they are seen at once: what fails here the first backup does again, and says so in its run. */
async function writeDown(
  ctx: ServiceContext,
  { tenantId }: LinkScope,
  mailboxes: Map<string, DirectoryMailbox>,
): Promise<void> {
  try {
    await applyDiscovery(ctx, tenantId, mailboxes);
  } catch (err) {
    ctx.deps.log.error('the mailboxes of a new customer were not written down', err, { tenantId });
    await keepFiguresAfter(ctx, { tenantId });
  }
}

/** What this attempt was checking is no longer being checked. */
class CheckEnded extends Error {}

/** The customer was connected as another organisation since the link was opened. */
class OtherOrganisation extends Error {}

function refusalOf(err: unknown): RefusalCode | undefined {
  if (err instanceof OtherOrganisation) return 'other-organisation';
  const constraint = isAppError(err, 'conflict') ? err.data.constraint : undefined;
  return constraint === 'tenants_one_active_link' ? 'linked-elsewhere' : undefined;
}

/** False where the check of this approval has ended meanwhile; then nothing may be committed. */
async function noteProven(
  tx: Transaction,
  scope: LinkScope,
  { link }: LoadedLink,
  verdict: {
    proofs: { name: string; provedAt: string }[];
    mailboxes: Map<string, DirectoryMailbox> | null;
    at: Date;
  },
): Promise<boolean> {
  await saveConnection(tx, scope, link.app, {
    state: 'connected',
    proofs: verdict.proofs,
    refusal: null,
    at: verdict.at,
  });
  const connected = [...new Set([...link.connected, link.app])];
  const mailboxes = verdict.mailboxes?.size ?? link.mailboxes;
  return await updateCheck(tx, scope, link, {
    step: 'connected',
    connected,
    refusal: mailboxes === 0 ? 'no-mailboxes' : null,
    refusalFacts: {},
    proofs: verdict.proofs,
    mailboxes,
    usedAt: nextApp(link.apps, connected) === null ? verdict.at : null,
  });
}

async function refuse(
  ctx: ServiceContext,
  scope: LinkScope,
  { link }: LoadedLink,
  code: RefusalCode,
  facts: Record<string, string>,
): Promise<ProofResult> {
  const isRefused = await withScope(ctx.db, scope, async (tx) => {
    const change = { step: 'refused' as const, refusal: code, refusalFacts: facts };
    if (!(await updateCheck(tx, scope, link, change))) return false;
    await audit(ctx, tx, {
      tenantId: scope.tenantId,
      action: 'connect.refuse',
      entity: 'connect-link',
      entityId: scope.linkId,
      facts: { app: link.app, code },
    });
    return true;
  });
  return isRefused ? { state: 'refused' } : await asItEnded(ctx, scope);
}
