import type { Transaction } from '#db/client.ts';
import { recordAudit } from '#lib/audit/record.ts';
import type { RefusalCode } from './refusals.ts';
import { type LinkScope, updateLink } from './store.ts';

/**
 * Notes a refusal on the link, where both sides see it, and in the audit log.
 * @param by.actor the account that was refused, `tid.oid`
 */
export async function noteRefusal(
  tx: Transaction,
  scope: LinkScope,
  refusal: { code: RefusalCode; facts: Record<string, string> },
  by: { at: Date; actor: string },
): Promise<void> {
  await updateLink(tx, scope, {
    step: 'refused',
    refusal: refusal.code,
    refusalFacts: refusal.facts,
  });
  await recordAudit(tx, {
    mspId: scope.mspId,
    tenantId: scope.tenantId,
    at: by.at,
    actorKind: 'user',
    actor: by.actor,
    action: 'connect.refuse',
    entity: 'connect-link',
    entityId: scope.linkId,
    facts: { code: refusal.code },
  });
}
