/** The page of the log. */
export const auditTexts = {
  title: 'Audit',
  newestFirst: 'newest first',
  groups: {
    label: 'What kind of entries',
    all: 'All',
    content: 'Mail seen',
    restores: 'Restores',
    backups: 'Backups',
    customers: 'Customers',
    people: 'People',
    billing: 'Billing',
    log: 'The log',
  },
  who: 'Who',
  anybody: 'anybody',
  staff: 'Staff',
  people: 'People of customers',
  customer: 'Customer',
  everyCustomer: 'every customer',
  show: 'Show',
  narrow: 'Narrow or export',
  file: 'Export CSV',
  fileName: 'Export CSV of the shown entries',
  older: 'Older',
  newest: 'Newest',
  one: 'entry',
  none: 'Nothing has happened yet',
  noneNote: 'Every change, and every look at mail, will be here with its time and who did it.',
  columns: { at: 'When', who: 'Who', what: 'What', customer: 'Customer' },
  proof: {
    checking: 'checking the log',
    intact: (entries: string) => `Log intact: ${entries}`,
    since: 'since',
    unchecked: (entries: string) => `${entries}, not checked on this page`,
    check: 'Check the log',
    broken: 'The log is not what was written',
    brokenNote: (seq: string) =>
      `Entry ${seq} of a chain was changed from outside. Backups are not affected. Keep this database as it is and tell the operator.`,
  },
} as const;

export interface SaidEntry {
  action: string;
  actorKind: string;
  actor: string;
  actorLabel: string | null;
  customerName: string | null;
  mailboxName: string | null;
  targetName: string | null;
  facts: Record<string, string | number | boolean | null>;
}

/** Who did it, as the sentence begins. */
export function auditActor(entry: SaidEntry): string {
  // Only their command gives anything back.
  if (['billing.credit', 'billing.refund'].includes(entry.action))
    return 'The operator of Holdfast';
  if (entry.actorKind === 'workflow' || entry.actorKind === 'system') return 'Holdfast';
  if (entry.actorKind === 'key') return `API key ${entry.actorLabel ?? 'no longer known'}`;
  if (entry.actorLabel !== null) return entry.actorLabel;
  if (entry.action.startsWith('connect.')) return 'An administrator of the customer';
  return typeof entry.facts.name === 'string' && entry.action.endsWith('.join')
    ? entry.facts.name
    : 'Somebody';
}

