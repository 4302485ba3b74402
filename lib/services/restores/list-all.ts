import type { z } from 'zod';
import type { RestoreState } from '#db/enums.ts';
import {
  isAllowed,
  reachOf,
  requirePermission,
  requireReach,
  type ServiceContext,
} from '../context.ts';
import { initialsOf } from '../customers/view.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { listAllRestoresInput } from './input.ts';
import { allCounts, listRestoreRows } from './store.ts';
import { type RestoreView, viewRestore } from './view.ts';

export interface FleetRestore extends RestoreView {
  tenantId: string;
  customer: string;
  initials: string;
  mailbox: string;
  targetMailbox: string;
}

type Show = z.output<typeof listAllRestoresInput>['show'];

const statesOf: Record<Show, readonly RestoreState[] | undefined> = {
  all: undefined,
  open: ['planning', 'planned', 'running', 'verifying'],
  problems: ['failed'],
  done: ['done'],
};

/** Restores of every customer within reach, newest first, in one query. */
export async function listAllRestores(
  ctx: ServiceContext,
  input: z.input<typeof listAllRestoresInput> = {},
): Promise<FleetRestore[]> {
  requirePermission(ctx, 'restores.read');
  const { tenantId, groupId, show, ...page } = parse(listAllRestoresInput, input);
  if (tenantId !== undefined) requireReach(ctx, { tenantId });
  const { customers } = reachOf(ctx);
  const content = isAllowed(ctx, 'content.read');
  const filter = {
    tenantId,
    groupId,
    tenantIds: customers === 'all' ? undefined : customers,
    states: statesOf[show],
  };
  const rows = await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, (tx) =>
    listRestoreRows(tx, ctx.mspId, filter, page),
  );
  return rows.map(({ restore, customer, mailbox, target, counted }) => ({
    ...viewRestore(restore, restore.outcome ?? allCounts(counted), { content, folders: false }),
    tenantId: restore.tenantId,
    customer,
    initials: initialsOf(customer),
    mailbox,
    targetMailbox: target ?? mailbox,
  }));
}
