/** What the pages of usage and billing say. Amounts and counts come in as they are shown. */

const plural = (count: number, one: string, many = `${one}s`) =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;

type Line = 'protected-mailboxes' | 'sealed-mailboxes' | 'stored-gib';

/** The lines of an invoice as a title, and within a sentence. */
export const lineTexts: Record<
  Line | 'minimum',
  { title: string; one: string; many: string; unit: string }
> = {
  'protected-mailboxes': {
    title: 'Protected mailboxes',
    one: 'protected mailbox',
    many: 'protected mailboxes',
    unit: 'mailbox-days',
  },
  'sealed-mailboxes': {
    title: 'Sealed mailboxes',
    one: 'sealed mailbox',
    many: 'sealed mailboxes',
    unit: 'mailbox-days',
  },
  'stored-gib': { title: 'Stored GiB', one: 'stored GiB', many: 'stored GiB', unit: 'GiB-days' },
  minimum: { title: 'Up to the minimum', one: 'the minimum', many: 'the minimum', unit: '' },
};

export const billingTexts = {
  title: 'Billing',
  what: 'month',
  utc: 'Days are those of UTC.',
  csv: 'Usage as CSV',
  simulate: 'Simulate a change',
  prices: 'Resale prices',
  account: 'Account and plan',
  invoices: 'Invoices',
  more: 'Billing pages',
  previous: (month: string) => `${month}, the month before`,
  next: (month: string) => `${month}, the month after`,
  standing: {
    draft: (day: string) => `runs, becomes an invoice on ${day}`,
    unbilled: 'runs; nobody is invoiced yet',
    closing: 'over, its invoice is being compared',
    held: 'over, its invoice is held',
    closed: 'closed',
    before: 'before billing began',
  },
  asOf: (day: string) => `up to ${day} (UTC)`,
  nothingYet: 'no day is over yet',
  figures: {
    pace: (days: number) => `At the average of ${plural(days, 'day')}`,
    soFar: 'This month',
    final: 'The month came to',
    lines: (customers: number, lines: number) =>
      `${plural(customers, 'customer')}, ${plural(lines, 'line')}`,
    accrued: (amount: string) => `${amount} accrued so far`,
    minimum: (amount: string) => `${amount} of it to reach the minimum`,
    forecast: (day: string) => `Forecast for ${day}`,
    range: (high: string) => `to ${high}`,
    grows: (name: string) => `${name}’s newest mailboxes count in full from here on`,
    shrinks: (name: string) => `${name} has fewer mailboxes than at the month’s beginning`,
    same: 'if every day is like the last one',
    sealed: 'Sealed by hash',
    hash: (hash: string) => hash,
    noHash: 'not closed yet',
    none: 'none yet',
    firstInvoice: (day: string) => `the first comes on ${day}`,
    noInvoice: 'once somebody has subscribed',
    check: 'Ledger, meter, draft',
    agree: 'all three agree',
    differ: 'they differ',
    unknown: 'being compared',
    never: 'not compared yet',
    compared: 'compared',
  },
  invoiceStates: {
    draft: 'draft',
    open: 'waits for payment',
    paid: 'paid',
    void: 'void',
    uncollectible: 'not collected',
  },
  list: {
    label: 'What each customer comes to',
    customer: 'Customer',
    average: 'Mailboxes',
    averageNote: 'protected, on average',
    amount: 'Amount',
    others: (count: number) => plural(count, 'more customer'),
    fewer: 'The largest only',
    all: (count: number) => plural(count, 'customer'),
    direct: 'billed directly',
    directNote: 'pays for itself; not in the sum',
    free: (counts: string) => `free: ${counts}`,
    partSum: 'Amounts are for staff who reach every customer: they are parts of one invoice.',
    minimum: 'Share of the minimum',
    adjustments: 'Corrections of earlier months',
    none: 'No customer has been connected yet',
    noneMore: 'What is counted appears here the day after a customer’s first backup.',
    noDays: 'Nothing is counted yet',
    noDaysMore: 'A day is counted at 02:00 UTC after it is over.',
  },
  explain: {
    crumb: (customer: string, line: string) => `${customer}, ${line}`,
    rounded: {
      'daily-average': 'daily average over the month; rounded once, over all customers',
      peak: 'the highest day of the month',
      'period-end': 'as the month ends',
    },
    days: 'days',
    average: 'on average',
    partOf: (parts: { own: string; all: string; unit: string; name: string }) =>
      `${parts.name} has ${parts.own} of the ${parts.all} ${parts.unit} of all customers.`,
    whole: (parts: { average: string; quantity: string; many: string }) =>
      `Together that is ${parts.average} on average, rounded to ${parts.quantity} ${parts.many}`,
    wholePeak: (parts: { day: string; quantity: string; many: string }) =>
      `The highest day was ${parts.day} with ${parts.quantity} ${parts.many}`,
    wholeEnd: (parts: { quantity: string; many: string }) =>
      `On the last day there were ${parts.quantity} ${parts.many}`,
    included: (gib: string) => `after ${gib} GiB that the mailboxes bring along`,
    notBilled: 'The plan has no price for this line: it is counted and not billed.',
    noAmount: 'The amount is for staff who reach every customer: it is a part of one invoice.',
    noPlan: 'No plan holds for this month, so nothing is priced.',
    peak: (count: string, days: number) =>
      days === 1 ? `Peak ${count} on one day.` : `Peak ${count} on ${days} days.`,
    changedFirst: (others: number, days: number) =>
      others === 0
        ? 'Every mailbox changed during the month.'
        : `Rows that changed come first; ${others === 1 ? 'the other one was' : `the other ${others.toLocaleString('en-US')} were`} the same on all ${days} days.`,
    allSame: (count: number, days: number) =>
      count === 1
        ? `The one mailbox was the same on ${days === 1 ? 'its one day' : `all ${days} days`}.`
        : `All ${count.toLocaleString('en-US')} mailboxes were the same on ${days === 1 ? 'the one day' : `all ${days} days`}.`,
    mailbox: 'Mailbox',
    total: { 'protected-mailboxes': 'Protected', 'sealed-mailboxes': 'Sealed' },
    countedDays: 'Days',
    others: (count: number) => plural(count, 'other'),
    mailboxes: (count: number) => plural(count, 'mailbox', 'mailboxes'),
    uncounted: (count: number) => `${count.toLocaleString('en-US')} free`,
    gone: 'a mailbox that is no longer here',
    goneNamed: (end: string) => `no longer here, id …${end}`,
    showAll: (count: number) => `Show all ${count.toLocaleString('en-US')} mailboxes`,
    showChanged: 'Only those that changed',
    on: 'Next',
    legend: {
      p: 'protected, also on the day of sealing',
      s: 'sealed, on its own line',
      f: 'free, the reason is with the mailbox',
      '-': 'not in our care',
    },
    books: {
      ledger: 'Ledger',
      meter: 'Stripe meter',
      invoice: 'Draft invoice',
      of: (many: string) => `${many} of all customers, as of the last comparison`,
      accrued: 'accrued',
      corrections: (count: number) => `${plural(count, 'correction')} this month`,
    },
    entries: (count: string) => `The ${count} ledger entries`,
    entriesOfDays: (count: string) => `The ${count} days as CSV`,
    none: 'Nothing of this was counted in the month',
    noneMore: 'Each line of a month stands here, also one at nothing.',
    trialDays: 'Days of a trial are in the ledger and cost nothing.',
  },
  cells: { p: 'protected', s: 'sealed', f: 'free', '-': 'not in our care' },
  storage: {
    physical: 'stored (billed)',
    logical: 'in the mailboxes',
    note: 'What is stored is compressed, and what several mailboxes have in common is stored once. That is billed; beside it what the mailboxes hold.',
    ratio: (times: string) => `The mailboxes hold ${times} times as much as is stored.`,
    day: 'Day',
    chart: (parts: { first: string; last: string; days: number }) =>
      `${parts.first} on the first of ${parts.days} days, ${parts.last} on the last.`,
    table: 'Day by day',
  },
  mailbox: {
    title: (name: string, month: string) => `${name}, ${month}`,
    subject: 'Exchange id',
    open: 'Open the mailbox',
    counted: (parts: { protected: number; sealed: number; free: number }) =>
      [
        parts.protected > 0 ? `${plural(parts.protected, 'day')} protected` : '',
        parts.sealed > 0 ? `${plural(parts.sealed, 'day')} sealed` : '',
        parts.free > 0 ? `${plural(parts.free, 'day')} free` : '',
      ]
        .filter(Boolean)
        .join(', '),
    columns: {
      day: 'Day (UTC)',
      state: 'Counted as',
      why: 'Why',
      version: 'Version',
      seen: 'Observed',
      run: 'Good copy of',
    },
    run: 'the run',
    superseded: 'a later look took its place',
    corrected: (version: number) => `corrected, version ${version}`,
    missing: 'Days that are not listed: the mailbox was not in our care.',
    key: 'A mailbox is known by its Exchange id: another address or name changes nothing.',
    states: { protected: 'protected', sealed: 'sealed', free: 'free' },
    why: {
      protected: 'backed up, as its policy asks',
      sealed: 'its owner left; the copies are kept',
    },
    sealedToday: 'sealed on this day, which counts as the higher state',
  },
  reasons: {
    'shared-unlicensed': {
      short: 'shared without a licence',
      long: 'a shared mailbox whose account has no licence',
    },
    room: { short: 'room', long: 'a room' },
    equipment: { short: 'equipment', long: 'a piece of equipment' },
    trial: { short: 'trial', long: 'within the days of the trial' },
    'our-fault': {
      short: 'our fault',
      long: 'it was not backed up within its target, and that was our fault',
    },
  } as Record<string, { short: string; long: string }>,
  notBilled: 'not billed',
  sections: { month: 'month', standing: 'state of billing', line: 'line' },
};

