import { z } from 'zod';
import { runMailboxStates, runStates, runTriggers } from '#db/enums.ts';
import { id, moment, timeOf } from '#lib/api/fields.ts';
import { cancelRun } from '#lib/services/runs/cancel.ts';
import { getRun } from '#lib/services/runs/get.ts';
import { listRuns } from '#lib/services/runs/list.ts';
import { startRun } from '#lib/services/runs/start.ts';
import type { RunCounts, RunSummary } from '#lib/services/runs/view.ts';
import { operation, pageSize } from './declare.ts';
import { agePlace, pageByAge } from './whole-list.ts';

const counts = z
  .object({
    enumerated: z.number().int().describe('Items that were listed; the others add up to it'),
    stored: z.number().int(),
    reused: z.number().int(),
    removed: z.number().int(),
    skipped: z.number().int(),
    failed: z.number().int(),
    open: z.number().int().describe('Without an outcome yet; 0 in a run that balances'),
  })
  .meta({ id: 'RunCounts' });

const run = z
  .object({
    id,
    state: z.enum(runStates),
    trigger: z.enum(runTriggers),
    reason: z.string().nullable().describe('Why it ended as it did, where that takes a sentence'),
    createdAt: moment,
    startedAt: moment.nullable(),
    endedAt: moment.nullable(),
    counts,
    readBytes: z.number().int(),
    storedBytes: z.number().int(),
    requests: z.number().int(),
  })
  .meta({ id: 'Run' });

const runDetail = z
  .object({
    ...run.shape,
    mailboxes: z.object({
      total: z.number().int(),
      done: z.number().int(),
      failed: z.number().int(),
      cancelled: z.number().int(),
    }),
    causes: z.array(
      z.object({
        cause: z.string(),
        sentence: z.string(),
        outcome: z.string(),
        count: z.number().int(),
      }),
    ),
    lines: z
      .array(
        z.object({
          mailboxId: id,
          state: z.enum(runMailboxStates),
          reason: z.string().nullable(),
          startedAt: moment.nullable(),
          endedAt: moment.nullable(),
          counts,
        }),
      )
      .describe('One a mailbox, the first 1,000'),
  })
  .meta({ id: 'RunDetail' });

function viewCounts(it: RunCounts): z.input<typeof counts> {
  const { enumerated, stored, reused, removed, skipped, failed, open } = it;
  return { enumerated, stored, reused, removed, skipped, failed, open };
}

function viewRun(row: RunSummary): z.input<typeof run> {
  return {
    id: row.id,
    state: row.state,
    trigger: row.trigger,
    reason: row.reason,
    createdAt: timeOf(row.createdAt),
    startedAt: timeOf(row.startedAt),
    endedAt: timeOf(row.endedAt),
    counts: viewCounts(row.counts),
    readBytes: row.bytes,
    storedBytes: row.storedBytes,
    requests: row.requests,
  };
}

export const runOperations = [
  operation({
    id: 'listRuns',
    method: 'GET',
    path: '/customers/{customerId}/runs',
    tag: 'Runs',
    summary: 'List runs',
    description: 'Newest first.',
    scope: 'customers.read',
    page: { position: agePlace, ...pageSize },
    status: 200,
    answer: run,
    says: 'A page of runs',
    run: async ({ ctx, path: { customerId: tenantId }, after, limit }) => {
      const rows = await listRuns(ctx, { tenantId, ...(after && { after }), limit: limit + 1 });
      const page = pageByAge(rows, limit);
      return { ...page, items: page.items.map(viewRun) };
    },
  }),
  operation({
    id: 'startRun',
    method: 'POST',
    path: '/customers/{customerId}/runs',
    tag: 'Runs',
    summary: 'Start a backup',
    description:
      'Of every protected mailbox, or of some. Where a run of all is going on already, the answer is that one.',
    scope: 'backups.run',
    body: z
      .strictObject({
        mailboxIds: z.array(id).min(1).max(1000).optional().describe('Only these'),
      })
      .optional(),
    status: 202,
    answer: z.object({ id, joined: z.boolean().describe('It was going on already') }),
    says: 'The run was started, or joined',
    run: async ({ ctx, path: { customerId: tenantId }, body }) => {
      const some = body?.mailboxIds === undefined ? {} : { mailboxIds: body.mailboxIds };
      const { runId, joined } = await startRun(ctx, { tenantId, ...some });
      return {
        body: { id: runId, joined },
        location: `/api/v1/customers/${tenantId}/runs/${runId}`,
      };
    },
  }),
  operation({
    id: 'getRun',
    method: 'GET',
    path: '/customers/{customerId}/runs/{runId}',
    tag: 'Runs',
    summary: 'Get a run',
    description: 'As of now; while it goes on, the numbers grow.',
    scope: 'customers.read',
    status: 200,
    answer: runDetail,
    says: 'The run',
    run: async ({ ctx, path: { customerId: tenantId, runId } }) => {
      const view = await getRun(ctx, { tenantId, runId });
      const { total, done, failed, cancelled } = view.mailboxCounts;
      return {
        body: {
          ...viewRun(view),
          mailboxes: { total, done, failed, cancelled },
          causes: view.byCause.map(({ cause, sentence, outcome, count }) => ({
            ...{ cause, sentence, outcome, count },
          })),
          lines: view.mailboxes.map((line) => ({
            mailboxId: line.id,
            state: line.state,
            reason: line.reason,
            startedAt: timeOf(line.startedAt),
            endedAt: timeOf(line.endedAt),
            counts: viewCounts(line.counts),
          })),
        },
      };
    },
  }),
  operation({
    id: 'cancelRun',
    method: 'POST',
    path: '/customers/{customerId}/runs/{runId}/cancel',
    tag: 'Runs',
    summary: 'Cancel a run',
    description: 'Finished mailboxes keep their new copy, the others their last one.',
    scope: 'backups.run',
    status: 202,
    answer: z.object({ id }),
    says: 'The run was told to end',
    run: async ({ ctx, path: { customerId: tenantId, runId } }) => {
      await cancelRun(ctx, { tenantId, runId });
      return { body: { id: runId } };
    },
  }),
];
