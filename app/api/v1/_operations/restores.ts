import { z } from 'zod';
import {
  collisionRules,
  itemKinds,
  restoreActions,
  restoreItemStates,
  restoreStates,
} from '#db/enums.ts';
import { id, moment, timeOf, yesNo } from '#lib/api/fields.ts';
import { cancelRestore } from '#lib/services/restores/cancel.ts';
import { executeRestore } from '#lib/services/restores/execute.ts';
import { getRestore } from '#lib/services/restores/get.ts';
import { restoreItems } from '#lib/services/restores/items.ts';
import { listRestores } from '#lib/services/restores/list.ts';
import { planRestore } from '#lib/services/restores/plan.ts';
import type { RestoreView } from '#lib/services/restores/view.ts';
import { operation, pageSize } from './declare.ts';
import {
  collisions,
  destination,
  destinationView,
  selection,
  selectionView,
  snapshotGiven,
  viewDestination,
  viewSelection,
} from './selection.ts';
import { agePlace, pageByAge } from './whole-list.ts';

const planned = {
  write: z.number().int(),
  present: z.number().int().describe('There already, and left alone'),
  changed: z.number().int(),
  cannot: z.number().int(),
  bytes: z.number().int(),
};

const restore = z
  .object({
    id,
    mailboxId: id,
    targetMailboxId: id,
    snapshot: z.number().int(),
    selection: selectionView,
    destination: destinationView,
    collisions: z.enum(collisionRules),
    state: z.enum(restoreStates),
    refusal: z.string().nullable().describe('Why it was refused or stopped'),
    createdAt: moment,
    plannedAt: moment.nullable(),
    startedAt: moment.nullable(),
    endedAt: moment.nullable(),
    plan: z
      .object({ ...planned, durationMinS: z.number(), durationMaxS: z.number() })
      .nullable()
      .describe('What starting it would do; null until that is worked out'),
    counts: z.object({
      total: z.number().int(),
      written: z.number().int(),
      verified: z.number().int().describe('Read back, and equal to what the vault holds'),
      skipped: z.number().int(),
      failed: z.number().int(),
      open: z.number().int(),
    }),
  })
  .meta({ id: 'Restore' });

const restoreItem = z
  .object({
    position: z.number().int(),
    itemId: id,
    kind: z.enum(itemKinds),
    subject: z.string(),
    bytes: z.number().int(),
    path: z.array(z.string()).describe('Folder names from the top'),
    action: z.enum(restoreActions),
    state: z.enum(restoreItemStates),
    reason: z.string().nullable(),
  })
  .meta({ id: 'RestoreItem' });

function viewRestore(view: RestoreView): z.input<typeof restore> {
  const { plan, counts } = view;
  return {
    id: view.id,
    mailboxId: view.mailboxId,
    targetMailboxId: view.targetMailboxId,
    snapshot: view.sequence,
    selection: viewSelection(view.selection),
    destination: viewDestination(view.destination),
    collisions: view.collisions,
    state: view.state,
    refusal: view.refusal,
    createdAt: timeOf(view.createdAt),
    plannedAt: timeOf(view.plannedAt),
    startedAt: timeOf(view.startedAt),
    endedAt: timeOf(view.endedAt),
    plan:
      plan === null
        ? null
        : {
            write: plan.write,
            present: plan.present,
            changed: plan.changed,
            cannot: plan.cannot,
            bytes: plan.bytes,
            durationMinS: plan.durationMinS,
            durationMaxS: plan.durationMaxS,
          },
    counts: {
      total: counts.total,
      written: counts.written,
      verified: counts.verified,
      skipped: counts.skipped,
      failed: counts.failed,
      open: counts.open,
    },
  };
}

const accepted = z.object({ id });

