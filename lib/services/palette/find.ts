import type { z } from 'zod';
import type { Transaction } from '#db/client.ts';
import type { MailboxKind, MailboxState, RunState, TenantState } from '#db/enums.ts';
import { isAllowed, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { gatherIncidents } from '../incidents/gather.ts';
import type { Incident } from '../incidents/rules.ts';
import { notFound, parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { paletteInput } from './input.ts';
import { findCustomers, findMailboxes, findRuns } from './store.ts';

export interface PaletteView {
  /** The customer the words were looked for in; null is all of them. */
  scope: { tenantId: string; name: string; state: TenantState; running: boolean } | null;
  /** Of that customer: what needs somebody. */
  incidents: (Pick<Incident, 'kind' | 'cause' | 'mailboxes' | 'mailbox' | 'freeBytes'> & {
    lateMs: number | null;
  })[];
  customers: { tenantId: string; name: string; state: TenantState }[];
  mailboxes: {
    tenantId: string;
    mailboxId: string;
    name: string;
    kind: MailboxKind;
    state: MailboxState;
    customer: string;
  }[];
  runs: { tenantId: string; runId: string; customer: string; state: RunState; at: Date }[];
}

const each = 8;
/** One letter is in every name: what it finds says nothing and is read for nothing. */
const wordsMin = 2;

/** Customers, mailboxes and runs by name, within the reach of whoever asks. Never what is in a mailbox. */
export async function findByName(
  ctx: ServiceContext,
  input: z.input<typeof paletteInput>,
): Promise<PaletteView> {
  requirePermission(ctx, 'customers.read');
  const { words, tenantId } = parse(paletteInput, input);
  if (tenantId !== undefined) requireReach(ctx, { tenantId });
  const query = { mspId: ctx.mspId, words, tenantId, limit: each };
  const scope = { mspId: ctx.mspId, tenantId: tenantId ?? null };
  return await withScope(ctx.db, scope, async (tx) => {
    const here = tenantId === undefined ? null : await hereOf(tx, ctx, tenantId);
    const asked = words.length >= wordsMin;
    const customers = asked && tenantId === undefined ? await findCustomers(tx, query) : [];
    const whose =
      tenantId === undefined ? customers.map((customer) => customer.tenantId) : [tenantId];
    return {
      scope: here?.scope ?? null,
      incidents: here?.incidents ?? [],
      customers,
      mailboxes: asked && isAllowed(ctx, 'mailboxes.read') ? await findMailboxes(tx, query) : [],
      runs: await findRuns(tx, query, whose),
    };
  });
}

/** The customer whose page is open, and what of it needs somebody. */
async function hereOf(
  tx: Transaction,
  ctx: ServiceContext,
  tenantId: string,
): Promise<{ scope: NonNullable<PaletteView['scope']>; incidents: PaletteView['incidents'] }> {
  const now = ctx.clock.now();
  const { rows, facts, incidents } = await gatherIncidents(tx, ctx.mspId, now, tenantId);
  const [row] = rows;
  if (row === undefined) throw notFound();
  const { name, state } = row.tenant;
  return {
    scope: { tenantId, name, state, running: facts[0]?.openRun != null },
    incidents: incidents
      .filter(({ asleep }) => !asleep)
      .map(({ kind, cause, mailboxes, mailbox, since, freeBytes }) => ({
        ...{ kind, cause, mailboxes, mailbox, freeBytes },
        lateMs: since === null ? null : now.getTime() - since.getTime(),
      })),
  };
}
