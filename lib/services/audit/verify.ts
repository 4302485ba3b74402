import type { z } from 'zod';
import { ChainWalk } from '#lib/audit/chain.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { verifyAuditInput } from './input.ts';
import { auditScope } from './reach.ts';
import { listLinks, measureLog } from './store.ts';

export interface AuditProof {
  entries: number;
  since: Date | null;
  /** Null where the log is longer than was asked to be checked. */
  isIntact: boolean | null;
  /** The first entry that is not what was written. */
  brokenAt: { chainId: string; seq: number } | null;
}

const pageOf = 2000;

/** Is the log what was written? Follows every chain in reach from its start. */
export async function verifyAudit(
  ctx: ServiceContext,
  input: z.input<typeof verifyAuditInput> = {},
): Promise<AuditProof> {
  requirePermission(ctx, 'audit.read');
  const { tenantId, atMost } = parse(verifyAuditInput, input);
  const scope = auditScope(ctx, tenantId);
  const log = await withScope(ctx.db, scope, (tx) => measureLog(tx, scope));
  if (log.entries > atMost) return { ...log, isIntact: null, brokenAt: null };
  let walk = new ChainWalk();
  let last = { chainId: '', seq: 0 };
  for (;;) {
    const after = last.chainId === '' ? null : last;
    const links = await withScope(ctx.db, scope, (tx) => listLinks(tx, scope, after, pageOf));
    for (const link of links) {
      if (link.chainId !== last.chainId) walk = new ChainWalk();
      walk.add(link);
      last = { chainId: link.chainId, seq: link.seq };
      if (walk.brokenAt !== null) {
        const brokenAt = { chainId: link.chainId, seq: walk.brokenAt };
        return { ...log, isIntact: false, brokenAt };
      }
    }
    if (links.length < pageOf) return { ...log, isIntact: true, brokenAt: null };
  }
}
