import type { z } from 'zod';
import { mapLimited } from '#lib/core/concurrency.ts';
import { AppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import { protectionWaits } from '../billing/protection-waits.ts';
import type { ConnectionProbe, DirectoryMailbox } from '../connect/probe.ts';
import { audit, requirePermission, type ServiceContext } from '../context.ts';
import { keepFiguresAfter } from '../figures/keep.ts';
import { parse } from '../input.ts';
import {
  listMailboxRows,
  lockMailboxes,
  type MailboxRow,
  saveDiscovered,
  sealMailbox,
  unsealArchives,
} from '../mailboxes/store.ts';
import { withScope } from '../transaction.ts';
import { tenantInput } from './input.ts';
import { loadTenant, lockTenant } from './store.ts';

export interface Discovery {
  /** Mailboxes at Microsoft now. */
  found: number;
  added: number;
  /** Mailboxes whose source is gone. */
  sealed: number;
}

/** Users asked about at a time; the directory allows far more. */
const usersAtOnce = 4;

/**
 * Compares the organisation's mailboxes with the catalogue's. New ones are protected; those whose
 * user is gone become sealed, which stops nothing but their backup. A list may be incomplete, so each
 * user whom it lacks is asked for. Where a user has lost nothing but the mailbox, its backup finds out.
 * @throws AppError `source.unavailable` when Microsoft suddenly lists no mailbox at all
 */
export async function discoverMailboxes(
  ctx: ServiceContext,
  input: z.input<typeof tenantInput>,
  probe: Pick<ConnectionProbe, 'mailboxes' | 'userExists'>,
  signal?: AbortSignal,
): Promise<Discovery> {
  requirePermission(ctx, 'backups.run');
  const { tenantId } = parse(tenantInput, input);
  const scope = { mspId: ctx.mspId, tenantId };
  const tenant = await withScope(ctx.db, scope, (tx) => loadTenant(tx, ctx.mspId, tenantId));
  if (tenant.entraTid === null) {
    throw new AppError('consent.missing', `${tenant.name} is not connected yet.`);
  }
  // Whoever has left is asked nothing, even where our app is still approved there.
  if (tenant.state === 'disconnected') throw hasLeft(tenant.name);
  const found = new Map<string, DirectoryMailbox>();
  for await (const mailbox of probe.mailboxes(tenant.entraTid)) {
    // The list of a large organisation takes its time, and whoever cancels a run does not wait for it.
    signal?.throwIfAborted();
    found.set(mailbox.entraUserId, mailbox);
  }
  const known = await withScope(ctx.db, scope, (tx) => listMailboxRows(tx, ctx.mspId, tenantId));
  const lacking = found.size === 0 ? [] : known.filter((row) => hasVanished(row, found));
  const { entraTid } = tenant;
  const exists = (entraUserId: string) => probe.userExists(entraTid, entraUserId);
  const gone = await goneUsers(ctx, tenantId, lacking, exists, signal);
  return await applyDiscovery(ctx, tenantId, found, gone);
}

function hasLeft(name: string): AppError {
  return new AppError(
    'consent.missing',
    `${name} was disconnected. Its copies are kept, and nothing was changed.`,
  );
}

function hasVanished(row: MailboxRow, found: ReadonlyMap<string, unknown>): boolean {
  const live = row.state !== 'sealed' && row.state !== 'erased';
  return live && row.kind !== 'archive' && !found.has(row.entraUserId);
}

/** Of the users whom the list lacks, those of whom Microsoft says that they are gone. */
async function goneUsers(
  ctx: ServiceContext,
  tenantId: string,
  lacking: readonly MailboxRow[],
  exists: (entraUserId: string) => Promise<boolean>,
  signal: AbortSignal | undefined,
): Promise<Set<string>> {
  const gone = new Set<string>();
  let answers = true;
  await mapLimited(lacking, usersAtOnce, async ({ id, entraUserId }) => {
    signal?.throwIfAborted();
    // Where one gets no answer, asking for a thousand others only takes time: all are kept.
    if (!answers) return;
    try {
      if (!(await exists(entraUserId))) gone.add(entraUserId);
    } catch (err) {
      signal?.throwIfAborted();
      answers = false;
      ctx.deps.log.error('whether a user still exists could not be found out', err, {
        tenantId,
        mailboxId: id,
      });
    }
  });
  return gone;
}

/**
 * The second half, for a list that was read already.
 * @param gone users of whom it is certain that they are gone; the mailboxes of all others are kept
 */
export async function applyDiscovery(
  ctx: ServiceContext,
  tenantId: string,
  found: Map<string, DirectoryMailbox>,
  gone: ReadonlySet<string> = new Set(),
): Promise<Discovery> {
  const discovery = await withScope(ctx.db, { mspId: ctx.mspId, tenantId }, async (tx) => {
    // Held against a disconnection: what is found by then must not unseal what that has sealed.
    const tenant = await lockTenant(tx, ctx.mspId, tenantId, 'share');
    if (tenant.state === 'disconnected') throw hasLeft(tenant.name);
    const known = await lockMailboxes(tx, ctx.mspId, tenantId);
    const live = known.filter((row) => row.state !== 'sealed' && row.state !== 'erased');
    if (found.size === 0 && live.length > 0) {
      throw new AppError(
        'source.unavailable',
        'Microsoft lists no mailbox of this organisation any more. Nothing was changed; the list is asked for again later.',
        { retryable: true },
      );
    }
    const now = ctx.clock.now();
    const waits = await protectionWaits(tx, ctx, tenantId);
    // By user, not by looking through all: an organisation may have 100,000.
    const primaries = new Map(
      known.filter((row) => row.kind !== 'archive').map((row) => [row.entraUserId, row]),
    );
    const lacking = live.filter((row) => hasVanished(row, found));
    const vanished = lacking.filter((row) => gone.has(row.entraUserId));
    if (lacking.length > vanished.length) {
      ctx.deps.log.warn('the list of mailboxes lacks some whose users are not known to be gone', {
        tenantId,
        found: found.size,
        kept: lacking.length - vanished.length,
      });
    }
    const added = [...found.keys()].filter((entraUserId) => !primaries.has(entraUserId));
    for (const mailbox of found.values()) {
      const row = primaries.get(mailbox.entraUserId);
      await saveDiscovered(tx, {
        mspId: ctx.mspId,
        tenantId,
        id: row?.id ?? newId(),
        ...standingAfter(row, waits),
        discoveredAt: row?.discoveredAt ?? now,
        ...mailbox,
      });
    }
    const archives = known.filter(
      ({ kind, state, sealedCause, entraUserId }) =>
        kind === 'archive' &&
        state === 'sealed' &&
        sealedCause === 'disconnected' &&
        found.has(entraUserId),
    );
    await unsealArchives(
      tx,
      { mspId: ctx.mspId, tenantId },
      archives.map(({ id }) => id),
    );
    for (const row of vanished) {
      await sealMailbox(tx, ctx.mspId, tenantId, row.id, { at: now, cause: 'user-gone' });
      await audit(ctx, tx, {
        tenantId,
        action: 'mailbox.seal',
        entity: 'mailbox',
        entityId: row.id,
        facts: { name: row.displayName },
      });
    }
    if (added.length > 0) {
      await audit(ctx, tx, {
        tenantId,
        action: 'mailbox.discover',
        entity: 'customer',
        entityId: tenantId,
        facts: { added: added.length },
      });
    }
    return { found: found.size, added: added.length, sealed: vanished.length };
  });
  await keepFiguresAfter(ctx, { tenantId });
  return discovery;
}

/**
 * A mailbox that came back is protected again; what people decided stays decided. While a payment is
 * missing, what was never protected waits for it.
 */
function standingAfter(row: MailboxRow | undefined, waits: boolean) {
  if (row === undefined || row.state === 'discovered') {
    return waits
      ? { state: 'discovered' as const, waitsFor: 'payment' }
      : { state: 'protected' as const, waitsFor: null };
  }
  return { state: row.state === 'sealed' ? ('protected' as const) : row.state, waitsFor: null };
}
