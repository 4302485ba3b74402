import { z } from 'zod';
import { actorKinds } from '#db/enums.ts';
import { id, moment, momentGiven, timeOf } from '#lib/api/fields.ts';
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

/** Postgres has no time before, and nothing was written then. */
const earliest = '1970-01-01T00:00:00.000Z';

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
      before: momentGiven.optional().describe('Only what is older'),
    }),
    page: { position: z.object({ at: moment }), ...pageSize },
    status: 200,
    answer: entry,
    says: 'A page of entries',
    run: async ({ ctx, query, after, limit }) => {
      const asked = after?.at ?? query.before;
      const before = asked === undefined ? undefined : new Date(asked);
      const rows = await listAudit(ctx, {
        ...(query.customer === undefined ? {} : { tenantId: query.customer }),
        ...(before === undefined
          ? {}
          : { before: before < new Date(earliest) ? new Date(earliest) : before }),
        limit: limit + 1,
      });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        next: rows.length > limit && last !== undefined ? { at: timeOf(last.at) } : null,
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
