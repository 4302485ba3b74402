import type Stripe from 'stripe';
import type { Store } from '../store/store.ts';

/** A meter event that was taken in. */
export interface UsageEvent {
  id: string;
  meter: string;
  customer: string;
  value: number;
  timestamp: number;
  identifier: string;
  /** When it came, by the customer's clock; uniqueness and cancelling are counted from here. */
  received: number;
  /** From when on sums show it, in milliseconds of the stand-in's clock. */
  visibleMs: number;
  cancelled: boolean;
}

const daySeconds = 86_400;

/** Meter events by meter and customer, and what a meter's formula makes of them. */
export class Usage {
  private readonly byOwner = new Map<string, UsageEvent[]>();
  private readonly byIdentifier = new Map<string, UsageEvent>();
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
    for (const event of store.all('usage')) this.index(event);
  }

  take(event: UsageEvent): void {
    this.store.put('usage', event);
    this.index(event);
  }

  withIdentifier(identifier: string): UsageEvent | undefined {
    return this.byIdentifier.get(identifier);
  }

  cancel(event: UsageEvent): void {
    event.cancelled = true;
    this.store.put('usage', event);
  }

  /**
   * What the events from `start` and before `end` come to, as far as they are visible at `nowMs`. Nothing
   * carries over: without an event `last` is 0 too.
   */
  total(
    meter: Stripe.Billing.Meter,
    customer: string,
    start: number,
    end: number,
    nowMs: number,
  ): number {
    const events = (this.byOwner.get(`${meter.id}/${customer}`) ?? []).filter(
      (event) =>
        !event.cancelled &&
        event.timestamp >= start &&
        event.timestamp < end &&
        event.visibleMs <= nowMs,
    );
    const counted = meter.event_time_window
      ? newestOfWindow(meter.event_time_window, events)
      : events;
    switch (meter.default_aggregation.formula) {
      case 'count':
        return counted.length;
      case 'last':
        return (
          counted.reduce<UsageEvent | null>(
            (last, event) => (last && last.timestamp > event.timestamp ? last : event),
            null,
          )?.value ?? 0
        );
      default:
        return counted.reduce((sum, event) => sum + event.value, 0);
    }
  }

  private index(event: UsageEvent): void {
    const key = `${event.meter}/${event.customer}`;
    const events = this.byOwner.get(key);
    if (events) events.push(event);
    else this.byOwner.set(key, [event]);
    this.byIdentifier.set(event.identifier, event);
  }
}

/** A window is aggregated before it is sent: of each, the event that came last is all that counts. */
function newestOfWindow(window: string, events: UsageEvent[]): UsageEvent[] {
  const seconds = window === 'hour' ? 3600 : daySeconds;
  const newest = new Map<number, UsageEvent>();
  for (const event of events) newest.set(Math.floor(event.timestamp / seconds), event);
  return [...newest.values()];
}