/** Where billing stands, as its own sentence and act. */
export const standingTexts = {
  subscribe: 'Subscribe',
  subscribeAgain: 'Subscribe again',
  goOn: 'Go on in Checkout',
  finish: 'I have finished',
  pay: 'Pay, or change the card',
  portal: 'Payment and invoices at Stripe',
  compare: 'Compare again',
  writeOff: 'Write it off',
  writeOffWhy: 'Why, for the audit log',
  catchUp: 'The clock is right: count the missing days',
  none: {
    title: 'Not subscribed yet',
    body: 'Usage is counted from the first day on, and nothing is charged before you subscribe. Stripe asks for a way to pay; billing begins with the day after.',
  },
  direct: {
    title: 'Not subscribed yet',
    body: 'Until it has subscribed it stays on your invoice. Stripe asks for a way to pay; it pays for itself from the month after on.',
  },
  noAccount: {
    title: 'Not subscribed yet',
    body: 'Subscribing makes your account. Nothing is charged before.',
  },
  checkout: {
    title: 'Checkout is not finished',
    body: 'Stripe has not said that you are subscribed. Go on where you stopped; nothing was charged.',
  },
  'past-due': {
    title: (day: string) =>
      `Payment failed. New mailboxes wait from ${day}; everything protected goes on.`,
    body: 'Stripe tries again by itself. Pay, or change the card, and nothing waits.',
  },
  paused: {
    title: 'Payment is missing. New mailboxes wait.',
    body: 'What is protected stays protected, and restores always work. With the payment everything goes on at once.',
  },
  ended: {
    title: 'The subscription has ended',
    body: 'Usage is counted on, backups and restores go on, and nothing is charged.',
  },
  held: {
    title: (month: string) => `The invoice for ${month} is held`,
    unknown: 'Ledger, meters and invoice do not agree. Nothing is charged until they do.',
  },
  closing: (month: string) =>
    `${month} is being closed: its last values are on their way to Stripe.`,
  clock: {
    title: (at: string) => `This account lives on a test clock, which stands at ${at} (UTC)`,
    body: 'Its months pass when somebody moves the clock at Stripe. No money is moved.',
  },
  since: 'since',
  troubles: {
    'not-configured': 'Stripe is not set up here',
    'key-refused': 'Stripe refuses our key',
    'stripe-away': 'Stripe does not answer',
    'currency-unknown': 'Stripe does not know the plan’s currency',
    'stripe-refused': 'Stripe refused what we asked',
    'no-plan': 'No plan holds for this month',
    'no-prices': 'The plan has no prices',
    'prices-change': 'Other prices are coming',
    'meter-refused': 'Stripe did not take a value',
    'meter-late': 'A value for Stripe is late',
    differs: 'Ledger and Stripe differ',
    'webhook-refused': 'Messages in Stripe’s name were refused',
    'unknown-customer': 'Stripe told of strangers',
    'days-missing': 'Days are missing in the ledger',
    'clock-back': 'The clock is behind the ledger',
    'gone-customer': 'A customer has gone',
    'direct-ended': 'A customer’s own subscription ended',
    'other-currency': 'A correction fits on no invoice',
  } as Record<string, string>,
};

