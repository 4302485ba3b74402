import type { MemberRole } from '#db/enums.ts';
import { mayGrant } from '#lib/auth/roles.ts';
import { AppError } from '#lib/core/errors.ts';
import { reachOf, type ServiceContext } from '../context.ts';
import { notFound } from '../input.ts';

/**
 * Who is an owner is for owners to say.
 * @throws AppError `forbidden`
 */
export function requireOwner(ctx: ServiceContext): void {
  const { actor } = ctx;
  if (actor.kind !== 'user' || actor.role === 'owner') return;
  throw new AppError(
    'forbidden',
    `Your role, ${actor.role}, may not make or change an owner. Ask an owner of your organisation.`,
  );
}

/**
 * Nobody makes a colleague, or themselves by a detour, more than they are.
 * @throws AppError `forbidden`
 */
export function requireGrantable(ctx: ServiceContext, role: MemberRole): void {
  if (role === 'owner') requireOwner(ctx);
  const { actor } = ctx;
  if (actor.kind !== 'user' || mayGrant(actor.role, role)) return;
  throw new AppError(
    'forbidden',
    `Your role, ${actor.role}, may not make anybody ${role}: that role may do what yours may not. Ask an owner of your organisation.`,
  );
}

/**
 * Does whoever asks reach all of these customers?
 * @param customers null is all
 */
export function isWithin(ctx: ServiceContext, customers: readonly string[] | null): boolean {
  const own = reachOf(ctx).customers;
  return own === 'all' || (customers?.every((id) => own.includes(id)) ?? false);
}

/**
 * Nobody hands out, or takes away, more than they reach themselves.
 * @param customers null is all
 */
export function requireWithin(ctx: ServiceContext, customers: readonly string[] | null): void {
  if (isWithin(ctx, customers)) return;
  throw new AppError(
    'forbidden',
    'You are assigned to some customers, and this is about others too. Ask an owner of your organisation.',
  );
}

/** Customers that are not there, or not in reach, look alike. */
export function requireKnown(
  customers: readonly string[] | null,
  known: ReadonlyMap<string, string>,
): void {
  if (customers?.some((id) => !known.has(id))) throw notFound();
}

/** Without an owner nobody could ever make one again. */
export function lastOwner(): AppError {
  return new AppError(
    'conflict',
    'This is the only owner. Make somebody else an owner first; nothing was changed.',
  );
}
