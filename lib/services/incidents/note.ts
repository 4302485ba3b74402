import type { Transaction } from '#db/client.ts';
import type { AuditFacts } from '#db/schema/audit.ts';
import type { incidentNotes } from '#db/schema/figures.ts';
import type { AuditAction } from '#lib/audit/actions.ts';
import { AppError } from '#lib/core/errors.ts';
import {
  audit,
  isAllowed,
  requirePermission,
  requireReach,
  type ServiceContext,
} from '../context.ts';
import { loadTenant } from '../customers/store.ts';
import { withScope } from '../transaction.ts';
import { gatherIncidents, type NotedIncident } from './gather.ts';
import { saveNote } from './store.ts';

type Change = Omit<Partial<typeof incidentNotes.$inferInsert>, 'mspId' | 'tenantId' | 'cause'>;

/**
 * What every act on an incident has in common: it must be there, and what is said to it is written
 * with the audit row, to each of its customers that whoever says it reaches.
 */
export async function noteIncident(
  ctx: ServiceContext,
  place: { tenantId: string; cause: string },
  act: {
    action: AuditAction;
    facts?: AuditFacts;
    change(incident: NotedIncident): Change;
    /** Who has taken the incident keeps it. */
    unlessTaken?: { by: string };
  },
): Promise<void> {
  requirePermission(ctx, 'backups.run');
  requireReach(ctx, { tenantId: place.tenantId });
  const incident = await findIncident(ctx, place);
  const change = act.change(incident);
  for (const { id: tenantId } of incident.customers) {
    await withScope(ctx.db, { mspId: ctx.mspId, tenantId }, async (tx: Transaction) => {
      const saved = await saveNote(
        tx,
        { mspId: ctx.mspId, tenantId, cause: place.cause },
        { ...change, changedAt: ctx.clock.now() },
        act.unlessTaken,
      );
      if (!saved) throw taken();
      await audit(ctx, tx, {
        tenantId,
        action: act.action,
        entity: 'customer',
        entityId: tenantId,
        facts: { incident: incident.kind, ...act.facts },
      });
    });
  }
}

function taken(): AppError {
  return new AppError(
    'conflict',
    'Somebody else has taken it in the meantime. Look at it again: who it is stands beside it.',
  );
}

async function findIncident(
  ctx: ServiceContext,
  { tenantId, cause }: { tenantId: string; cause: string },
): Promise<NotedIncident> {
  const now = ctx.clock.now();
  // The cause of several customers is only seen by looking at all of them.
  const whole = cause === 'storage';
  const scope = { mspId: ctx.mspId, tenantId: whole ? null : tenantId };
  const { incidents } = await withScope(ctx.db, scope, async (tx) => {
    await loadTenant(tx, ctx.mspId, tenantId);
    return await gatherIncidents(
      tx,
      ctx.mspId,
      now,
      whole ? null : tenantId,
      isAllowed(ctx, 'billing.read'),
    );
  });
  const found = incidents.find(
    (it) => it.cause === cause && it.customers.some(({ id }) => id === tenantId),
  );
  if (found !== undefined) return found;
  throw new AppError(
    'conflict',
    'This is over: the cause is gone. Nothing was changed; look at Tonight again.',
  );
}
