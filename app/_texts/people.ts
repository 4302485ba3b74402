import type { CustomerRole, MemberRole } from '#db/enums.ts';

/** What roles are called, and what each is for, in a line. */
export const roleTexts: Record<MemberRole | CustomerRole, { name: string; does: string }> = {
  owner: { name: 'Owner', does: 'Everything, and makes other owners.' },
  admin: { name: 'Admin', does: 'Everything but billing and owners.' },
  technician: {
    name: 'Technician',
    does: 'Connects customers, starts backups, reads and restores mail.',
  },
  billing: { name: 'Billing', does: 'Sees customers and bills. Sees no mail.' },
  auditor: { name: 'Auditor', does: 'Reads the audit log and restore plans. Sees no mail.' },
  administrator: {
    name: 'Administrator',
    does: 'Finds and restores mail in every mailbox of the organisation, and sees who looked at what.',
  },
  'mailbox-owner': {
    name: 'Owner of a mailbox',
    does: 'Finds and restores mail in one mailbox.',
  },
};

/** Staff, invitations and the matrix of roles. */
export const staffTexts = {
  title: 'Staff',
  noOne: 'nobody else yet',
  invite: 'Invite',
  columns: {
    name: 'Name',
    role: 'Role',
    customers: 'Customers',
    seen: 'Last seen',
    state: 'State',
    expires: 'Works until',
    invited: 'Invited by',
  },
  all: 'all customers',
  unnamed: (n: number) => `${n} you are not assigned to`,
  none: 'no customer',
  you: 'you',
  out: 'let in no more',
  never: 'not signed in',
  open: {
    title: 'Invitations',
    none: 'No invitation is open.',
    revoke: 'Take back',
    revokeOf: (name: string) => `Take back the invitation of ${name}`,
  },
  states: {
    open: 'open',
    used: 'used',
    revoked: 'taken back',
    expired: 'expired',
  },
  matrix: {
    title: 'Who may do what',
    note: 'decided in the code, for every page and the API alike',
    act: 'May',
    yes: 'yes',
    no: 'no',
    ofCustomers: 'People of customers',
    ofStaff: 'Staff',
  },
  form: {
    title: 'Invite somebody',
    name: 'Name',
    nameHint: 'How the list names them until they sign in.',
    role: 'Role',
    customers: 'Customers',
    all: 'All customers, later ones included',
    some: 'Only these',
    ownersReachAll: 'An owner reaches every customer.',
    submit: 'Make the link',
    ownerOnly: 'Only an owner makes an owner. Ask an owner of your organisation.',
    granterOnly: (role: string) =>
      `${role} may do what you may not, so an owner makes one. Ask an owner of your organisation.`,
    whatHappens: 'What happens',
    steps: [
      'You get a link and send it, in whichever way you trust.',
      'The first work account that signs in with it is in. The link opens nothing after that.',
      'It works for 7 days, and until somebody takes it back.',
      'The log says who invited and who came.',
    ],
  },
  issued: {
    title: (name: string) => `The link for ${name}`,
    once: 'Copy it now; it is not shown again.',
    copy: 'Copy the link',
    until: 'Works once, until',
    another: 'Invite another',
    toList: 'To the list',
    field: 'Link to send',
  },
  member: {
    since: 'Here since',
    account: 'Account',
    role: 'Role',
    setRole: 'Change the role',
    assign: 'Change the customers',
    sessions: 'Sessions',
    noSessions: 'Not signed in anywhere.',
    beyond:
      'You are assigned to some customers, and they reach others too. Ask an owner of your organisation.',
    disable: 'Let in no more',
    disableNote:
      'Signs them out everywhere at once. Links they handed out end, and API keys they made, for good. What they did stays in the log. A new invitation lets them back in.',
    isOut: (name: string) => `${name} is let in no more`,
    isOutNote: 'A new invitation lets them back in.',
    self: 'This is you. What you take from yourself, somebody else has to give back.',
    saved: 'It holds from their next page on.',
  },
} as const;

