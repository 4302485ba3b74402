import { isDeepStrictEqual } from 'node:util';
import type Stripe from 'stripe';
import { Usage } from './billing/usage.ts';
import type { Faults, MeterErrorCode } from './faults.ts';
import { missing, tooMany } from './http/failures.ts';
import { present } from './http/present.ts';
import { newId } from './store/ids.ts';
import type { Endpoint, Kind, Kinds, Store } from './store/store.ts';
import { Delivery } from './webhooks/delivery.ts';
import { notificationOf, type ThinEvent } from './webhooks/thin.ts';

/** The version of the API that the client is made for, and that the stand-in speaks. */
export const apiVersion = '2026-10-28.endive';

/** One account at Stripe: what it holds, what time it is there, and whom it tells. */
export class Account {
  readonly store: Store;
  readonly usage: Usage;
  readonly faults: Faults;
  readonly delivery: Delivery;
  /** Where the stand-in answers, for the addresses of its pages. */
  base = '';
  /** How far a test clock has come that is on its way; nobody outside sees it. */
  readonly advancing = new Map<string, number>();
  private readonly clockMs: () => number;

  constructor(store: Store, faults: Faults, clockMs: () => number) {
    this.store = store;
    this.faults = faults;
    this.usage = new Usage(store);
    this.delivery = new Delivery(faults);
    this.clockMs = clockMs;
  }

  /** The stand-in's own clock: the machine's, moved by what the control route added to it. */
  nowMs(): number {
    return this.clockMs() + (this.store.get('setting', 'clock offset ms')?.value ?? 0);
  }

  /** Seconds by the clock that a customer lives by: a test clock, or the stand-in's own. */
  now(customer?: string | null): number {
    const clock = customer ? this.clockOf(customer) : null;
    if (clock === null) return Math.floor(this.nowMs() / 1000);
    return this.advancing.get(clock.id) ?? clock.frozen_time;
  }

  clockOf(customer: string): Stripe.TestHelpers.TestClock | null {
    const clock = this.store.get('customer', customer)?.test_clock;
    return (clock && this.store.get('test clock', String(clock))) || null;
  }

  /** What Stripe answers while a test clock is on its way: its customers can be read and not changed. */
  mustStandStill(customer: string): void {
    const clock = this.clockOf(customer);
    if (clock?.status === 'advancing') {
      throw tooMany(`Test clock advancement underway - cannot perform modifications: ${clock.id}`);
    }
  }

  /** The thing with this id, or Stripe's refusal. `param` names what carried the id. */
  need<K extends Kind>(kind: K, id: string, param = 'id'): Kinds[K] {
    const found = this.store.get(kind, id);
    if (!found) throw missing(kind.replaceAll(' ', '_'), id, param);
    return found;
  }

  /** Keeps an event with the object as it is now and sends it to whoever asked for its kind. */
  tell(type: string, object: object, customer?: string | null, before?: object): void {
    const seen = present(object, []);
    const event = {
      id: newId('evt'),
      object: 'event',
      api_version: apiVersion,
      created: this.now(customer),
      data: {
        object: seen,
        ...(before ? { previous_attributes: whatChanged(before, seen as object) } : {}),
      },
      livemode: false,
      pending_webhooks: 0,
      request: { id: null, idempotency_key: null },
      type,
    };
    const interested = this.endpointsFor(type, false);
    event.pending_webhooks = interested.length;
    this.store.put('event', event as unknown as Stripe.Event);
    for (const endpoint of interested) this.delivery.send(endpoint, event);
  }

  tellThin(
    type: string,
    data: Record<string, unknown>,
    related: ThinEvent['related_object'],
  ): ThinEvent {
    const event: ThinEvent = {
      id: newId('evt_test'),
      object: 'v2.core.event',
      type,
      created: new Date(this.nowMs()).toISOString(),
      livemode: false,
      reason: null,
      related_object: related,
      data,
    };
    this.store.put('thin event', event);
    for (const endpoint of this.endpointsFor(type, true)) {
      this.delivery.send(endpoint, notificationOf(event));
    }
    return event;
  }

  /** The second thoughts about a meter event that was answered with 200. */
  reportMeterError(code: MeterErrorCode, identifier: string, meter: string | null): ThinEvent {
    const until = this.nowMs();
    const data = {
      developer_message_summary: `There is 1 invalid event: ${code}`,
      reason: {
        error_count: 1,
        error_types: [
          {
            code,
            error_count: 1,
            sample_errors: [
              { error_message: `The event was refused: ${code}`, request: { identifier } },
            ],
          },
        ],
      },
      validation_end: new Date(until).toISOString(),
      validation_start: new Date(until - 60_000).toISOString(),
    };
    if (code === 'no_meter' || meter === null) {
      return this.tellThin('v1.billing.meter.no_meter_found', data, null);
    }
    return this.tellThin('v1.billing.meter.error_report_triggered', data, {
      id: meter,
      type: 'billing.meter',
      url: `/v1/billing/meters/${meter}`,
    });
  }

  private endpointsFor(type: string, thin: boolean): Endpoint[] {
    return this.store
      .all('endpoint')
      .filter((it) => it.thin === thin && (it.events.includes('*') || it.events.includes(type)));
  }
}

function whatChanged(before: object, after: object): Record<string, unknown> {
  const now = after as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(before).filter(([key, value]) => !isDeepStrictEqual(now[key], value)),
  );
}