export const restoreOperations = [
  operation({
    id: 'listRestores',
    method: 'GET',
    path: '/customers/{customerId}/restores',
    tag: 'Restores',
    summary: 'List restores',
    description: 'Newest first.',
    scope: 'restores.read',
    query: z.object({ mailbox: id.optional().describe('Only from this mailbox') }),
    page: { position: agePlace, ...pageSize },
    status: 200,
    answer: restore,
    says: 'A page of restores',
    run: async ({ ctx, path: { customerId: tenantId }, query, after, limit }) => {
      const rows = await listRestores(ctx, {
        tenantId,
        ...(query.mailbox === undefined ? {} : { mailboxId: query.mailbox }),
        ...(after && { after }),
        limit: limit + 1,
      });
      const page = pageByAge(rows, limit);
      return { ...page, items: page.items.map(viewRestore) };
    },
  }),
  operation({
    id: 'planRestore',
    method: 'POST',
    path: '/customers/{customerId}/restores',
    tag: 'Restores',
    summary: 'Plan a restore',
    description:
      'Works out what would be written where. Nothing changes at Microsoft until the restore is started, within an hour.',
    scope: 'restores.run',
    body: z.strictObject({
      mailboxId: id,
      snapshot: snapshotGiven,
      selection,
      destination,
      collisions,
    }),
    status: 202,
    answer: accepted,
    says: 'The plan is being made; get the restore to see it',
    run: async ({ ctx, path: { customerId: tenantId }, body }) => {
      const { snapshot: sequence, ...wish } = body;
      const { restoreId } = await planRestore(ctx, { tenantId, sequence, ...wish });
      return {
        body: { id: restoreId },
        location: `/api/v1/customers/${tenantId}/restores/${restoreId}`,
      };
    },
  }),
  operation({
    id: 'getRestore',
    method: 'GET',
    path: '/customers/{customerId}/restores/{restoreId}',
    tag: 'Restores',
    summary: 'Get a restore',
    description: 'Its plan, and how far it has come.',
    scope: 'restores.read',
    status: 200,
    answer: restore,
    says: 'The restore',
    run: async ({ ctx, path: { customerId: tenantId, restoreId } }) => ({
      body: viewRestore(await getRestore(ctx, { tenantId, restoreId, folders: false })),
    }),
  }),
  operation({
    id: 'listRestoreItems',
    method: 'GET',
    path: '/customers/{customerId}/restores/{restoreId}/items',
    tag: 'Restores',
    summary: 'List the items of a restore',
    description: 'In the order of the plan, with what became of each.',
    scope: 'content.read',
    query: z.object({
      onlyProblems: yesNo.optional().describe('Only what was not put back and should have been'),
    }),
    page: { position: z.object({ position: z.number().int() }), ...pageSize },
    status: 200,
    answer: restoreItem,
    says: 'A page of items',
    run: async ({ ctx, path: { customerId: tenantId, restoreId }, query, after, limit }) => {
      const { items, next } = await restoreItems(ctx, {
        ...{ tenantId, restoreId, limit },
        onlyProblems: query.onlyProblems ?? false,
        after: after?.position ?? 0,
      });
      return {
        next: next === null ? null : { position: next },
        items: items.map((it) => ({
          position: it.position,
          itemId: it.itemId,
          kind: it.kind,
          subject: it.subject,
          bytes: it.bytes,
          path: it.path,
          action: it.action,
          state: it.state,
          reason: it.reason,
        })),
      };
    },
  }),
  operation({
    id: 'startRestore',
    method: 'POST',
    path: '/customers/{customerId}/restores/{restoreId}/start',
    tag: 'Restores',
    summary: 'Start a planned restore',
    description: 'Writes to the mailbox. Asking twice is asking once.',
    scope: 'restores.run',
    status: 202,
    answer: accepted,
    says: 'The restore is at work',
    run: async ({ ctx, path: { customerId: tenantId, restoreId } }) => {
      await executeRestore(ctx, { tenantId, restoreId });
      return { body: { id: restoreId } };
    },
  }),
  operation({
    id: 'cancelRestore',
    method: 'POST',
    path: '/customers/{customerId}/restores/{restoreId}/cancel',
    tag: 'Restores',
    summary: 'Cancel a restore',
    description:
      'Drops a plan, or stops after the items that are on their way. What was written stays.',
    scope: 'restores.run',
    status: 202,
    answer: accepted,
    says: 'The restore was told to end',
    run: async ({ ctx, path: { customerId: tenantId, restoreId } }) => {
      await cancelRestore(ctx, { tenantId, restoreId });
      return { body: { id: restoreId } };
    },
  }),
];
