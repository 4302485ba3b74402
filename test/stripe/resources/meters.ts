import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { invalid, missing } from '../http/failures.ts';
import { listOf } from '../http/list.ts';
import { derivedId, newId } from '../store/ids.ts';
import type { Handlers } from './handlers.ts';

const pastSeconds = 35 * 86_400;
const futureSeconds = 5 * 60;
const uniqueSeconds = 24 * 3600;
const digitsMax = 15;

/** Meters, what is sent to them, and what they add up to. */
export const meters: Handlers = {
  'POST /v1/billing/meters': (account, { params }) => {
    const taken = account.store
      .all('meter')
      .some((it) => it.event_name === params.event_name && it.status === 'active');
    if (taken) {
      throw invalid(
        `An active meter with event_name ${params.event_name} already exists.`,
        'event_name',
      );
    }
    const now = account.now();
    const meter: Stripe.Billing.Meter = {
      id: newId('mtr_test'),
      object: 'billing.meter',
      created: now,
      customer_mapping: params.customer_mapping ?? {
        event_payload_key: 'stripe_customer_id',
        type: 'by_id',
      },
      default_aggregation: { formula: params.default_aggregation.formula },
      display_name: params.display_name,
      event_name: params.event_name,
      event_time_window: params.event_time_window ?? null,
      livemode: false,
      status: 'active',
      status_transitions: { deactivated_at: null },
      updated: now,
      value_settings: params.value_settings ?? { event_payload_key: 'value' },
    };
    account.store.put('meter', meter);
    account.tell('billing.meter.created', meter);
    return meter;
  },
  'GET /v1/billing/meters': (account, { params, path }) =>
    listOf(
      account.store
        .all('meter')
        .reverse()
        .filter((it) => params.status === undefined || it.status === params.status),
      params,
      path,
    ),
  'GET /v1/billing/meters/:id': (account, { id }) => account.need('meter', id),
  'POST /v1/billing/meters/:id': (account, { id, params }) => {
    const meter = account.need('meter', id);
    if (params.display_name !== undefined) meter.display_name = params.display_name;
    meter.updated = account.now();
    account.store.put('meter', meter);
    account.tell('billing.meter.updated', meter);
    return meter;
  },
  'POST /v1/billing/meters/:id/deactivate': (account, { id }) => {
    const meter = account.need('meter', id);
    const priced = account.store.all('price').some((it) => it.active && it.recurring?.meter === id);
    if (priced) throw invalid('You cannot deactivate a meter that active prices are attached to.');
    meter.status = 'inactive';
    meter.status_transitions.deactivated_at = account.now();
    account.store.put('meter', meter);
    account.tell('billing.meter.deactivated', meter);
    return meter;
  },
  'POST /v1/billing/meters/:id/reactivate': (account, { id }) => {
    const meter = account.need('meter', id);
    meter.status = 'active';
    meter.status_transitions.deactivated_at = null;
    account.store.put('meter', meter);
    account.tell('billing.meter.reactivated', meter);
    return meter;
  },

  'GET /v1/billing/meters/:id/event_summaries': (account, { id, params, path }) => {
    const meter = account.need('meter', id);
    account.need('customer', params.customer, 'customer');
    const { start_time: start, end_time: end, value_grouping_window: window } = params;
    const step = window === 'day' ? 86_400 : window === 'hour' ? 3600 : null;
    const unit = step ?? 60;
    for (const [name, value] of Object.entries({ start_time: start, end_time: end })) {
      if (value % unit !== 0) {
        const names = { 60: 'minute', 3600: 'hour', 86400: 'day' } as const;
        throw invalid(
          `${name} must be aligned with ${names[unit as keyof typeof names]} boundaries.`,
          name,
        );
      }
    }
    if (end <= start) throw invalid('end_time must be after start_time.', 'end_time');
    const summary = (from: number, to: number): Stripe.Billing.MeterEventSummary => ({
      id: derivedId('mtrusg_test', meter.id, params.customer, String(from), String(to)),
      object: 'billing.meter_event_summary',
      aggregated_value: account.usage.total(meter, params.customer, from, to, account.nowMs()),
      end_time: to,
      livemode: false,
      meter: meter.id,
      start_time: from,
    });
    const summaries: Stripe.Billing.MeterEventSummary[] = [];
    if (step === null) summaries.push(summary(start, end));
    else for (let at = end - step; at >= start; at -= step) summaries.push(summary(at, at + step));
    return listOf(summaries, params, path);
  },

  'POST /v1/billing/meter_events': (account, { params }) => takeEvent(account, params),

  'POST /v1/billing/meter_event_adjustments': (account, { params }) => {
    const identifier = params.cancel?.identifier;
    if (identifier === undefined) {
      throw invalid('Missing required param: cancel.', 'cancel', 'parameter_missing');
    }
    const event = account.usage.withIdentifier(identifier);
    const meter = account.store.all('meter').find((it) => it.event_name === params.event_name);
    if (!meter) throw invalid(`No meter found with event_name ${params.event_name}`, 'event_name');
    if (!event || event.meter !== meter.id) {
      throw invalid(`No event found with identifier ${identifier}.`, 'cancel[identifier]');
    }
    if (account.now(event.customer) - event.received > uniqueSeconds) {
      throw invalid(
        'You can only cancel events that were received within the last 24 hours.',
        'cancel[identifier]',
      );
    }
    account.usage.cancel(event);
    return {
      object: 'billing.meter_event_adjustment',
      cancel: { identifier },
      event_name: params.event_name,
      livemode: false,
      status: 'pending',
      type: 'cancel',
    };
  },
};

