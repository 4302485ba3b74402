/** What the pages of all customers say: Tonight, customers, coverage, leavers. */

const count = (n: number) => n.toLocaleString('en-US');
const mailboxes = (n: number) => `${count(n)} ${n === 1 ? 'mailbox' : 'mailboxes'}`;
const customers = (n: number) => `${count(n)} ${n === 1 ? 'customer' : 'customers'}`;

export const customersTexts = {
  coveredOf: (n: number) => ` of ${count(n)}`,
  title: 'Customers',
  add: 'Add customer',
  loading: 'customers',
  notYours:
    'Only some customers are assigned to you, and a new one would not be among them. Ask an owner of your organisation to add it.',
  csv: 'Export CSV',
  columns: {
    chosen: 'Chosen',
    state: 'State',
    customer: 'Customer',
    policy: 'Policy',
    covered: 'Covered',
    outside: 'Outside target',
    oldest: 'Oldest good copy',
    worst: 'Worst gap, 30 d',
    unexplained: 'Unexplained',
    stored: 'Stored',
    lastRun: 'Last run',
    assigned: 'Assigned',
  },
  filter: {
    label: 'Filter',
    show: 'Show',
    all: 'every state',
    look: 'that need a look',
    good: 'that are good',
    connecting: 'that are connecting',
    quiet: 'with nothing to do',
    outside: 'outside the target',
    assigned: 'Assigned to',
    anyone: 'anyone',
    apply: 'Apply',
  },
  /** Heads of columns that order the list. */
  sorts: {
    oldest: 'Oldest good copy',
    gap: 'Worst gap, 30 d',
    unexplained: 'Unexplained',
    stored: 'Stored',
  },
  asOf: (clock: string) => `as of ${clock}`,
  counted: 'counted',
  stale: (n: number, all: number) =>
    `${count(n)} of ${customers(all)} did not report in time; the oldest of these numbers is from`,
  everyone: 'everyone',
  noData: 'no data',
  none: 'none yet',
  firstCopy: 'first copy',
  emptyTitle: 'Add your first customer',
  empty: 'Their administrator approves once; the first backup starts by itself.',
  /** Nobody is outside the target. */
  allWithin: 'Every mailbox has a good copy within the target',
  some: (shown: number, all: number) => `${count(shown)} of ${count(all)}`,
  covered: (good: number, all: number) => `${count(good)} of ${mailboxes(all)} covered`,
  uncounted: (n: number) => `${customers(n)} not counted yet`,
  unexplained: (n: number) => `${count(n)} unexplained`,
  stored: (bytes: string) => `${bytes} stored`,
  rows: (from: number, to: number) => `rows ${count(from)} to ${count(to)}`,
  next: (n: number) => `Next ${count(n)}`,
  previous: (n: number) => `Previous ${count(n)}`,
  bulk: {
    choose: (name: string) => `Choose ${name}`,
    act: 'Back up chosen now',
    none: 'Choose at least one customer first.',
    started: (n: number) =>
      `${n === 1 ? '1 run is' : `${count(n)} runs are`} under way for the chosen.`,
    failed: (name: string, why: string) => `${name}: ${why}`,
  },
} as const;

export const outcomeTexts = {
  good: 'good',
  gaps: 'gaps named',
  late: 'late',
  failed: 'failed',
  running: 'running',
  paused: 'paused',
  none: 'not covered',
  unknown: 'no data',
} as const;

export const coverageTexts = {
  title: 'Coverage',
  columns: { customer: 'Customer' },
  days: (n: number) => `${n} days`,
  range: 'Days to look back',
  onlyBad: 'Only customers with a day not good',
  showAll: 'All customers',
  zone: (name: string) => `Worst outcome of each day, ${name}.`,
  badNight: (day: string, n: number) => `${day} was one bad night for ${customers(n)}.`,
  habit: (name: string, weekday: string) => `${name} is late every ${weekday}.`,
  goodDays: 'Good days',
  of: (good: number, all: number) => `${good} of ${all}`,
  troubled: 'Customers late or failed',
  troubledOn: (n: number, day: string) => `${customers(n)} late or failed, ${day}`,
  onlyDay: (day: string) => `late or failed ${day}`,
  drop: 'show all days',
  asOf: (clock: string) => `as of ${clock}`,
  ofAll: (n: number) => `of ${count(n)}`,
  csv: 'Export CSV',
  previous: (n: number) => `Previous ${count(n)}`,
  next: (n: number) => `Next ${count(n)}`,
  rows: (from: number, to: number) => `Rows ${count(from)} to ${count(to)}, `,
  keys: 'Arrows move, Enter opens, Home and End jump',
  grid: 'Worst outcome of each day, by customer',
  shown: (shown: number, all: number) => `${count(shown)} of ${customers(all)}`,
  emptyGoodTitle: (n: number) => `Every day was good for ${customers(n)}`,
  emptyGood: (clock: string) => `Checked ${clock}.`,
  emptyTitle: 'No customers yet',
  empty: 'Each customer will have a row here, with the worst outcome of each day.',
  coveredNow: (covered: number, all: number) => `${count(covered)} of ${mailboxes(all)} covered`,
  openRuns: 'Runs of the day',
  openCustomer: 'Open customer',
} as const;

