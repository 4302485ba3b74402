import { redirect } from 'next/navigation';
import { connection } from 'next/server';
import { getServerSession } from 'next-auth';
import { cache } from 'react';
import { paths } from '#app/paths.ts';
import { authOptions } from '#lib/auth/nextauth.ts';
import { may, type Permission, refusalSentence } from '#lib/auth/roles.ts';
import { type SignedIn, signedInOf } from '#lib/auth/session.ts';
import { AppError } from '#lib/core/errors.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { findMembership, type Membership } from '#lib/services/members/find.ts';
import { fenced, wholeReach } from '#lib/services/reach.ts';
import { authDeps, portalDeps } from './deps.ts';

/** Who is signed in in this browser, member or not. */
export const signedIn = cache(async (): Promise<SignedIn | null> => {
  await connection();
  const deps = await portalDeps();
  return signedInOf(await getServerSession(authOptions(authDeps(deps))));
});

export interface Viewer extends Membership {
  user: SignedIn;
}

const member = cache(async (): Promise<Viewer | null> => {
  const user = await signedIn();
  if (user === null) return null;
  const membership = await findMembership((await portalDeps()).db, user.subject);
  return membership === null ? null : { user, ...membership };
});

/** Who looks at the page. Leads to the sign-in when nobody does whom an MSP has invited. */
export async function viewer(): Promise<Viewer> {
  const found = await member();
  if (found !== null) return found;
  redirect(paths.signIn((await signedIn()) === null ? undefined : 'uninvited'));
}

/** From a session to what every verb is called with. */
export async function requireContext(): Promise<ServiceContext> {
  return contextOf(await viewer());
}

/** Why the role of whoever looks does not allow an act; null when it does. Verbs ask for themselves. */
export async function whyNot(permission: Permission): Promise<string | null> {
  const { role } = await viewer();
  return may(role, permission) ? null : refusalSentence(role, permission);
}

/** The same for routes, which answer instead of leading elsewhere. */
export async function requireRouteContext(): Promise<ServiceContext> {
  const found = await member();
  if (found === null) throw new AppError('unauthenticated', 'Sign in to see this.');
  return contextOf(found);
}

async function contextOf({ user, mspId, role }: Viewer): Promise<ServiceContext> {
  const { db, clock, log, jobs } = await portalDeps();
  const reach = wholeReach;
  return {
    mspId,
    actor: { kind: 'user', userId: user.userId, subject: user.subject, role, reach },
    db: fenced(db, reach),
    clock,
    deps: { jobs, log },
  };
}
