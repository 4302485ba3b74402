/** Worst first. `none`: not a customer yet; `unknown`: nobody reported, which is never good. */
export const dayOutcomes = [
  'failed',
  'late',
  'gaps',
  'running',
  'unknown',
  'paused',
  'none',
  'good',
] as const;
export type DayOutcome = (typeof dayOutcomes)[number];

/** Where no policy says how often: as the standard one. */
export const usualMinutes = 360;

/** How old a good copy may be: the policy's interval, and half of it for a run to take. */
export function targetMs(everyMinutes: number): number {
  return everyMinutes * 90_000;
}

/** Days one can look back. */
export const spans = [7, 30] as const;
