/** What is wrong, or about to change, with billing: each is a plain state that a page shows as it is. */
export const troubleKinds = [
  'not-configured',
  'key-refused',
  'stripe-away',
  'currency-unknown',
  'stripe-refused',
  'no-plan',
  'no-prices',
  'prices-change',
  'meter-refused',
  'meter-late',
  'held',
  'differs',
  'payment-failed',
  'new-protection-waits',
  'webhook-refused',
  'unknown-customer',
  'days-missing',
  'clock-back',
  'gone-customer',
  'direct-ended',
  'other-currency',
] as const;
export type TroubleKind = (typeof troubleKinds)[number];

export interface Trouble {
  kind: TroubleKind;
  /** What happened, what is safe, what to do. */
  sentence: string;
  since: Date | null;
  /** A code of Stripe's, a month, a count: what the kind is about. */
  about: string | null;
  /** Somebody has to do something, rather than wait or know. */
  needsSomebody: boolean;
}

/** So long after a failed payment new mailboxes are still protected. */
export const graceDays = 14;

/** A push that waits for longer is somebody's business. */
export const meterLateMs = 26 * 3_600_000;

/** More missed days than this are either a clock that is wrong or a house that stood still: people decide. */
export const catchUpDays = 34;

const safe = 'The ledger is kept, and backups and restores go on.';

const sentences: Record<TroubleKind, (about: string | null) => string> = {
  'not-configured': () =>
    `Stripe is not set up here, so nothing is invoiced. ${safe} To bill, set STRIPE_SECRET_KEY.`,
  'key-refused': () =>
    `Stripe refuses our key. Nothing was sent or lost; what accrued is sent once the key is right. ${safe} Check STRIPE_SECRET_KEY.`,
  'stripe-away': () =>
    `Stripe does not answer. What accrued waits here and is sent as soon as it does. ${safe}`,
  'currency-unknown': (about) =>
    `Stripe does not know the currency${about === null ? '' : ` "${about}"`} of the plan. Nothing is invoiced until the operator corrects it. ${safe}`,
  'stripe-refused': (about) =>
    `Stripe refused what we asked${about === null ? '' : ` (${about})`}. It is tried again. ${safe}`,
  'no-plan': () =>
    `No plan holds for this month, so nothing is priced. ${safe} The operator adds one with npm run plans.`,
  'no-prices': () => `The plan has no prices: usage is counted, and nothing is charged. ${safe}`,
  'prices-change': (about) =>
    `Other prices hold from ${about} on. This month is billed at those that it began with.`,
  'meter-refused': (about) =>
    `Stripe did not take a value (${about}). The month is not invoiced before it agrees with the ledger. ${safe}`,
  'meter-late': () =>
    `A value for Stripe has waited for more than a day. It is sent again and again, and nothing is lost. ${safe}`,
  held: (about) =>
    `The invoice for ${about} is held: the ledger, Stripe’s meters and the invoice do not agree. It is compared again every day, and nothing is charged until they do.`,
  differs: () =>
    'The ledger and Stripe do not show the same. They are compared again tomorrow; a month is only invoiced when they agree.',
  'payment-failed': (about) =>
    `The last payment failed. Until ${about} everything goes on as before; after that, mailboxes that are newly found wait. What is protected stays protected, and restores always work.`,
  'new-protection-waits': () =>
    'A payment is missing and its days of grace are over: mailboxes that are newly found wait. What is protected stays protected, and restores always work. With the payment everything goes on at once.',
  'webhook-refused': (about) =>
    `Messages in Stripe’s name were refused (${about}). Invoices are read from Stripe every day all the same. Check STRIPE_WEBHOOK_SECRET if they are Stripe’s own.`,
  'unknown-customer': (about) =>
    `Stripe told of ${about} events of customers that are not ours. They were kept and changed nothing.`,
  'days-missing': (about) =>
    `The ledger ends on ${about}, more than a month ago. Either Holdfast stood still or this machine’s clock is wrong. Check the clock, then let it catch up.`,
  'clock-back': (about) =>
    `This machine’s clock is behind the ledger, which ends on ${about}. Nothing is counted twice; it goes on when the clock gets there.`,
  'gone-customer': (about) =>
    `${about} was disconnected. Its days stay in the ledger; its sealed mailboxes and what it has stored still count.`,
  'direct-ended': (about) =>
    `The subscription of this customer’s own ended: from ${about} on it is on your invoice. Backups and restores go on. Bill it directly again if it is to pay for itself.`,
  'other-currency': (about) =>
    `A correction of an earlier month, ${about}, is not in the currency of the invoice that would carry it. That month is held for it when it is closed: settle the correction by hand, and write the month off.`,
};

const wantSomebody: readonly TroubleKind[] = [
  'key-refused',
  'currency-unknown',
  'no-plan',
  'meter-refused',
  'held',
  'payment-failed',
  'new-protection-waits',
  'days-missing',
  'direct-ended',
  'other-currency',
];

export function trouble(
  kind: TroubleKind,
  more: { since?: Date | null; about?: string | null } = {},
): Trouble {
  const about = more.about ?? null;
  return {
    kind,
    sentence: sentences[kind](about),
    since: more.since ?? null,
    about,
    needsSomebody: wantSomebody.includes(kind),
  };
}
