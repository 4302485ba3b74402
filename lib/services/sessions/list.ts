import type { Role } from '#lib/auth/roles.ts';
import { AppError } from '#lib/core/errors.ts';
import { isAllowed, type ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { isSignedInHere } from './rules.ts';
import { listKnown, listSessionRows, workplacesOf } from './store.ts';

export interface SessionView {
  id: string;
  subject: string;
  name: string;
  /** What they are here; null for one's own where nobody let them in. */
  role: Role | null;
  /** Of the customer they belong to; null for staff. */
  customerName: string | null;
  /** What the browser calls itself, or nothing. */
  browser: string;
  createdAt: Date;
  lastSeenAt: Date | null;
  expiresAt: Date;
  isOwn: boolean;
}

/** One's own sessions; and, for those who may end them, those of everybody in reach who is signed in here. */
export async function listSessions(ctx: ServiceContext): Promise<SessionView[]> {
  const { actor } = ctx;
  if (actor.kind !== 'user') throw new AppError('forbidden', 'Only people have sessions.');
  const scope = { mspId: ctx.mspId, tenantId: null };
  return await withScope(ctx.db, scope, async (tx) => {
    const known = isAllowed(ctx, 'sessions.manage') ? await listKnown(tx, ctx.mspId) : [];
    const subjects = [actor.subject, ...known.map((person) => person.subject)];
    const rows = await listSessionRows(tx, [...new Set(subjects)], ctx.clock.now());
    const workplaces = await workplacesOf(
      tx,
      rows.map((row) => row.subject),
    );
    const people = new Map(
      known
        .filter((person) => isSignedInHere(ctx, person, workplaces))
        .map((person) => [person.subject, person]),
    );
    return rows.flatMap((row) => {
      const person = people.get(row.subject);
      const isOwn = row.subject === actor.subject;
      if (person === undefined && !isOwn) return [];
      return {
        id: row.id,
        subject: row.subject,
        name: person?.name ?? row.name,
        role: isOwn ? actor.role : (person?.role ?? null),
        customerName: person?.customerName ?? null,
        browser: row.browser,
        createdAt: row.createdAt,
        lastSeenAt: row.lastSeenAt,
        expiresAt: row.expiresAt,
        isOwn,
      };
    });
  });
}
