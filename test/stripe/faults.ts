/** Codes of `v1.billing.meter.error_report_triggered` and `no_meter_found`. */
export const meterErrorCodes = [
  'archived_meter',
  'meter_event_customer_not_found',
  'meter_event_dimension_count_too_high',
  'meter_event_invalid_value',
  'meter_event_no_customer_defined',
  'meter_event_value_too_many_digits',
  'missing_dimension_payload_keys',
  'no_meter',
  'timestamp_in_future',
  'timestamp_too_far_in_past',
] as const;
export type MeterErrorCode = (typeof meterErrorCodes)[number];

/** A request of the product's, before it is carried out and after; `drop` loses it, or its answer. */
export type Watch = (moment: {
  method: string;
  path: string;
  phase: 'before' | 'after';
}) => Promise<'go on' | 'drop'>;

/**
 * What goes wrong, and how often. A count goes down by one each time it happens. Tests change it in this
 * process or with `POST /_control/faults` and any of these names as JSON.
 */
export interface Faults {
  /** Nothing answers: `refused` cuts the connection, a number is the status of every answer. */
  down: 'refused' | number | null;
  /** Part of a path, such as `/v1/billing/meter_events`: faults of requests happen there alone. */
  only: string | null;
  /** So many requests are answered with 500 before anything is done. */
  failBefore: number;
  /** So many requests are carried out and then never answered. */
  loseReply: number;
  /** So many requests are refused with 429. */
  tooMany: number;
  /** Every answer takes so long, in milliseconds. */
  slowMs: number;
  /** The next meter events are taken with 200 and refused afterwards, with these codes in turn. */
  meterErrors: MeterErrorCode[];
  /** Meter events are on their way until this is kept; by themselves they take a moment. In process only. */
  meterGate: Promise<void> | null;
  /** Asked about every request at both its ends. In process only. */
  watch: Watch | null;
  /** Cards are declined, all of them. */
  cardsFail: boolean;
  /** How long after an event the sums, previews and drafts know it, in milliseconds. */
  summaryDelayMs: number;
  /** Each webhook comes so many times. */
  webhookCopies: number;
  /** So many webhooks are held back and sent in the opposite order, with the last of them. */
  webhookReorder: number;
  /** Each webhook leaves so much later, in milliseconds. */
  webhookDelayMs: number;
  /** So many webhooks are never sent. */
  webhookLose: number;
  /** Webhooks are signed with a secret that nobody was told. */
  webhookWrongSecret: boolean;
}

export function noFaults(): Faults {
  return {
    down: null,
    only: null,
    failBefore: 0,
    loseReply: 0,
    tooMany: 0,
    slowMs: 0,
    meterErrors: [],
    meterGate: null,
    watch: null,
    cardsFail: false,
    summaryDelayMs: 0,
    webhookCopies: 1,
    webhookReorder: 0,
    webhookDelayMs: 0,
    webhookLose: 0,
    webhookWrongSecret: false,
  };
}

/** Whether a fault with a count happens now; if so, it is one fewer. */
export function happens(
  faults: Faults,
  name: 'failBefore' | 'loseReply' | 'tooMany' | 'webhookLose',
): boolean {
  if (faults[name] <= 0) return false;
  faults[name]--;
  return true;
}
