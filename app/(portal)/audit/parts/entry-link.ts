import { paths } from '#app/paths.ts';
import type { AuditView } from '#lib/services/audit/list.ts';

/** Where the thing is that an entry is about; nowhere for what has no page. */
export function entryLink({ tenantId, entity, entityId, facts }: AuditView): string | null {
  if (tenantId === null) return entity === 'member' && entityId ? paths.member(entityId) : null;
  if (entityId !== null) {
    if (entity === 'run') return paths.run(tenantId, entityId);
    if (entity === 'restore') return paths.restore(tenantId, entityId);
    if (entity === 'export') return paths.export(tenantId, entityId);
    if (entity === 'mailbox') return paths.mailbox(tenantId, entityId);
  }
  if (entity === 'person' || entity === 'invitation') return paths.customerAccess(tenantId);
  return typeof facts.mailboxId === 'string' ? paths.mailbox(tenantId, facts.mailboxId) : null;
}
