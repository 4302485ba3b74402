import { audit, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { addPerson } from './store.ts';

/**
 * Puts somebody into the list who came in uninvited, since everybody with a mailbox may: from then
 * on they have a name in the log and can be turned away. Often called, it happens once.
 * @param ctx of that person, as `places/find` found them
 */
export async function arrive(
  ctx: ServiceContext,
  person: { tenantId: string; displayName: string },
): Promise<void> {
  const { actor } = ctx;
  if (actor.kind !== 'user' || actor.role !== 'mailbox-owner') return;
  const { tenantId, displayName } = person;
  const name = displayName === '' ? 'Unnamed' : displayName;
  const scope = { mspId: ctx.mspId, tenantId };
  await withScope(ctx.db, scope, async (tx) => {
    const added = await addPerson(tx, {
      ...scope,
      subject: actor.subject,
      name,
      role: 'mailbox-owner',
      mailboxId: null,
      byDoor: true,
      enrolledAt: ctx.clock.now(),
    });
    if (!added) return;
    await audit(ctx, tx, {
      tenantId,
      action: 'person.arrive',
      entity: 'person',
      entityId: actor.subject,
      facts: { name },
    });
  });
}
