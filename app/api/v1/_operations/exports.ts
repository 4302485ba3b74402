import { z } from 'zod';
import { exportStates } from '#db/enums.ts';
import { id, moment, timeOf } from '#lib/api/fields.ts';
import { AppError } from '#lib/core/errors.ts';
import { downloadExport } from '#lib/services/exports/download.ts';
import { getExport } from '#lib/services/exports/get.ts';
import { listExports } from '#lib/services/exports/list.ts';
import { startExport } from '#lib/services/exports/start.ts';
import type { ExportView } from '#lib/services/exports/view.ts';
import { operation, pageSize } from './declare.ts';
import { selection, selectionView, snapshotGiven, viewSelection } from './selection.ts';
import { agePlace, pageByAge } from './whole-list.ts';

const mailExport = z
  .object({
    id,
    mailboxId: id,
    snapshot: z.number().int(),
    selection: selectionView,
    state: z.enum(exportStates),
    refusal: z.string().nullable(),
    items: z.number().int().describe('Files in the archive, so far while it is being written'),
    total: z.number().int(),
    failed: z.number().int().describe('Items that could not be read; the manifest names them'),
    bytes: z.number().int(),
    sha256: z.string().nullable().describe('Of the whole archive, in hex'),
    createdAt: moment,
    endedAt: moment.nullable(),
    expiresAt: moment.nullable().describe('Until then it can be downloaded'),
  })
  .meta({ id: 'Export' });

function viewExport(view: ExportView): z.input<typeof mailExport> {
  return {
    id: view.id,
    mailboxId: view.mailboxId,
    snapshot: view.sequence,
    selection: viewSelection(view.selection),
    state: view.state,
    refusal: view.refusal,
    items: view.items,
    total: view.total,
    failed: view.failed,
    bytes: view.bytes,
    sha256: view.sha256,
    createdAt: timeOf(view.createdAt),
    endedAt: timeOf(view.endedAt),
    expiresAt: timeOf(view.expiresAt),
  };
}

export const exportOperations = [
  operation({
    id: 'listExports',
    method: 'GET',
    path: '/customers/{customerId}/exports',
    tag: 'Exports',
    summary: 'List exports',
    description: 'Newest first, those that are no longer kept among them.',
    scope: 'restores.read',
    page: { position: agePlace, ...pageSize },
    status: 200,
    answer: mailExport,
    says: 'A page of exports',
    run: async ({ ctx, path: { customerId: tenantId }, after, limit }) => {
      const rows = await listExports(ctx, { tenantId, ...(after && { after }), limit: limit + 1 });
      const page = pageByAge(rows, limit);
      return { ...page, items: page.items.map(viewExport) };
    },
  }),
  operation({
    id: 'startExport',
    method: 'POST',
    path: '/customers/{customerId}/exports',
    tag: 'Exports',
    summary: 'Start an export',
    scope: 'exports.run',
    also: ['content.read'],
    body: z.strictObject({ mailboxId: id, snapshot: snapshotGiven, selection }),
    status: 202,
    answer: z.object({ id }),
    says: 'The archive is being written; get the export to see how far',
    run: async ({ ctx, path: { customerId: tenantId }, body }) => {
      const { snapshot: sequence, ...wish } = body;
      const { exportId } = await startExport(ctx, { tenantId, sequence, ...wish });
      return {
        body: { id: exportId },
        location: `/api/v1/customers/${tenantId}/exports/${exportId}`,
      };
    },
  }),
  operation({
    id: 'getExport',
    method: 'GET',
    path: '/customers/{customerId}/exports/{exportId}',
    tag: 'Exports',
    summary: 'Get an export',
    scope: 'restores.read',
    status: 200,
    answer: mailExport,
    says: 'The export',
    run: async ({ ctx, path: { customerId: tenantId, exportId } }) => ({
      body: viewExport(await getExport(ctx, { tenantId, exportId, subjects: false })),
    }),
  }),
  operation({
    id: 'downloadExport',
    method: 'GET',
    path: '/customers/{customerId}/exports/{exportId}/archive',
    tag: 'Exports',
    summary: 'Download an export',
    description: 'A ZIP of .eml files with a manifest. The audit log keeps that it was taken.',
    scope: 'exports.run',
    also: ['content.read'],
    status: 200,
    media: ['application/zip'],
    says: 'The archive',
    run: async ({ ctx, path: { customerId: tenantId, exportId } }) => {
      if (ctx.exportFolder === null) {
        await getExport(ctx, { tenantId, exportId, subjects: false });
        throw new AppError('conflict', 'This portal does not know where finished exports lie.');
      }
      const archive = await downloadExport(ctx, { tenantId, exportId }, ctx.exportFolder);
      return { file: { media: 'application/zip', ...archive } };
    },
  }),
];
