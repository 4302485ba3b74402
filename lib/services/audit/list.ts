import type { z } from 'zod';
import type { Transaction } from '#db/client.ts';
import type { ActorKind } from '#db/enums.ts';
import type { AuditFacts } from '#db/schema/audit.ts';
import { requirePermission, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { parseAuditCursor } from './cursor.ts';
import { auditInput } from './input.ts';
import { type AuditScope, auditScope } from './reach.ts';
import { type AuditFilter, listAuditRows, mailboxNames } from './store.ts';

export interface AuditView {
  chainId: string;
  seq: number;
  tenantId: string | null;
  customerName: string | null;
  at: Date;
  action: string;
  actorKind: ActorKind;
  actor: string;
  /** What those who look call the member, person or key that `actor` is. */
  actorLabel: string | null;
  entity: string;
  entityId: string | null;
  facts: AuditFacts;
  /** The mailbox it is about, and the one it would write into, where they are in reach. */
  mailboxName: string | null;
  targetName: string | null;
}

/** Newest first. `auditCursor` of the last entry, as `after`, gives the next page. */
export async function listAudit(
  ctx: ServiceContext,
  input: z.input<typeof auditInput>,
): Promise<AuditView[]> {
  requirePermission(ctx, 'audit.read');
  const { tenantId, limit, after, ...filter } = parse(auditInput, input);
  const scope = auditScope(ctx, tenantId);
  const position = after === undefined ? undefined : parseAuditCursor(after);
  return await withScope(ctx.db, scope, (tx) =>
    viewEntries(tx, scope, { ...filter, after: position }, limit),
  );
}

/** Part of the verbs that show the log. */
export async function viewEntries(
  tx: Transaction,
  scope: AuditScope,
  filter: AuditFilter,
  limit: number,
): Promise<AuditView[]> {
  const rows = await listAuditRows(tx, scope, filter, limit);
  const ids = rows.flatMap((row) => [mailboxOf(row), targetOf(row)]).filter((id) => id !== null);
  const names = await mailboxNames(tx, scope, [...new Set(ids)]);
  const name = (id: string | null) => (id === null ? null : (names.get(id) ?? null));
  return rows.map((row) => {
    const target = targetOf(row);
    return {
      ...row,
      mailboxName: name(mailboxOf(row)),
      targetName: target === mailboxOf(row) ? null : name(target),
    };
  });
}

interface About {
  entity: string;
  entityId: string | null;
  facts: AuditFacts;
}

const idShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function idIn(value: unknown): string | null {
  return typeof value === 'string' && idShape.test(value) ? value : null;
}

function mailboxOf({ entity, entityId, facts }: About): string | null {
  return idIn(entity === 'mailbox' ? entityId : facts.mailboxId);
}

function targetOf({ facts }: About): string | null {
  return idIn(facts.targetMailboxId);
}
