import type { z } from 'zod';
import { AppError } from '#lib/core/errors.ts';
import { audit, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { endAllInput } from './input.ts';
import { requireEndable } from './require-endable.ts';
import { endSessionsOf } from './store.ts';

/** Signs an account out everywhere, or everywhere but here; tells of how many browsers that were. */
export async function endAllSessions(
  ctx: ServiceContext,
  input: z.input<typeof endAllInput>,
): Promise<{ ended: number }> {
  const { subject = ownSubject(ctx), except } = parse(endAllInput, input);
  const { name, tenantId } = await requireEndable(ctx, subject);
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId }, async (tx) => {
    const ended = await endSessionsOf(tx, subject, except);
    if (ended > 0) {
      await audit(ctx, tx, {
        tenantId,
        action: 'session.end-all',
        entity: 'session',
        entityId: null,
        facts: { subject, name, sessions: ended },
      });
    }
    return { ended };
  });
}

function ownSubject(ctx: ServiceContext): string {
  if (ctx.actor.kind === 'user') return ctx.actor.subject;
  throw new AppError('forbidden', 'Only people have sessions.');
}
