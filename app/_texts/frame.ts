/** What the frame around every page says. */
export const frameTexts = {
  house: 'Holdfast',
  roleAt: (role: string, msp: string) => `${role} at ${msp}`,
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

/** What the parts say that every page is made of. */
export const partTexts = {
  here: 'You are here',
  back: 'Back',
  copied: 'Copied',
  someOf: (some: number, all: number) =>
    `${some.toLocaleString('en-US')} of ${all.toLocaleString('en-US')}`,
  firstShown: (number: number) => `, the first ${number} shown`,
  noChanges: 'No changes',
  equation: (items: string, parts: string) => `${items} items = ${parts}`,
  outcomes: (items: string, parts: string) => `${items} items: ${parts || 'none yet'}`,
  listed: 'items listed at Microsoft',
  settled: (label: string, parts: string, total: string) =>
    `${label}: ${parts || 'none settled'} of ${total}`,
  steps: {
    done: ', done',
    now: ', under way',
    next: ', not yet',
    stopped: ', stopped here',
  },
  noSignIn: "Microsoft's sign-in did not answer. Nothing was changed; try again.",
};
