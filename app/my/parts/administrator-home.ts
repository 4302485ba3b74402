import { notFound } from 'next/navigation';
import { type Home, home } from './home.ts';

/** For pages of a customer's administrator; to everybody else they are not there. */
export async function administratorHome(): Promise<Home> {
  const found = await home();
  if (!found.administers) notFound();
  return found;
}
