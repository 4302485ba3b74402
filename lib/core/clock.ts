/** Time is passed in, so that tests can move it. This is the only file that reads the system clock. */
export interface Clock {
  /** Wall time. */
  now(): Date;
  /** Milliseconds that never go backwards, for durations. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
};

export function addMs(moment: Date, ms: number): Date {
  return new Date(moment.getTime() + ms);
}
