import type Stripe from 'stripe';

/** Where the anchor of a subscription lies that starts at `now`: the next moment the configuration names. */
export function anchorFrom(
  config: NonNullable<Stripe.SubscriptionCreateParams['billing_cycle_anchor_config']>,
  now: number,
): number {
  const at = new Date(now * 1000);
  const time = [
    config.hour ?? at.getUTCHours(),
    config.minute ?? at.getUTCMinutes(),
    config.second ?? at.getUTCSeconds(),
  ] as const;
  for (let months = 0; months < 25; months++) {
    const year = at.getUTCFullYear();
    const month = at.getUTCMonth() + months;
    const first = new Date(Date.UTC(year, month, 1));
    if (config.month !== undefined && first.getUTCMonth() + 1 !== config.month) continue;
    const day = Math.min(config.day_of_month, daysInMonth(year, month));
    const anchor = Date.UTC(year, month, day, ...time) / 1000;
    if (anchor >= now) return anchor;
  }
  throw new Error('No anchor within two years');
}

/** The end of the period that starts at `start`, for a rhythm that goes through `anchor`. */
export function periodEnd(
  anchor: number,
  start: number,
  recurring: { interval: string; interval_count: number },
): number {
  if (start < anchor) return anchor;
  const { interval, interval_count: count } = recurring;
  if (interval === 'day' || interval === 'week') {
    const length = (interval === 'day' ? 1 : 7) * 86_400 * count;
    return anchor + (Math.floor((start - anchor) / length) + 1) * length;
  }
  const months = (interval === 'year' ? 12 : 1) * count;
  for (let step = 1; ; step++) {
    const end = addMonths(anchor, step * months);
    if (end > start) return end;
  }
}

function addMonths(moment: number, months: number): number {
  const at = new Date(moment * 1000);
  const month = at.getUTCMonth() + months;
  const day = Math.min(at.getUTCDate(), daysInMonth(at.getUTCFullYear(), month));
  return (
    Date.UTC(
      at.getUTCFullYear(),
      month,
      day,
      at.getUTCHours(),
      at.getUTCMinutes(),
      at.getUTCSeconds(),
    ) / 1000
  );
}

function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
}
