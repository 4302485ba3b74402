import { cookies } from 'next/headers';
import { cache } from 'react';
import { systemClock } from '#lib/core/clock.ts';

/** The clock and the time zone a page is written for. */
export interface Reading {
  zone: string;
  now: Date;
}

/** The browser tells its zone in a cookie; until it has, which is for one page, times are UTC. */
export const reading = cache(async (): Promise<Reading> => {
  const jar = await cookies();
  // Without https browsers accept no prefix.
  const zone = (jar.get('__Host-zone') ?? jar.get('zone'))?.value ?? '';
  return { zone: isZone(zone) ? zone : 'UTC', now: systemClock.now() };
});

function isZone(zone: string): boolean {
  if (!/^[A-Za-z0-9_+/-]{1,40}$/.test(zone)) return false;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone }) !== undefined;
  } catch {
    return false;
  }
}