/** Whose event this is, for the rule that one is taken at a time; null where it names nobody. */
export function ownerOf(
  account: Account,
  params: Stripe.Billing.MeterEventCreateParams,
): string | null {
  const meter = activeMeter(account, params.event_name);
  const customer = meter && params.payload[meter.customer_mapping.event_payload_key];
  return customer ? `${meter.id}/${customer}` : null;
}

function activeMeter(account: Account, name: string): Stripe.Billing.Meter | undefined {
  return account.store.all('meter').find((it) => it.event_name === name && it.status === 'active');
}

function takeEvent(
  account: Account,
  params: Stripe.Billing.MeterEventCreateParams,
): Stripe.Billing.MeterEvent {
  const meter = activeMeter(account, params.event_name);
  const archived = account.store.all('meter').find((it) => it.event_name === params.event_name);
  if (!meter && archived) {
    throw invalid(
      `The meter with event_name ${params.event_name} is inactive.`,
      'event_name',
      'archived_meter',
    );
  }
  if (!meter) {
    throw invalid(
      `No active meter found for event name: ${params.event_name}`,
      'event_name',
      'no_meter',
    );
  }
  const customer = params.payload[meter.customer_mapping.event_payload_key];
  if (!customer) {
    throw invalid(
      `The payload is missing the key ${meter.customer_mapping.event_payload_key} that names the customer.`,
      'payload',
      'meter_event_no_customer_defined',
    );
  }
  if (!account.store.get('customer', customer)) {
    throw missing('customer', customer, `payload[${meter.customer_mapping.event_payload_key}]`);
  }
  const value = readValue(meter, params.payload);
  // Who lives by a test clock is measured by it.
  const now = account.now(customer);
  const timestamp = params.timestamp ?? now;
  if (timestamp < now - pastSeconds) {
    throw invalid(
      'The timestamp is too far in the past: it must be within the past 35 calendar days.',
      'timestamp',
      'timestamp_too_far_in_past',
    );
  }
  if (timestamp > now + futureSeconds) {
    throw invalid(
      'The timestamp is in the future: it must be at most 5 minutes ahead.',
      'timestamp',
      'timestamp_in_future',
    );
  }
  const identifier = params.identifier ?? newId('mevt');
  if (identifier.length > 100) {
    throw invalid('The identifier must be at most 100 characters.', 'identifier');
  }
  const before = account.usage.withIdentifier(identifier);
  if (before && now - before.received < uniqueSeconds) {
    throw invalid(`An event already exists with identifier ${identifier}.`, 'identifier');
  }
  const error = account.faults.meterErrors.shift();
  if (error) {
    // Answered with 200, and counts for nothing.
    account.reportMeterError(error, identifier, meter.id);
  } else {
    account.usage.take({
      id: newId('usage'),
      meter: meter.id,
      customer,
      value,
      timestamp,
      identifier,
      received: now,
      visibleMs: account.nowMs() + account.faults.summaryDelayMs,
      cancelled: false,
    });
  }
  return {
    object: 'billing.meter_event',
    created: now,
    event_name: params.event_name,
    identifier,
    livemode: false,
    payload: params.payload,
    timestamp,
  };
}

function readValue(meter: Stripe.Billing.Meter, payload: Record<string, string>): number {
  const key = meter.value_settings.event_payload_key;
  const text = payload[key];
  if (meter.default_aggregation.formula === 'count' && text === undefined) return 1;
  if (text === undefined || !/^-?\d+(\.\d+)?$/.test(text)) {
    throw invalid(
      `Invalid value for ${key}: it must be a number.`,
      `payload[${key}]`,
      'meter_event_invalid_value',
    );
  }
  if (text.includes('.')) {
    // Sources differ on fractions, so nobody may rely on them.
    throw invalid(
      `Invalid value for ${key}: it must be a whole number.`,
      `payload[${key}]`,
      'meter_event_invalid_value',
    );
  }
  if (text.replace('-', '').replace(/^0+/, '').length > digitsMax) {
    throw invalid(
      `The value has more than ${digitsMax} significant digits.`,
      `payload[${key}]`,
      'meter_event_value_too_many_digits',
    );
  }
  return Number(text);
}
