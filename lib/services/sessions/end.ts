import type { z } from 'zod';
import { audit, isAllowed, type ServiceContext } from '../context.ts';
import { notFound, parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { sessionInput } from './input.ts';
import { requireEndable } from './require-endable.ts';
import { endSessionRow, findSessionSubject } from './store.ts';

/** Signs one browser out, from its next request on. One that ended already is not there. */
export async function endSession(
  ctx: ServiceContext,
  input: z.input<typeof sessionInput>,
): Promise<void> {
  const { sessionId } = parse(sessionInput, input);
  const subject = await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, (tx) =>
    findSessionSubject(tx, sessionId, ctx.clock.now()),
  );
  // Who may end none but their own learns nothing of whose the others are.
  const isOwn = ctx.actor.kind === 'user' && ctx.actor.subject === subject;
  const isHidden = !isOwn && !isAllowed(ctx, 'sessions.manage');
  if (subject === undefined || isHidden) throw notFound();
  const { name, tenantId } = await requireEndable(ctx, subject);
  await withScope(ctx.db, { mspId: ctx.mspId, tenantId }, async (tx) => {
    if (!(await endSessionRow(tx, sessionId))) return;
    await audit(ctx, tx, {
      tenantId,
      action: 'session.end',
      entity: 'session',
      entityId: sessionId,
      facts: { subject, name },
    });
  });
}
