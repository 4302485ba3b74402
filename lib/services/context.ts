import type { Database, Transaction } from '#db/client.ts';
import type { MemberRole } from '#db/enums.ts';
import type { AuditFacts } from '#db/schema/audit.ts';
import type { AuditAction } from '#lib/audit/actions.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { may, type Permission, refusalSentence } from '#lib/auth/roles.ts';
import type { Clock } from '#lib/core/clock.ts';
import { AppError } from '#lib/core/errors.ts';
import type { Deps } from './deps.ts';

export type Actor =
  | { kind: 'user'; userId: string; subject: string; role: MemberRole }
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
  return ctx.actor.kind !== 'user' || may(ctx.actor.role, permission);
}

/** First statement of every verb. */
export function requirePermission(ctx: ServiceContext, permission: Permission): void {
  if (ctx.actor.kind === 'user' && !may(ctx.actor.role, permission)) {
    throw new AppError('forbidden', refusalSentence(ctx.actor.role, permission));
  }
}

/** How rows and the audit log name an actor. */
export function actorName(actor: Actor): string {
  if (actor.kind === 'user') return actor.subject;
  return actor.kind === 'workflow' ? actor.workflowId : 'system';
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
  return recordAudit(tx, {
    mspId: ctx.mspId,
    at: ctx.clock.now(),
    actorKind: ctx.actor.kind,
    actor: actorName(ctx.actor),
    ...event,
  });
}

/** For what a browser may call without a membership: it knows a secret instead. */
export type PublicContext = Pick<ServiceContext, 'db' | 'clock' | 'deps'>;