const count = (value: unknown, one: string, many = `${one}s`): string => {
  const n = typeof value === 'number' ? value : 0;
  return `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;
};
const text = (value: unknown, otherwise: string): string =>
  typeof value === 'string' && value !== '' ? value : otherwise;
const also = (value: unknown, one: string, say: (counted: string) => string): string =>
  typeof value === 'number' && value > 0 ? say(count(value, one)) : '';
const inBox = (entry: SaidEntry, before = ' in ') =>
  entry.mailboxName === null ? '' : `${before}${entry.mailboxName}`;

const app = (value: unknown) => (value === 'restore' ? 'restoring' : 'backing up');
const mode = (value: unknown) =>
  value === 'everyone'
    ? 'everybody with a mailbox'
    : value === 'invited'
      ? 'invited people'
      : 'nobody';

const sentences: Record<string, (entry: SaidEntry) => string> = {
  'msp.found': ({ facts }) => `founded ${text(facts.name, 'the provider')}`,
  'member.enrol': ({ facts }) =>
    `let ${text(facts.name, 'somebody')} in as ${text(facts.role, 'staff')}`,
  'member.join': ({ facts }) => {
    const other = facts.invited !== facts.name ? `, invited as ${text(facts.invited, '')}` : '';
    return `joined as ${text(facts.role, 'staff')}${other}`;
  },
  'member.set-role': ({ facts }) =>
    `made ${text(facts.name, 'somebody')} ${text(facts.role, '')} instead of ${text(facts.before, '')}${also(facts.invitations, 'invitation', (n) => `; ${n} of theirs ended`)}`,
  'member.assign': ({ facts }) =>
    `assigned ${text(facts.name, 'somebody')} to ${facts.customers === 'all' ? 'all customers' : count(facts.customers, 'customer')}`,
  'member.disable': ({ facts }) =>
    `lets ${text(facts.name, 'somebody')} in no more${also(facts.sessions, 'session', (n) => `; ${n} ended`)}${also(facts.links, 'connect link', (n) => `; ${n} ended`)}${also(facts.keys, 'key', (n) => `; ${n} revoked`)}`,
  'invitation.create': (entry) =>
    `invited ${text(entry.facts.name, 'somebody')} as ${roleWord(entry.facts.role)}${inBox(entry, ' of ')}`,
  'invitation.revoke': ({ facts }) =>
    `took back the invitation of ${text(facts.name, 'somebody')} as ${roleWord(facts.role)}`,
  'person.join': (entry) => {
    const other =
      entry.facts.invited !== entry.facts.name
        ? `, invited as ${text(entry.facts.invited, '')}`
        : '';
    return `came in as ${roleWord(entry.facts.role)}${other}`;
  },
  'person.arrive': () => 'came in to see their own mailbox',
  'person.disable': ({ facts }) =>
    `lets ${text(facts.name, 'somebody')} in no more${also(facts.sessions, 'session', (n) => `; ${n} ended`)}`,
  'person.enable': ({ facts }) => `lets ${text(facts.name, 'somebody')} in again`,
  'self-service.set': ({ facts }) =>
    `opened self-service to ${mode(facts.mode)}, before to ${mode(facts.before)}`,
  'session.end': ({ facts }) => `ended a session of ${text(facts.name, 'their own')}`,
  'session.end-all': ({ facts }) =>
    `ended ${count(facts.sessions, 'session')} of ${text(facts.name, 'their own')}`,
  'audit.export': () => 'took the log away as a file',
  'customer.add': ({ facts }) => `added ${text(facts.name, 'a customer')}`,
  'customer.consent-lost': ({ facts }) =>
    `found that Microsoft no longer lets us go on ${app(facts.app)}`,
  'customer.disconnect': ({ facts }) =>
    `disconnected the customer and sealed ${count(facts.mailboxes, 'mailbox', 'mailboxes')}: ${text(facts.reason, 'no reason given')}`,
  'connect-link.new': () => 'made a new link for the administrator',
  'connect-link.withdraw': ({ facts }) =>
    typeof facts.of === 'string'
      ? `took back the link for the administrator, which ${facts.of} handed out`
      : 'took back the link for the administrator',
  'connect.open': () => 'opened the link',
  'connect.send': ({ facts }) => `went to Microsoft to approve ${app(facts.app)}`,
  'connect.refuse': ({ facts }) => `was not connected (${text(facts.code, 'refused')})`,
  'connect.connect': ({ facts }) => {
    const proved = `proved the approval of ${app(facts.app)}`;
    if (!facts.mailboxes) return proved;
    return `${proved}; ${count(facts.mailboxes, 'mailbox is', 'mailboxes are')} protected again`;
  },
  'mailbox.discover': ({ facts }) => `found ${count(facts.added, 'new mailbox', 'new mailboxes')}`,
  'mailbox.seal': (entry) =>
    `sealed ${entry.mailboxName ?? text(entry.facts.name, 'a mailbox')}: its owner left`,
  'policy.create': ({ facts }) => `made the policy ${text(facts.name, 'Standard')}`,
  'policy.change': ({ facts }) => {
    const { everyMinutes: every, everyMinutesBefore: before } = facts;
    const said = [
      typeof every === 'number' && every !== before ? `set backups to every ${every / 60} h` : '',
      facts.paused === facts.pausedBefore
        ? ''
        : facts.paused
          ? 'paused backups'
          : 'resumed backups',
    ].filter(Boolean);
    return said.length === 0 ? 'changed how often backups run' : said.join(' and ');
  },
  'run.start': ({ facts }) =>
    typeof facts.mailboxes === 'number'
      ? `started a backup of ${count(facts.mailboxes, 'mailbox', 'mailboxes')}`
      : 'started a backup',
  'run.pause': () => 'paused a backup',
  'run.resume': () => 'let a backup go on',
  'run.cancel': () => 'cancelled a backup',
  'run.finish': ({ facts }) =>
    `finished a backup: ${text(facts.state, 'done')}, ${count(facts.stored, 'item')} stored, ${count(facts.skipped, 'item')} skipped, ${count(facts.failed, 'item')} failed`,
  'item.read': (entry) => `opened 1 item${inBox(entry)}`,
  'item.list': (entry) => `listed ${itemsOf(entry)}${inBox(entry)}`,
  'item.download': (entry) => `downloaded 1 item${inBox(entry)}`,
  'item.list-restore': (entry) => `looked at ${itemsOf(entry)} of a restore${inBox(entry, ' of ')}`,
  'item.list-export': (entry) =>
    `looked at ${itemsOf(entry)} that a download left out${inBox(entry, ' of ')}`,
  'folder.list': (entry) => `looked at ${foldersOf(entry)}${inBox(entry, ' of ')}`,
  'folder.list-restore': (entry) =>
    `looked at ${foldersOf(entry)} of a restore${inBox(entry, ' of ')}`,
  'item.headers': (entry) => `looked at the headers of 1 item${inBox(entry)}`,
  'search.start': (entry) =>
    `searched ${entry.mailboxName === null ? 'every mailbox' : entry.mailboxName}`,
  'search.read': (entry) => `looked at ${count(entry.facts.hits, 'search result')}${inBox(entry)}`,
  'restore.draft': (entry) => `chose mail to restore${inBox(entry, ' from ')}`,
  'restore.plan': (entry) =>
    `planned to restore mail${inBox(entry, ' of ')}${entry.targetName === null ? '' : ` into ${entry.targetName}`}`,
  'restore.execute': ({ facts }) => `started to restore ${count(facts.write, 'item')}`,
  'restore.cancel': () => 'cancelled a restore',
  'restore.finish': ({ facts }) => {
    const written = typeof facts.written === 'number' ? facts.written : facts.verified;
    return `finished a restore: ${count(written, 'item')} written`;
  },
  'export.start': (entry) => `asked for a download${inBox(entry, ' of ')}`,
  'export.cancel': () => 'cancelled a download',
  'export.finish': ({ facts }) => `packed a download of ${count(facts.items, 'item')}`,
  'export.download': () => 'downloaded an archive of mail',
  'incident.take': () => 'took an incident on',
  'incident.release': () => 'let go of an incident',
  'incident.snooze': ({ facts }) =>
    `put an incident off${typeof facts.reason === 'string' && facts.reason !== '' ? `: ${facts.reason}` : ''}`,
  'incident.wake': () => 'brought an incident back',
  'incident.ticket': () => 'noted the ticket of an incident',
  'key.create': ({ facts }) => `made the API key ${text(facts.name, '')}`,
  'key.revoke': ({ facts }) => `revoked the API key ${text(facts.name, '')}`,
  'customer.external-id': ({ facts }) =>
    typeof facts.externalId === 'string'
      ? `noted ${facts.externalId} as the id of their own books`
      : 'took away the id of their own books',
  'billing.prices': ({ facts }) =>
    `set the prices of ${text(facts.name, 'a list')} from ${text(facts.from, 'now')} on`,
  'billing.checkout': () => 'went to Stripe to subscribe',
  'billing.portal': () => 'went to Stripe to manage payments',
  'billing.subscribe': () => 'subscribed at Stripe',
  'billing.unsubscribe': () => 'ended a second subscription at Stripe, which billed nothing',
  'billing.direct': ({ facts }) =>
    `bills the customer directly from ${text(facts.month, 'next month')} on`,
  'billing.stop-direct': ({ facts }) =>
    `bills the customer directly no more from ${text(facts.month, 'next month')} on`,
  'billing.close': ({ facts }) => `closed ${text(facts.period, 'a month')} of the ledger`,
  'billing.finalise': ({ facts }) => `made the invoice for ${text(facts.period, 'a month')} final`,
  'billing.hold': ({ facts }) => `holds the invoice for ${text(facts.period, 'a month')}`,
  'billing.retry': ({ facts }) =>
    `asked for the invoice for ${text(facts.period, 'a month')} to be compared again`,
  'billing.write-off': ({ facts }) =>
    `wrote off ${text(facts.amount, 'what no invoice billed')} of ${text(facts.period, 'a month')}: ${text(facts.reason, '')}`,
  'billing.catch-up': ({ facts }) =>
    `had the ledger filled from ${text(facts.from, 'its beginning')} on`,
  'billing.credit': ({ facts }) =>
    `gave a credit of ${sumOf(facts)} on the invoice for ${text(facts.period, 'a month')}: ${text(facts.reason, '')}`,
  'billing.refund': ({ facts }) =>
    `gave back ${sumOf(facts)} of an invoice: ${text(facts.reason, '')}`,
  'billing.refund-given': ({ facts }) => `sent ${sumOf(facts)} of an invoice back by Stripe`,
  'billing.refund-refused': ({ facts }) =>
    `could not send back ${sumOf(facts)} of an invoice: ${text(facts.reason, 'Stripe refused')}`,
  'billing.pause': () => 'lets new mailboxes wait for a payment',
  'billing.resume': () => 'protects new mailboxes again',
  'usage.export': ({ facts }) =>
    `took away the usage of ${text(facts.period, 'a month')} as a file`,
};

function sumOf(facts: SaidEntry['facts']): string {
  return `${text(facts.amount, '')} ${text(facts.currency, '').toUpperCase()}`.trim();
}

function itemsOf({ facts }: SaidEntry): string {
  const shown = facts.items ?? facts.shown ?? facts.count;
  return typeof shown === 'number' ? count(shown, 'item') : 'items';
}

function foldersOf({ facts }: SaidEntry): string {
  return typeof facts.folders === 'number' ? count(facts.folders, 'folder') : 'folders';
}

function roleWord(role: unknown): string {
  return role === 'mailbox-owner' ? 'owner of a mailbox' : text(role, 'somebody');
}

/** What was done, as the sentence goes on: "opened 1 item in Adele Vance". */
export function auditSentence(entry: SaidEntry): string {
  return sentences[entry.action]?.(entry) ?? entry.action.replace('.', ': ').replaceAll('-', ' ');
}

/** Which actions have a sentence of their own. */
export const saidActions = Object.keys(sentences);