export const tonightTexts = {
  title: 'Tonight',
  needYou: (n: number) => `${n === 1 ? 'needs' : 'need'} you`,
  canWait: 'can wait',
  quiet: 'quiet',
  asOf: (clock: string) => `as of ${clock}, live`,
  nothing: 'Nothing needs you.',
  nothingNote: (n: number, clock: string) => `${customers(n)}, last checked ${clock}.`,
  noCustomers: 'No customers yet',
  noCustomersNote: 'What needs a human will stand here. Add a customer to begin.',
  /** Parts of the page, as one of them is named that did not load. */
  parts: { incidents: 'list of incidents', figures: 'numbers and the last days', night: 'night' },
  more: (n: number) => `and ${count(n)} more`,
  canWaitTitle: 'Can wait',
  asleepTitle: 'Asleep',
  groupsLabel: 'Which incidents',
  groups: { all: 'Needs you', wait: 'Can wait', asleep: 'Asleep' },
  groupEmpty: { all: 'Nothing needs you.', wait: 'Nothing waits.', asleep: 'Nothing sleeps.' },
  endOfList: 'Nothing more in this list.',
  lastChecked: (clock: string) => `Last checked ${clock}.`,
  worst: 'Worst first',
  nextPage: 'Next',
  quietTitle: 'Quiet',
  quietNote: (n: number) => `${customers(n)}, nothing to do`,
  showQuiet: 'Show them',
  addCustomer: 'Add customer',
  onboarding: 'Onboarding: first copy',
  onboardingOf: (covered: number, all: number) => `${count(covered)} of ${mailboxes(all)}`,
  take: 'Take',
  release: 'Give back',
  snooze: 'Snooze',
  wake: 'Wake',
  ticket: 'Ticket',
  cancel: 'Cancel',
  noOwner: 'no owner',
  ticketNo: (ticket: string) => `ticket ${ticket}`,
  asleepUntil: (moment: string, reason: string) => `until ${moment}: ${reason}`,
  snoozeForm: {
    title: 'Snooze until',
    reason: 'Why it may wait',
    hint: 'It wakes sooner when it becomes worse.',
    act: 'Snooze',
    choices: { '1h': '1 hour', '4h': '4 hours', '1d': '1 day', '3d': '3 days', '7d': '7 days' },
  },
  ticketForm: {
    title: 'Number in your helpdesk',
    hint: 'Empty takes it away.',
    act: 'Save ticket',
  },
  since: 'since',
  noticed: 'noticed',
  forSpan: (span: string) => `for ${span}`,
  mailboxes,
  mailboxesOf: (n: number, all: number) => `${count(n)} of ${mailboxes(all)}`,
  customers,
  figures: {
    within: 'mailboxes within target',
    of: (n: number) => `of ${count(n)}`,
    unexplained: 'unexplained items, 30 days',
    gap: 'median gap between copies',
    stored: (raw: string) => `stored, from ${raw} raw`,
    unknown: 'no data',
    outside: 'outside:',
    uncounted: (n: number) => `${customers(n)} not counted yet.`,
    asOf: 'Counted',
    stale: (n: number, all: number, moment: string) =>
      `${count(n)} of ${customers(all)} did not report in time; the oldest of these numbers is from ${moment}.`,
  },
  matrix: {
    title: 'Last 7 days',
    note: (shown: number, all: number, zone: string) =>
      `${shown} worst of ${count(all)}, worst of the day, ${zone}`,
    all: 'Open coverage',
  },
  night: {
    title: 'The night',
    sentence: (
      total: number,
      from: string,
      parts: { complete: number; running: number; stopped: number },
    ) => {
      const list = [
        `${count(parts.complete)} complete`,
        parts.running > 0 ? `${count(parts.running)} running` : '',
        parts.stopped > 0 ? `${count(parts.stopped)} stopped` : '',
      ].filter(Boolean);
      return `${count(total)} ${total === 1 ? 'run' : 'runs'} since ${from} = ${list.join(' + ')}`;
    },
    runs: (total: number) => `${total === 1 ? 'run' : 'runs'} since`,
    parts: { complete: 'complete', running: 'running', stopped: 'stopped' },
    none: (from: string) => `No run since ${from}.`,
    table: 'Show as table',
    columns: { time: 'From', complete: 'Complete', running: 'Running', stopped: 'Stopped' },
    open: 'All runs',
  },
} as const;

