/** What the pages of one customer say. */
export const customerTexts = {
  tabs: {
    label: 'Pages of this customer',
    overview: 'Overview',
    mailboxes: 'Mailboxes',
    runs: 'Runs',
    restores: 'Restores',
    access: 'Access',
    connection: 'Connection',
  },
  asOf: (clock: string) => `as of ${clock}, live`,
  newestFirst: 'newest first',
  noRestores: 'None yet. Open a mailbox, choose what to put back, and look at the plan.',
  back: (count: string) => `${count} back`,
  restoreMail: 'Restore mail',
  backUpNow: 'Back up now',
  backingUp: 'Backing up',
  notConnected:
    'The customer is not connected, so nothing can be read. Repair the connection first.',
  runUnderWay: 'A run is under way already; it covers what has changed.',
} as const;