/** Who of a customer may help themselves. */
export const accessTexts = {
  title: 'Access of a customer',
  mode: 'Self-service',
  modeNote: 'Who of this customer may find and restore mail without you.',
  modes: {
    off: { name: 'Off', does: 'Nobody. Whoever is signed in is signed out.' },
    invited: { name: 'Invited people', does: 'Those you send a link to, and nobody else.' },
    everyone: {
      name: 'Everybody with a mailbox',
      does: 'Each account sees its own mailbox and no other. Invited administrators see all.',
    },
  },
  setMode: 'Change self-service',
  notConnected: 'This customer is not connected, so nobody’s account there is known.',
  address: 'They sign in at',
  copyAddress: 'Copy the address',
  people: 'People',
  noPeople: {
    off: 'Nobody of this customer may help themselves.',
    invited: 'Nobody is invited yet.',
    everyone: 'Nobody has come in yet. Everybody with a mailbox may.',
  },
  invite: 'Invite somebody',
  inviteOff: 'Self-service is off. Switch it on first.',
  columns: {
    name: 'Name',
    role: 'Role',
    mailbox: 'Mailbox',
    seen: 'Last seen',
    act: 'Act',
  },
  ownMailbox: 'their own',
  every: 'all',
  byDoor: 'uninvited',
  disable: 'Let in no more',
  disableOf: (name: string) => `Let in no more: ${name}`,
  enable: 'Let in again',
  enableOf: (name: string) => `Let in again: ${name}`,
  form: {
    title: 'Invite somebody of this customer',
    mailbox: 'Mailbox',
    mailboxPlaceholder: 'Name or address',
    mailboxNone: 'No mailbox matches.',
    mailboxHint: 'For an owner of a mailbox. A person’s own mailbox opens to that person alone.',
    steps: [
      'You get a link and send it, in whichever way you trust.',
      'It opens for accounts of this customer’s organisation only.',
      'The first of them that signs in with it is in. The link opens nothing after that.',
      'It works for 7 days, and until somebody takes it back.',
    ],
  },
} as const;

/** The page behind a link that invites. */
export const inviteTexts = {
  title: 'Invitation',
  staff: (msp: string) => `${msp} invites you to work in its portal`,
  customer: (msp: string, customer: string) => `${msp} invites you to the mail of ${customer}`,
  as: 'Your role',
  until: 'Works until',
  signIn: 'Continue with Microsoft',
  signInNote: 'Use your work account. The invitation binds to the account you sign in with.',
  signedInAs: 'You are signed in as',
  accept: 'Accept the invitation',
  other: 'Use another account',
  notIn: 'Not let in',
  safe: 'Nothing was changed.',
  toSignIn: 'Sign in',
} as const;

/** Browsers that are signed in. */
export const sessionTexts = {
  title: 'Sessions',
  own: 'Yours',
  ownNote: 'A session ends 12 hours after its sign-in, however busy it is.',
  others: 'Of others',
  noOthers: 'Nobody else is signed in.',
  thisOne: 'this browser',
  unknownBrowser: 'Unknown browser',
  columns: {
    who: 'Who',
    browser: 'Browser',
    began: 'Signed in',
    seen: 'Last seen',
    ends: 'Ends',
    act: 'Act',
  },
  end: 'End',
  endOf: (who: string, browser: string) => `End the session of ${who} in ${browser}`,
  ownersOnly: 'Only an owner ends the sessions of an owner. Ask an owner of your organisation.',
  endOthers: 'End all but this one',
  noMore: 'Other browsers of yours are signed out at their next page.',
  of: (role: string, customer: string | null) =>
    customer === null ? role : `${role}, ${customer}`,
} as const;

const browsers: [name: string, mark: RegExp][] = [
  ['Edge', /\bEdgA?\//],
  ['Opera', /\bOPR\//],
  ['Firefox', /\bFirefox\/|\bFxiOS\//],
  ['Chrome', /\bChrome\/|\bCriOS\/|\bHeadlessChrome\//],
  ['Safari', /\bSafari\//],
];
const systems: [name: string, mark: RegExp][] = [
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Android', /\bAndroid\b/],
  ['Windows', /\bWindows\b/],
  ['Mac', /\bMacintosh\b/],
  ['Linux', /\bLinux\b/],
];

/** "Firefox on Linux" out of what a browser calls itself; nobody checks whether it is true. */
export function browserName(agent: string): string {
  const named = (list: typeof browsers) => list.find(([, mark]) => mark.test(agent))?.[0];
  const browser = named(browsers);
  const system = named(systems);
  if (browser === undefined) return system ?? sessionTexts.unknownBrowser;
  return system === undefined ? browser : `${browser} on ${system}`;
}