export const invoiceTexts = {
  title: 'Invoices',
  what: 'invoices',
  lead: 'As they were when Stripe was last asked. Every line leads to the customers, mailboxes and days behind it.',
  none: 'No invoice yet',
  noneMore: 'The first one comes on the first of the month after the subscription began.',
  columns: {
    number: 'Invoice',
    month: 'Month',
    who: 'Account',
    state: 'State',
    amount: 'Amount',
    issued: 'Issued',
  },
  draft: 'Draft',
  own: 'All customers',
  of: (month: string) => `for ${month}`,
  issued: 'Issued',
  paid: 'Paid',
  due: 'Due',
  total: 'Total',
  toPay: 'To pay',
  charged: 'Charged',
  charging: (amount: string) => `${amount}, the rest by a credit`,
  over: 'Left over',
  overWhy: (amount: string) => `${amount}, kept for the next invoice`,
  read: 'Read from Stripe',
  stripe: 'Open at Stripe',
  statement: 'Statement',
  as: { pdf: 'PDF', csv: 'CSV', json: 'JSON' },
  statementNote: 'Per customer, with the ledger’s hash',
  hash: 'Ledger’s hash',
  open: 'The month is not closed in the ledger.',
  line: 'Line',
  quantity: 'Quantity',
  amount: 'Amount',
  behind: (many: string) => `The customers behind the ${many}`,
  parts: 'Rounded once over the account; customers together are the line, to the cent.',
  minimum: {
    title: 'Up to the minimum',
    why: (parts: { of: string; lines: string }) =>
      `The plan costs at least ${parts.of} for this month. The other lines come to ${parts.lines}; this is the rest, shared out in proportion.`,
  },
  adjustments: {
    title: 'Corrections of earlier months',
    why: 'What was learned about days of months that were closed already. A closed month is never rewritten; the difference stands here.',
    one: (parts: { day: string; units: string; line: string }) =>
      `${parts.units} ${parts.line} on ${parts.day}`,
  },
  step: (parts: { quantity: string; price: string }) => `${parts.quantity} × ${parts.price}`,
};

