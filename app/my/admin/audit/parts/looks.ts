import { auditCursor } from '#lib/services/audit/cursor.ts';
import { type AuditView, listAudit } from '#lib/services/audit/list.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { lookedAt } from './sentence.ts';
import { isOfProvider } from './who.ts';

const page = 500;
const pagesMax = 8;

export interface Looks {
  events: AuditView[];
  /** Where older ones begin; null at the end of the log. */
  next: string | null;
}

/**
 * Entries that tell of mail that was looked at. The log has many others in between, so it is read on
 * until there are some to show.
 */
export async function listLooks(
  ctx: ServiceContext,
  wish: {
    tenantId: string;
    /** Subject of whoever reads: their organisation is not the provider. */
    subject: string;
    everybody: boolean;
    mailboxId: string | undefined;
    after: string | undefined;
    enough: number;
  },
): Promise<Looks> {
  const events: AuditView[] = [];
  let after = wish.after;
  for (let read = 0; read < pagesMax; read++) {
    const entries = await listAudit(ctx, { tenantId: wish.tenantId, after, limit: page });
    for (const entry of entries) {
      after = auditCursor(entry);
      if (!lookedAt(entry)) continue;
      if (!wish.everybody && !isOfProvider(entry, wish.subject)) continue;
      if (wish.mailboxId !== undefined && entry.facts.mailboxId !== wish.mailboxId) continue;
      events.push(entry);
      if (events.length === wish.enough) return { events, next: after };
    }
    if (entries.length < page) return { events, next: null };
  }
  return { events, next: after ?? null };
}
