import type { z } from 'zod';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { mailboxCauseSentence } from '../runs/rules.ts';
import { withScope } from '../transaction.ts';
import { standingOf } from './health.ts';
import { mailboxesInput } from './input.ts';
import type { healthsToLookAt } from './rules.ts';
import { mailboxesToLookAt } from './store.ts';

export interface MailboxToLookAt {
  id: string;
  name: string;
  state: (typeof healthsToLookAt)[number];
  /** Why, as a sentence, where somebody said. */
  reason: string | null;
  archive: boolean;
  lastGoodAt: Date | null;
}

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
    const standing = await standingOf(tx, ctx.mspId, tenantId, ctx.clock.now());
    const rows = await mailboxesToLookAt(tx, ctx.mspId, tenantId, standing, shown);
    return {
      total: rows[0]?.total ?? 0,
      mailboxes: rows.map((row) => ({
        id: row.id,
        name: row.name,
        state: row.health as MailboxToLookAt['state'],
        reason:
          row.health === 'failed' && row.lastOutcome !== null
            ? mailboxCauseSentence(row.lastOutcome, null)
            : null,
        archive: row.kind === 'archive',
        lastGoodAt: row.lastGoodAt,
      })),
    };
  });
}