/** What the operator gave back: taken off an invoice, or sent back. */
export const creditTexts = {
  month: (month: string) => `Given back for ${month}`,
  invoice: 'Given back of this invoice',
  whose: (customer: string) => `${customer}, which pays for itself`,
  credit: (month: string) => `credit, off the invoice for ${month}`,
  refund: 'refund of the invoice',
  /** Stripe's sentence begins with its name and ends with a full stop, mostly. */
  refused: (sentence: string) =>
    `not given. ${sentence.replace(/\.?$/, '.')} The operator of Holdfast can give a credit instead`,
  ways: {
    'next-invoice': {
      waits: 'comes off when the month is invoiced',
      given: 'is on the invoice',
      refused: 'was refused',
      'no-invoice':
        'the subscription ended before an invoice took it off; one will if you subscribe again, or the operator of Holdfast can send it back instead',
      replaced: 'sent back instead, as a refund',
      'written-off': 'reckoned in when the month was written off',
    },
    refund: {
      waits: 'on its way to Stripe',
      given: 'Stripe sent it to where the invoice was paid from, or took it off what is due',
      refused: 'was refused',
      'no-invoice': '',
      replaced: '',
      'written-off': '',
    },
  },
  note: 'Only the operator of Holdfast gives back. The calculation of a month and its hash stay as they are.',
};

export const simulateTexts = {
  title: 'Simulate a change',
  lead: 'What a month that happened would have cost under other terms. Nothing is changed or sent.',
  month: 'Over which month',
  against: 'Compared with',
  plan: (name: string) => `your plan, ${name}`,
  list: (name: string) => `your resale list ${name}`,
  act: 'Simulate',
  before: 'Now',
  after: 'Then',
  difference: 'Difference',
  line: 'Line',
  customer: 'Customer',
  total: 'Together',
  lines: 'Per line',
  customers: 'Per customer, those who would pay most more first',
  same: 'The terms above are those that hold now: change one of them.',
  noPlan: 'No plan holds for this month, so there is nothing to compare with.',
  sum: (parts: { difference: string; month: string; more: boolean }) =>
    `${parts.month} would have cost ${parts.difference} ${parts.more ? 'more' : 'less'}.`,
  none: (month: string) => `${month} would have cost the same.`,
  notYours: 'The simulator prices the whole account; it is for staff who reach every customer.',
};

