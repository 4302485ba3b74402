import { cookies } from 'next/headers';
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
import { arrive } from '#lib/services/people/arrive.ts';
import { type CustomerPlace, findPlace, type StaffPlace } from '#lib/services/places/find.ts';
import { fenced } from '#lib/services/reach.ts';
import { authDeps, portalDeps } from './deps.ts';
import { askAsStranger } from './strangers.ts';

/** Who is signed in in this browser, member or not. */
export const signedIn = cache(async (): Promise<SignedIn | null> => {
  await connection();
  const options = authOptions(authDeps(await portalDeps()));
  const cookie = (await cookies()).get(options.cookies!.sessionToken!.name)?.value;
  const look = async () => signedInOf(await getServerSession(options));
  return cookie === undefined ? await look() : await askAsStranger(cookie, look);
});

/** Staff of an MSP, who look at its portal. */
export interface Viewer extends StaffPlace {
  user: SignedIn;
}

/** Somebody of a customer, who looks at `/my`. */
export interface CustomerViewer extends CustomerPlace {
  user: SignedIn;
}

const placed = cache(async (): Promise<Viewer | CustomerViewer | null> => {
  const user = await signedIn();
  if (user === null) return null;
  const place = await findPlace((await portalDeps()).db, user.subject);
  if (place === null) return null;
  if (place.kind === 'staff') return { user, ...place };
  const found = { user, ...place };
  if (!place.enrolled) {
    const { displayName } = user;
    await arrive(await contextOf(found), { tenantId: place.tenantId, displayName });
  }
  return found;
});

async function anyone(): Promise<Viewer | CustomerViewer> {
  const found = await placed();
  if (found !== null) return found;
  redirect(paths.signIn((await signedIn()) === null ? undefined : 'uninvited'));
}

/**
 * Who of the MSP looks at the page. Leads people of customers to their own pages, and to the
 * sign-in when nobody looks whom anybody has let in.
 */
export async function viewer(): Promise<Viewer> {
  const found = await anyone();
  if (found.kind === 'staff') return found;
  redirect(paths.my());
}

/** Who of a customer looks at a page under `/my`; staff are led to the portal. */
export async function customerViewer(): Promise<CustomerViewer> {
  const found = await anyone();
  if (found.kind === 'customer') return found;
  redirect(paths.home());
}

/**
 * From a session to what every verb is called with, for pages of staff. A layout that leads somebody
 * away does not stop the page below it from being sent: each page asks for its own kind of viewer.
 */
export async function requireContext(): Promise<ServiceContext> {
  return contextOf(await viewer());
}

/** The same for pages of people of customers. */
export async function requireCustomerContext(): Promise<ServiceContext> {
  return contextOf(await customerViewer());
}

/** The same for acts, which both do: the verb says who may. */
export async function requireAnyContext(): Promise<ServiceContext> {
  return contextOf(await anyone());
}

/** Why the role of whoever looks does not allow an act; null when it does. Verbs ask for themselves. */
export const whyNot = cache(async (permission: Permission): Promise<string | null> => {
  const { role } = await anyone();
  return may(role, permission) ? null : refusalSentence(role, permission);
});

/** The same for routes, which answer instead of leading elsewhere. */
export async function requireRouteContext(): Promise<ServiceContext> {
  const found = await placed();
  if (found === null) throw new AppError('unauthenticated', 'Sign in to see this.');
  return contextOf(found);
}

async function contextOf(found: Viewer | CustomerViewer): Promise<ServiceContext> {
  const { db, clock, log, jobs, changes } = await portalDeps();
  const { user, mspId, role, reach } = found;
  return {
    mspId,
    actor: { kind: 'user', userId: user.userId, subject: user.subject, role, reach },
    db: fenced(db, reach),
    clock,
    deps: { jobs, log, changes },
  };
}
