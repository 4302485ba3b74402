import type { z } from 'zod';
import type { ExportState } from '#db/enums.ts';
import { reachOf, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { initialsOf } from '../customers/view.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { listAllExportsInput } from './input.ts';
import { listExportRows } from './store.ts';
import { type ExportView, viewExport } from './view.ts';

export interface FleetExport extends ExportView {
  tenantId: string;
  customer: string;
  initials: string;
  mailbox: string;
}

type Show = z.output<typeof listAllExportsInput>['show'];

const statesOf: Record<Show, readonly ExportState[] | undefined> = {
  all: undefined,
  open: ['queued', 'running'],
  problems: ['failed'],
  done: ['done'],
};

/** Downloads of every customer within reach, newest first, in one query; without subjects. */
export async function listAllExports(
  ctx: ServiceContext,
  input: z.input<typeof listAllExportsInput> = {},
): Promise<FleetExport[]> {
  requirePermission(ctx, 'restores.read');
  const { tenantId, show, ...page } = parse(listAllExportsInput, input);
  if (tenantId !== undefined) requireReach(ctx, { tenantId });
  const { customers } = reachOf(ctx);
  const filter = {
    tenantId,
    tenantIds: customers === 'all' ? undefined : customers,
    states: statesOf[show],
  };
  const rows = await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, (tx) =>
    listExportRows(tx, ctx.mspId, filter, page),
  );
  return rows.map(({ archive, customer, mailbox }) => ({
    ...viewExport(archive, ctx.clock.now()),
    tenantId: archive.tenantId,
    customer,
    initials: initialsOf(customer),
    mailbox,
  }));
}
