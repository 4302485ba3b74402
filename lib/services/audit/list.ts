import type { z } from 'zod';
import type { ActorKind } from '#db/enums.ts';
import type { AuditFacts } from '#db/schema/audit.ts';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { auditInput } from './input.ts';
import { listAuditRows } from './store.ts';

export interface AuditView {
  seq: number;
  tenantId: string | null;
  at: Date;
  action: string;
  actorKind: ActorKind;
  actor: string;
  /** Name of the member that `actor` is, where it is one. */
  actorLabel: string | null;
  entity: string;
  entityId: string | null;
  facts: AuditFacts;
}

/** Newest first. */
export async function listAudit(
  ctx: ServiceContext,
  input: z.input<typeof auditInput>,
): Promise<AuditView[]> {
  requirePermission(ctx, 'audit.read');
  const filter = parse(auditInput, input);
  const { tenantId } = filter;
  if (tenantId !== undefined) requireReach(ctx, { tenantId });
  const scope = { mspId: ctx.mspId, tenantId: filter.tenantId ?? null };
  return await withScope(ctx.db, scope, (tx) => listAuditRows(tx, ctx.mspId, filter));
}
