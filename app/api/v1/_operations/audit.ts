import { z } from 'zod';
import { actorKinds } from '#db/enums.ts';
import { id, moment, momentGiven, text, timeOf } from '#lib/api/fields.ts';
import { auditCursor } from '#lib/services/audit/cursor.ts';
import { auditFilter } from '#lib/services/audit/input.ts';
import { listAudit } from '#lib/services/audit/list.ts';
import { operation, pageSize } from './declare.ts';

const entry = z
  .object({
    customerId: id.nullable().describe('Null where it is about the provider as a whole'),
    sequence: z.number().int().describe('Its place in the chain of its customer'),
    at: moment,
    action: z.string().describe('Such as `restore.execute`'),
    actorKind: z.enum(actorKinds),
    actor: z.string(),
    actorName: z.string().nullable(),
    entity: z.string(),
    entityId: z.string().nullable(),
    facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  })
  .meta({ id: 'AuditEntry' });

/** Postgres does not know every year that RFC 3339 does, and nothing was written before 1970. */
function notBeforeAll(moment: Date): Date {
  return moment.getTime() < 0 ? new Date(0) : moment;
}

export const auditOperations = [
  operation({
    id: 'listAudit',
    method: 'GET',
    path: '/audit',
    tag: 'Audit',
    summary: 'List audit entries',
    description: 'Newest first.',
    scope: 'audit.read',
    query: z.object({
      customer: id.optional().describe('Only what is about this customer'),
      group: auditFilter.shape.group.describe('Only actions of one kind'),
      actor: text(1, 120).optional().describe('Only what this `actor` did'),
      before: momentGiven.optional().describe('Only what is older'),
    }),
    page: { position: z.string(), ...pageSize },
    status: 200,
    answer: entry,
    says: 'A page of entries',
    run: async ({ ctx, query, after, limit }) => {
      const { customer, group, actor, before } = query;
      const rows = await listAudit(ctx, {
        ...(customer === undefined ? {} : { tenantId: customer }),
        ...(group === undefined ? {} : { group }),
        ...(actor === undefined ? {} : { person: actor }),
        ...(before === undefined ? {} : { before: notBeforeAll(new Date(before)) }),
        ...(after === null ? {} : { after }),
        limit: limit + 1,
      });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        next: rows.length > limit && last !== undefined ? auditCursor(last) : null,
        items: page.map((row) => ({
          customerId: row.tenantId,
          sequence: row.seq,
          at: timeOf(row.at),
          action: row.action,
          actorKind: row.actorKind,
          actor: row.actor,
          actorName: row.actorLabel,
          entity: row.entity,
          entityId: row.entityId,
          facts: row.facts,
        })),
      };
    },
  }),
];
