/** What the frame around every page says. */
export const frameTexts = {
  skip: 'Skip to the page',
  sections: 'Sections',
  more: 'More',
  names: {
    tonight: 'Tonight',
    customers: 'Customers',
    coverage: 'Coverage',
    search: 'Search',
    runs: 'Runs',
    restores: 'Restores',
    leavers: 'Leavers',
    audit: 'Audit',
    billing: 'Billing',
    staff: 'Staff',
    keys: 'Keys',
    sessions: 'Sessions',
  },
  account: (name: string) => `Account of ${name}`,
  theme: 'Appearance',
  themes: { system: 'System', light: 'Light', dark: 'Dark' },
  signOut: 'Sign out',
  stillSignedIn: 'Still signed in: the portal did not answer. Try again.',
};

/** The words of lists, sections and pages that have nothing to show, not yet or not to you. */
export const stateTexts = {
  loading: (what: string) => `Loading ${what}`,
  /** "No mailbox matches. Clear filters" */
  noMatch: (one: string) => `No ${one} matches.`,
  clearFilters: 'Clear filters',
  sectionFailed: (what: string) => `The ${what} did not load. Backups are not affected.`,
  pageFailed: 'This page did not load',
  pageFailedSafe:
    'Backups are not affected. Try again; if it stays like this, tell the operator the reference.',
  tryAgain: 'Try again',
  reference: (reference: string) => `Reference ${reference}`,
  notFound: 'That page does not exist, or you have no access to it',
  notFoundSafe: 'Backups are not affected.',
  toTonight: 'To Tonight',
  toMail: 'To your mail',
  toStart: 'To the start',
  updatesStopped: (clock: string) => `updates stopped ${clock}, retrying`,
};