/** What an incident is about, as sentences: what happened, what is safe. */
export interface IncidentFacts {
  kind: string;
  customer: string;
  customers: number;
  mailboxes: number;
  mailbox: string | null;
  reason: string | null;
  /** Everything up to then is safe, in words; null when there is no copy. */
  safeUntil: string | null;
  /** How late, in words. */
  late: string | null;
  free: string | null;
}

const safe = (until: string | null) =>
  until === null ? 'Nothing has been copied yet.' : `Everything up to ${until} is safe.`;

export function incidentTitle(it: IncidentFacts): string {
  const who = it.mailbox ?? mailboxes(it.mailboxes);
  switch (it.kind) {
    case 'consent-lost':
      return `${it.customer} removed our permission`;
    case 'run-failed':
      return `${it.customer}: the last run failed`;
    case 'mailboxes-failed':
      return `${it.customer}: ${who} ${it.mailboxes === 1 ? 'was' : 'were'} not backed up`;
    case 'late':
      return it.mailbox === null
        ? `${it.customer}: ${who} ${it.mailboxes === 1 ? 'is' : 'are'} late, the oldest by ${it.late}`
        : `${it.customer}: ${it.mailbox} is ${it.late} late`;
    case 'not-covered':
      return `${it.customer}: ${who} ${it.mailboxes === 1 ? 'is' : 'are'} not covered`;
    case 'storage-full':
      return `Storage is nearly full: ${it.free} left`;
    case 'storage-low':
      return `${it.free} of storage left`;
    case 'billing-held':
      return it.customer === '' ? 'An invoice is held' : `${it.customer}: an invoice is held`;
    case 'payment-failed':
      return it.customer === '' ? 'A payment failed' : `${it.customer}: a payment failed`;
    case 'meter-refused':
      return 'Stripe refused a value';
    case 'meter-late':
      return 'A value for Stripe waits';
    case 'bill-grows':
      return `${it.customer}: ${mailboxes(it.mailboxes)} more on the bill`;
    case 'leaver':
      return `${it.mailbox ?? 'Somebody'} left ${it.customer}`;
    default:
      return it.customer;
  }
}

export function incidentBody(it: IncidentFacts): string {
  switch (it.kind) {
    case 'consent-lost':
      return `${mailboxes(it.mailboxes)} ${it.mailboxes === 1 ? 'is' : 'are'} not being backed up. ${safe(it.safeUntil)}`;
    case 'run-failed':
    case 'mailboxes-failed':
      return [it.reason, safe(it.safeUntil)].filter(Boolean).join(' ');
    case 'late':
      return it.reason === 'running'
        ? `A run is under way. ${safe(it.safeUntil)}`
        : `No run has ended in time. ${safe(it.safeUntil)}`;
    case 'not-covered':
      return it.reason === 'archive'
        ? 'The archive has not been read. The mailbox itself is backed up.'
        : 'There is no copy yet, and no run is under way that would make one.';
    case 'storage-full':
      return `It holds the vaults of ${customers(it.customers)}. When nothing fits any more backups stop; what is stored stays, and restores go on. Make room.`;
    case 'storage-low':
      return `for the vaults of ${customers(it.customers)}`;
    case 'billing-held':
    case 'payment-failed':
    case 'meter-refused':
    case 'meter-late':
      return it.reason ?? '';
    case 'bill-grows':
      return `${it.mailboxes === 1 ? 'It was' : 'They were'} found within the last 24 hours and protected at once. ${it.mailboxes === 1 ? 'It counts' : 'They count'} from the day of finding (UTC) on.`;
    case 'leaver':
      return it.safeUntil === null
        ? 'The mailbox is gone at Microsoft, and no copy had been made.'
        : `The mailbox is gone at Microsoft. It is sealed as of ${it.safeUntil}; nothing prunes it.`;
    case 'restore-not-approved':
      return it.reason === null
        ? 'Restoring is not approved. Backups run.'
        : `Restoring is not approved: ${it.reason} Backups run.`;
    case 'link-dead':
      return it.reason === 'expired'
        ? 'The link expired before it was approved. Nothing is backed up yet.'
        : it.reason === 'refused' || it.reason === null
          ? 'The approval was refused. Nothing is backed up yet.'
          : `The approval was refused: ${it.reason} Nothing is backed up yet.`;
    case 'paused':
      return `Backups are paused. ${safe(it.safeUntil)}`;
    default:
      return '';
  }
}