export const termsTexts = {
  currency: 'Currency',
  currencyHint: 'As Stripe writes it: eur, usd, jpy',
  aggregation: 'How a month is counted',
  aggregations: {
    'daily-average': 'Daily average',
    peak: 'Highest day',
    'period-end': 'Last day',
  },
  mode: 'Steps',
  modes: {
    graduated: 'Each unit at the price of its own step',
    volume: 'All units at the price of the last step',
  },
  from: (from: string) => `from ${from}`,
  upTo: 'up to',
  upToNamed: (line: string, step: number) => `${line}, step ${step}, up to so many`,
  priceNamed: (line: string, step: number) => `${line}, step ${step}, price of one`,
  flatNamed: (line: string, step: number) => `${line}, step ${step}, once`,
  price: 'each',
  flat: 'once',
  end: 'no end',
  stepHint: 'Leave a row empty to have fewer steps; the last step has no end.',
  noPrice: 'no price: counted, not billed',
  included: 'GiB included per mailbox',
  minimum: 'Minimum a month',
  none: 'none',
  trial: 'Trial days of a new customer',
  billed: 'Kinds that are usually free',
  billedToo: 'Bill these too, which are usually free',
  kinds: {
    'shared-unlicensed': 'shared mailboxes without a licence',
    room: 'rooms',
    equipment: 'equipment',
  },
  billedKinds: (kinds: string) => `billed too: ${kinds}`,
  nothingBilled: 'shared mailboxes without a licence, rooms and equipment are free',
  each: (price: string) => `${price} each`,
  once: (flat: string) => `and ${flat} once`,
  step: (parts: { upTo: string | null; price: string }) =>
    parts.upTo === null ? `then ${parts.price}` : `up to ${parts.upTo}: ${parts.price}`,
  all: (price: string) => `all at the price of their number: ${price}`,
  pool: (gib: number) =>
    gib === 0
      ? 'nothing is included'
      : `${gib} GiB for each mailbox, in one pool over all customers`,
  days: (count: number) => (count === 0 ? 'no trial' : plural(count, 'day')),
  sealing:
    'The day on which a mailbox is sealed counts as protected. A day on which we failed to protect it by our own fault is free.',
};

export const pricesTexts = {
  title: 'Resale prices',
  what: 'prices',
  lead: 'What you ask of your customers. It changes your statements, never what Holdfast charges you.',
  none: 'No price list yet',
  noneMore: 'With one, a statement shows what a customer owes you.',
  make: 'Make a price list',
  change: (name: string) => `Change ${name}`,
  name: 'Name of the list',
  save: 'Save the list',
  saveVersion: 'Save as a new version',
  fromNow: 'The first version holds from this month on.',
  fromNext: (month: string) =>
    `A new version holds from ${month} on: a month is priced at what it began with.`,
  version: (version: number) => `Version ${version}`,
  from: (month: string) => `from ${month} on`,
  later: (month: string) => `from ${month} on, not yet`,
  by: (who: string) => `by ${who}`,
  statement: (month: string) => `Statement of ${month} at these prices`,
  notYours: 'Price lists are for staff who reach every customer.',
};

export const accountTexts = {
  title: 'Account and plan',
  what: 'account',
  state: 'State',
  states: {
    none: 'not subscribed',
    checkout: 'Checkout is open',
    active: 'subscribed',
    'past-due': 'payment failed',
    paused: 'new protection waits',
    ended: 'ended',
  },
  since: 'Billed since',
  through: 'Counted up to',
  clock: 'Test clock',
  noClock: 'none, months pass as they do',
  plan: 'Plan',
  planName: (name: string, version: number) => `${name}, version ${version}`,
  operator:
    'The operator of Holdfast makes its versions. One never changes; another starts with a month.',
  noPlan: 'No plan holds for this month.',
  next: (month: string) => `From ${month} on`,
  bill: 'Bill it directly',
  billNamed: (name: string) => `Bill ${name} directly`,
  stop: 'Back to my invoice',
  stopNamed: (name: string) => `Bring ${name} back to my invoice`,
  until: (month: string) => `; yours again from ${month} on`,
  starting: (month: string) => `; itself from ${month} on`,
  unsubscribed: (month: string) =>
    `; itself from the month after it has subscribed, ${month} at the earliest`,
  customers: 'Customers',
  customer: 'Customer',
  externalId: 'Its id in your books',
  externalIdOf: (name: string) => `Id of ${name} in your books`,
  externalHint: 'For PSA agreements: it stands in statements, in CSV and in the API.',
  save: 'Save',
  who: 'Who pays',
  you: 'you',
  itself: 'itself',
  ledger: 'The ledger’s chain',
  intact: (periods: number) =>
    periods === 0
      ? 'No month is closed yet.'
      : `${plural(periods, 'closed month')}, each with the hash of the one before it: as they were written.`,
  prove: (month: string) => `Check ${month} down to its mailboxes`,
  proof: 'proof',
  proved: (month: string, accounts: number) =>
    accounts === 0
      ? `${month} is not closed, so there is nothing to prove.`
      : `Each day of ${month} has the hash and the counts that its mailboxes come to.`,
  broken: 'The ledger is not what was written. Keep this database as it is and tell the operator.',
  notYours: 'The account is the MSP’s as a whole: it is for staff who reach every customer.',
};
