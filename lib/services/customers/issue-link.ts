import type { Transaction } from '#db/client.ts';
import type { EntraApp } from '#db/enums.ts';
import { addMs } from '#lib/core/clock.ts';
import { newId, newToken } from '#lib/core/ids.ts';
import { linkLifeMs } from '../connect/rules.ts';
import { addLink, endLinks, hashSecret } from '../connect/store.ts';
import { actorName, type ServiceContext } from '../context.ts';
import { requireStanding } from '../members/require-standing.ts';

export interface IssuedLink {
  tenantId: string;
  /** For `/connect/[token]`; told this once, only its hash is kept. */
  linkUrlToken: string;
  expiresAt: Date;
}

/**
 * The one link of a customer that works: those sent before it are ended, wherever they ended up.
 * Part of the verbs that hand out a link; they hold the permission and the audit entry.
 */
export async function issueLink(
  ctx: ServiceContext,
  tx: Transaction,
  tenantId: string,
  apps: EntraApp[],
): Promise<IssuedLink> {
  await requireStanding(ctx, tx, 'customers.connect');
  const token = newToken();
  const createdAt = ctx.clock.now();
  const expiresAt = addMs(createdAt, linkLifeMs);
  await endLinks(tx, { mspId: ctx.mspId, tenantId }, createdAt);
  await addLink(tx, {
    mspId: ctx.mspId,
    tenantId,
    id: newId(),
    tokenHash: hashSecret(token),
    apps,
    app: apps[0]!,
    createdBy: actorName(ctx.actor),
    createdAt,
    expiresAt,
  });
  return { tenantId, linkUrlToken: token, expiresAt };
}
