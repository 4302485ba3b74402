/** Where API keys are made and ended. */
export const keysTexts = {
  title: 'Keys',
  what: 'keys',
  lead: 'Programs of yours use the API with a key. It does what it was given, and never more than whoever made it may do.',
  document: 'What the API can do',
  create: 'Create key',
  none: 'No key yet',
  noneMore: 'A key lets a script start backups, find mail, or put your figures into a report.',
  columns: {
    state: 'State',
    name: 'Name',
    may: 'May',
    reaches: 'Reaches',
    lastUsed: 'Last used',
    ends: 'Ends',
    act: 'Act',
  },
  states: {
    works: 'works',
    expired: 'expired',
    revoked: 'revoked',
    'maker-gone': 'ended',
  },
  makerGone: 'Whoever made it works here no longer.',
  madeBy: (maker: string | null) => `made by ${maker ?? 'the installation'}`,
  never: 'never',
  noEnd: 'no end',
  allCustomers: 'all customers',
  customers: (names: string[]) =>
    names.length <= 2
      ? names.join(', ')
      : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`,
  scopes: (count: number, all: number) =>
    count === all ? 'everything' : `${count} of ${all} scopes`,
  revoke: 'Revoke',
  revokeNamed: (name: string) => `Revoke ${name}`,
  revokeTitle: (name: string) => `Revoke “${name}”?`,
  revokeEffect:
    'Programs that use it are refused from now on. What they started goes on. A revoked key cannot be brought back.',
  revokeAct: 'Revoke key',
  keep: 'Keep it',
  form: {
    title: 'Create a key',
    close: 'Close',
    name: 'Name',
    nameHint: 'The program that will use it, such as “Monthly report”.',
    may: 'What it may do',
    withheld: 'A key may do no more than you. What you may not do, an owner gives it.',
    reaches: 'Which customers it reaches',
    all: 'All, later ones included',
    notAll: 'You are assigned to some customers, and a key reaches no more than you.',
    some: 'Only these',
    ends: 'When it ends',
    days: [
      { days: 30, label: 'in 30 days' },
      { days: 90, label: 'in 90 days' },
      { days: 365, label: 'in a year' },
      { days: null, label: 'never; somebody revokes it' },
    ],
    act: 'Create key',
  },
  made: {
    title: 'Copy it now; it is not shown again',
    note: 'Only a hash of it is kept. Whoever has it can do what it may: put it where programs keep secrets, not into their code.',
    label: 'The key',
    copy: 'Copy the key',
    try: 'Try it',
    done: 'I have it',
  },
} as const;

/** Each scope in the words of somebody who has to decide. */
export const scopeTexts = {
  'customers.read': 'See customers and runs',
  'mailboxes.read': 'See mailboxes and their snapshots',
  'restores.read': 'See restores',
  'customers.connect': 'Add customers and make connect links',
  'policies.manage': 'Say how often customers are backed up',
  'backups.run': 'Start and cancel backups',
  'content.read': 'Read and search mail',
  'restores.run': 'Restore mail',
  'exports.run': 'Export mail that it may read',
  'audit.read': 'Read the audit log',
  'usage.read': 'Read usage and invoices',
} as const;