/** What an incident is, in a word. */
export const incidentWordOf = {
  'consent-lost': 'failed',
  'run-failed': 'failed',
  'mailboxes-failed': 'failed',
  late: 'late',
  'not-covered': 'not covered',
  'storage-full': 'nearly full',
  'storage-low': 'filling up',
  'billing-held': 'held',
  'payment-failed': 'unpaid',
  'meter-refused': 'refused',
  'meter-late': 'late',
  'bill-grows': 'grows',
  leaver: 'leaver',
  'restore-not-approved': 'not approved',
  'link-dead': 'not connected',
  paused: 'paused',
} as const;

export const incidentActs = {
  repair: 'Send repair link',
  approve: 'Send approval link',
  newLink: 'Make a new link',
  openRun: 'Open run',
  backUp: 'Back up now',
  openMailboxes: 'Open mailboxes',
  openCustomer: 'Open customer',
  openCustomers: 'Open customers',
  review: 'Review leaver',
  openBilling: 'Open billing',
} as const;

/**
 * People appear here after their account or mailbox is gone, so nothing is said about a licence that
 * may still go.
 */
export const leaversTexts = {
  nothingCopied: 'Nothing was copied of this mailbox, so nothing was started.',
  title: 'Leavers',
  loading: 'leavers',
  look: (n: number) => `${n === 1 ? 'needs' : 'need'} a look`,
  safe: 'nothing missing',
  columns: { state: 'State', who: 'Who, and how it was noticed', sealed: 'Sealed' },
  states: { safe: 'whole', gaps: 'gaps named', none: 'no copy' },
  causes: {
    'user-gone': 'the account is gone at Microsoft',
    'mailbox-gone': 'the mailbox is gone at Microsoft',
    disconnected: 'the customer was disconnected',
    unknown: 'the source is gone at Microsoft',
  },
  missing: (span: string) => `about ${span} may be missing`,
  whole: 'copied within the target before it went',
  never: 'no copy was made before it went',
  steps:
    'The account or the mailbox was gone at Microsoft when we noticed, or the customer was disconnected. Steps: noticed, had a copy, its items accounted for, sealed, nothing missing. A sealed mailbox keeps everything.',
  asOf: (clock: string) => `as of ${clock}`,
  ladder: (done: number, of: number) => `${done} of ${of} steps`,
  emptyTitle: 'Nobody has left',
  empty: (clock: string) =>
    `When an account or a mailbox vanishes at Microsoft, its copies are sealed and it appears here. Checked ${clock}.`,
  choose: 'Choose somebody to see what is kept of them.',
  all: 'All customers',
  shown: (shown: number, all: string) => `${count(shown)} of ${all}, the newest first.`,
  older: 'Older',
  newest: 'Back to the newest',
  certificate: 'Sealed mailbox',
  safeTitle: 'Nothing is missing',
  gapsTitle: 'Sealed, with gaps that are named',
  noneTitle: 'Nothing was copied before it went',
  facts: {
    sealed: 'Sealed',
    copy: 'Last good copy',
    kept: 'Kept until',
    keptFor: 'for ever, or until somebody erases it on purpose',
    unexplained: 'Without a copy',
    snapshot: 'Snapshot',
    items: 'Items, all versions read back from the catalogue',
    total: 'Items kept',
    size: 'Size',
  },
  kinds: {
    message: 'Messages',
    event: 'Calendar',
    contact: 'Contacts',
    task: 'Tasks',
    note: 'Notes',
    other: 'Other',
  },
  restore: 'Restore to a manager',
  exportAll: 'Export',
  browse: 'Browse the mailbox',
  customer: 'Customer',
  any: 'any',
} as const;
