import type { Database, Transaction } from '#db/client.ts';
import type { AuditFacts } from '#db/schema/audit.ts';
import type { AuditAction } from '#lib/audit/actions.ts';
import { type AuditEntry, isRecordedSince, recordAudit } from '#lib/audit/record.ts';
import { actOf, may, type Permission, type Role, refusalSentence } from '#lib/auth/roles.ts';
import { addMs, type Clock } from '#lib/core/clock.ts';
import { AppError } from '#lib/core/errors.ts';
import type { Deps } from './deps.ts';
import { notFound } from './input.ts';
import { type Reach, reaches, wholeReach } from './reach.ts';

export type Actor =
  | { kind: 'user'; userId: string; subject: string; role: Role; reach: Reach }
  /** A program of the MSP's with an API key. */
  | { kind: 'key'; keyId: string; scopes: readonly Permission[]; reach: Reach }
  | { kind: 'workflow'; workflowId: string }
  | { kind: 'system' };

/** Who calls a verb and for which MSP. The portal makes it from a session, activities from their input. */
export interface ServiceContext {
  mspId: string;
  actor: Actor;
  db: Database;
  clock: Clock;
  deps: Deps;
}

/** Stories act for whoever was allowed to start them. */
export function isAllowed(ctx: ServiceContext, permission: Permission): boolean {
  const { actor } = ctx;
  if (actor.kind === 'user') return may(actor.role, permission);
  return actor.kind !== 'key' || actor.scopes.includes(permission);
}

/** First statement of every verb. */
export function requirePermission(ctx: ServiceContext, permission: Permission): void {
  if (isAllowed(ctx, permission)) return;
  throw new AppError(
    'forbidden',
    ctx.actor.kind === 'user'
      ? refusalSentence(ctx.actor.role, permission)
      : `This key may not ${actOf(permission)}: it lacks the scope ${permission}.`,
  );
}

export function reachOf(ctx: ServiceContext): Reach {
  return 'reach' in ctx.actor ? ctx.actor.reach : wholeReach;
}

/**
 * Second statement of every verb that names a customer or a mailbox; once more where a row tells
 * which mailbox it is about.
 * @throws AppError `not-found`: what one does not reach looks as if it were not there
 */
export function requireReach(
  ctx: ServiceContext,
  place: { tenantId: string; mailboxId?: string },
): void {
  if (!reaches(reachOf(ctx), place)) throw notFound();
}

/** How rows and the audit log name an actor. */
export function actorName(actor: Actor): string {
  switch (actor.kind) {
    case 'user':
      return actor.subject;
    case 'key':
      return `key:${actor.keyId}`;
    case 'workflow':
      return actor.workflowId;
    case 'system':
      return 'system';
  }
}

export interface VerbEvent {
  tenantId: string | null;
  action: AuditAction;
  entity: string;
  entityId: string | null;
  facts?: AuditFacts;
}

/** The audit entry of a verb; last statement of its transaction. */
export function audit(ctx: ServiceContext, tx: Transaction, event: VerbEvent): Promise<void> {
  return recordAudit(tx, entryOf(ctx, event));
}

const sameReadMs = 15 * 60_000;

/**
 * The audit entry of a look at what never changes, such as the folders of a copy: one for each page,
 * person and quarter of an hour. Pages that follow what goes on ask every second, and a log that is
 * full of them says no more of who saw what.
 */
export async function auditRead(
  ctx: ServiceContext,
  tx: Transaction,
  event: VerbEvent,
): Promise<void> {
  const entry = entryOf(ctx, event);
  const since = addMs(entry.at, -sameReadMs);
  if (!(await isRecordedSince(tx, entry, since))) await recordAudit(tx, entry);
}

function entryOf(ctx: ServiceContext, event: VerbEvent): AuditEntry {
  return {
    mspId: ctx.mspId,
    at: ctx.clock.now(),
    actorKind: ctx.actor.kind,
    actor: actorName(ctx.actor),
    ...event,
  };
}

/** For what a browser may call without a membership: it knows a secret instead. */
export type PublicContext = Pick<ServiceContext, 'db' | 'clock' | 'deps'>;
