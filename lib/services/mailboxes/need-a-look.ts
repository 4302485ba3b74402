import type { z } from 'zod';
import { addMs } from '#lib/core/clock.ts';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { targetMs } from '../coverage/rules.ts';
import { parse } from '../input.ts';
import { findPolicy } from '../policies/store.ts';
import { mailboxCauseSentence } from '../runs/rules.ts';
import { withScope } from '../transaction.ts';
import { mailboxesInput } from './input.ts';
import { mailboxesToLookAt } from './store.ts';

export interface MailboxToLookAt {
  id: string;
  name: string;
  state: 'failed' | 'late' | 'not-covered' | 'gaps';
  /** Why, as a sentence, where somebody said. */
  reason: string | null;
  archive: boolean;
  lastGoodAt: Date | null;
}

/** Where no policy says how often. */
const usualMinutes = 360;
const shown = 20;

/** Mailboxes of a customer that are not simply good, worst first, and how many there are. */
export async function listMailboxesToLookAt(
  ctx: ServiceContext,
  input: z.input<typeof mailboxesInput>,
): Promise<{ total: number; mailboxes: MailboxToLookAt[] }> {
  requirePermission(ctx, 'mailboxes.read');
  const { tenantId } = parse(mailboxesInput, input);
  requireReach(ctx, { tenantId });
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId }, async (tx) => {
    const policy = await findPolicy(tx, ctx.mspId, tenantId);
    const before = addMs(ctx.clock.now(), -targetMs(policy?.everyMinutes ?? usualMinutes));
    const rows = await mailboxesToLookAt(tx, ctx.mspId, tenantId, before, shown);
    return {
      total: rows[0]?.total ?? 0,
      mailboxes: rows.map((row) => ({
        id: row.id,
        name: row.name,
        state: row.trouble,
        reason:
          row.trouble === 'failed' && row.lastOutcome !== null
            ? mailboxCauseSentence(row.lastOutcome, null)
            : null,
        archive: row.kind === 'archive',
        lastGoodAt: row.lastGoodAt,
      })),
    };
  });
}
