/**
 * Every address inside the portal. Ids only: names, addresses, subjects and search words never
 * stand in a URL, because URLs end up in histories and logs.
 */
export const paths = {
  /** Tonight: what needs a human. */
  home: (list: IncidentsList = {}) => withQuery('/', list),
  coverage: (list: CoverageList = {}) => withQuery('/coverage', list),
  coverageFile: (list: CoverageList = {}) => withQuery('/api/lists/coverage', list),
  leavers: (list: LeaverList = {}) => withQuery('/leavers', list),
  /** Find a lost message: where people of customers begin. */
  my: () => '/my',
  mySearch: (searchId: string, page: SearchPage = {}) => withQuery(`/my/search/${searchId}`, page),
  myItem: (mailboxId: string, itemId: string, from: ItemFrom = {}) =>
    withQuery(`/my/mail/${mailboxId}/${itemId}`, from),
  myRestores: () => '/my/restores',
  myRestore: (restoreId: string) => `/my/restores/${restoreId}`,
  myDownload: (exportId: string) => `/my/downloads/${exportId}`,
  mySessions: () => '/my/sessions',
  myMailboxes: () => '/my/admin/mailboxes',
  myMailbox: (mailboxId: string) => `/my/admin/mailboxes/${mailboxId}`,
  myLeavers: () => '/my/admin/leavers',
  myAudit: (page: AuditPage = {}) => withQuery('/my/admin/audit', page),
  signIn: (notice?: SignInNotice) => withQuery('/sign-in', { notice }),
  customers: (list: CustomerList = {}) => withQuery('/customers', list),
  customersFile: (list: CustomerList = {}) => withQuery('/api/lists/customers', list),
  search: (place: SearchPlace = {}) => withQuery('/search', place),
  found: (tenantId: string, searchId: string, page: SearchPage = {}) =>
    withQuery(`/search/${tenantId}/${searchId}`, page),
  audit: (list: AuditList = {}) => withQuery('/audit', list),
  auditFile: (list: AuditList = {}) => withQuery('/api/lists/audit', list),
  palette: () => '/api/palette',
  staff: () => '/staff',
  inviteStaff: () => '/staff/invite',
  /** By `tid.oid`, which names an account and no person. */
  member: (subject: string) => `/staff/${subject}`,
  invite: (token: string) => `/invite/${encodeURIComponent(token)}`,
  keys: () => '/keys',
  apiDocs: () => '/api/v1/docs',
  apiDocument: () => '/api/v1/openapi.json',
  sessions: () => '/sessions',
  newCustomer: () => '/customers/new',
  customer: (tenantId: string) => `/customers/${tenantId}`,
  customerConnecting: (tenantId: string) => `/customers/${tenantId}/connecting`,
  customerMailboxes: (tenantId: string, list: MailboxesList = {}) =>
    withQuery(`/customers/${tenantId}/mailboxes`, list),
  /** `day` as the viewer's zone calls it: 2026-11-22. */
  customerRuns: (tenantId: string, list: { day?: string | undefined } = {}) =>
    withQuery(`/customers/${tenantId}/runs`, list),
  customerRestores: (tenantId: string) => `/customers/${tenantId}/restores`,
  customerPolicy: (tenantId: string) => `/customers/${tenantId}/policy`,
  customerAccess: (tenantId: string) => `/customers/${tenantId}/access`,
  customerInvite: (tenantId: string) => `/customers/${tenantId}/access/invite`,
  customerConnection: (tenantId: string) => `/customers/${tenantId}/connection`,
  mailbox: (tenantId: string, mailboxId: string, place: MailboxPlace = {}) =>
    withQuery(`/customers/${tenantId}/mailboxes/${mailboxId}`, place),
  runs: (list: RunsList = {}) => withQuery('/runs', list),
  run: (tenantId: string, runId: string, list: RunList = {}) =>
    withQuery(`/runs/${tenantId}/${runId}`, list),
  restores: (list: RestoresList = {}) => withQuery('/restores', list),
  /** Where a restore begins; what is known already is not asked again. */
  newRestore: (from: RestoreFrom = {}) => withQuery('/restores/new', from),
  /** Leads to the step at which the restore is. */
  restore: (tenantId: string, restoreId: string) => `/restores/${tenantId}/${restoreId}`,
  restoreStep: (tenantId: string, restoreId: string, step: RestoreStep, copy: RestoreCopy = {}) =>
    withQuery(`/restores/${tenantId}/${restoreId}/${step}`, copy),
  export: (tenantId: string, exportId: string) => `/exports/${tenantId}/${exportId}`,
  connect: (token: string, refusal?: string) =>
    withQuery(`/connect/${encodeURIComponent(token)}`, { code: refusal }),
  connectStopped: (refusal: string) => withQuery('/connect/stopped', { code: refusal }),
  runProgress: (tenantId: string, runId: string) => `/api/progress/runs/${tenantId}/${runId}`,
  restoreProgress: (tenantId: string, restoreId: string) =>
    `/api/progress/restores/${tenantId}/${restoreId}`,
  exportProgress: (tenantId: string, exportId: string) =>
    `/api/progress/exports/${tenantId}/${exportId}`,
  exportFile: (tenantId: string, exportId: string) => `/api/exports/${tenantId}/${exportId}`,
  fleetProgress: () => '/api/progress/fleet',
  restoresProgress: () => '/api/progress/restores',
  customerProgress: (tenantId: string) => `/api/progress/customers/${tenantId}`,
  connectProgress: (token: string) => `/api/progress/connect/${token}`,
  /** Formatted mail, for a frame without an origin. */
  mailFrame: (tenantId: string, previewId: string) => `/api/mail/${tenantId}/html/${previewId}`,
  /** An attachment by its number, or the whole item. */
  mailFile: (tenantId: string, mailboxId: string, itemId: string, part?: number) =>
    withQuery(`/api/mail/${tenantId}/file/${mailboxId}/${itemId}`, { part }),
  /** The month that runs; with a customer, its line of it. */
  billing: (of: { customer?: string | undefined } = {}) => withQuery('/billing', of),
  billingMonth: (period: string, list: BillingList = {}) => withQuery(`/billing/${period}`, list),
  /** What one customer has of a line of the month's invoice. */
  billingLine: (period: string, tenantId: string, line: string, list: LineList = {}) =>
    withQuery(`/billing/${period}/${tenantId}/${line}`, list),
  /** By the Exchange id, which names a mailbox and no person. */
  billingMailbox: (period: string, tenantId: string, subject: string) =>
    `/billing/${period}/${tenantId}/mailboxes/${encodeURIComponent(subject)}`,
  /** Where Stripe's page leads back to once somebody has subscribed. */
  billingReturn: (of: { accountId?: string | undefined } = {}) =>
    withQuery('/api/billing/return', of),
  invoices: () => '/billing/invoices',
  invoice: (invoiceId: string) => `/billing/invoices/${encodeURIComponent(invoiceId)}`,
  billingSimulate: (over: SimulatedMonth = {}) => withQuery('/billing/simulate', over),
  resalePrices: (open: { list?: string | undefined } = {}) => withQuery('/billing/prices', open),
  billingAccount: (of: { proof?: string } = {}) => withQuery('/billing/account', of),
  usageFile: (period: string) => `/api/billing/${period}/usage`,
  statementFile: (period: string, of: StatementOf) =>
    withQuery(`/api/billing/${period}/statement`, of),
  entriesFile: (period: string, tenantId: string, line: string) =>
    `/api/billing/${period}/${tenantId}/${line}`,
  auth: (act: 'csrf' | 'signin/entra' | 'signout') => `/api/auth/${act}`,
} as const;

/** A month's customers; the largest only when absent. */
export interface BillingList {
  show?: 'all' | undefined;
}

/** The mailboxes of a line: those that changed when absent; `after` is where the list goes on. */
export interface LineList {
  show?: 'all' | undefined;
  after?: string | undefined;
}

/** Which month and prices a simulation begins with. */
export interface SimulatedMonth {
  period?: string | undefined;
  /** A resale list instead of the plan. */
  list?: string | undefined;
}

export interface StatementOf {
  as: 'pdf' | 'csv' | 'json';
  account?: string | undefined;
  customer?: string | undefined;
  /** A resale list whose prices it shows. */
  list?: string | undefined;
}

export type SignInNotice = 'uninvited' | 'signed-out' | 'refused';

/** The mailboxes of a customer, narrowed to those that a number counted. */
export interface MailboxesList {
  show?:
    | 'look'
    | 'stopped'
    | 'failed'
    | 'late'
    | 'uncovered'
    | 'gaps'
    | 'covered'
    | 'without'
    | 'protected'
    | 'sealed'
    | 'outside'
    | undefined;
  /** With `failed`: what the last run said. */
  cause?: string | undefined;
  page?: number | undefined;
}

/** Where in a mailbox one looks. */
export interface MailboxPlace {
  /** Sequence number of the snapshot; the latest when absent. */
  at?: number | undefined;
  folder?: string | undefined;
  item?: string | undefined;
  /** How the opened item is looked at; its text when absent. */
  view?: ItemLook | undefined;
  /** Only what is no longer there. */
  show?: 'gone' | undefined;
  /** Where the list of items goes on. */
  after?: string | undefined;
}

export type ItemLook = 'formatted' | 'headers' | 'versions';

/** A group of incidents instead of the whole of Tonight; `after` is where it goes on. */
export interface IncidentsList {
  show?: 'all' | 'wait' | 'asleep' | undefined;
  after?: string | undefined;
}

export interface CustomerList {
  show?: 'look' | 'good' | 'quiet' | 'outside' | 'connecting' | undefined;
  /** Subject of a member of staff. */
  assigned?: string | undefined;
  /** What the list is in the order of; worst first when absent. */
  sort?: 'stored' | 'gap' | 'unexplained' | 'oldest' | undefined;
  page?: number | undefined;
}

export interface CoverageList {
  days?: number | undefined;
  /** Only customers that were late or failed on that day of the viewer's zone: 2026-11-22. */
  day?: string | undefined;
  show?: 'all' | 'bad' | undefined;
  page?: number | undefined;
}

/** The log, narrowed; `after` is where it goes on. */
export interface AuditList {
  customer?: string | undefined;
  /** `tid.oid` of an account, or `key:<id>`. */
  person?: string | undefined;
  group?: string | undefined;
  after?: string | undefined;
  /** Follow the chains of a long log, too. */
  check?: 'all' | undefined;
}

export interface LeaverList {
  customer?: string | undefined;
  mailbox?: string | undefined;
  /** Where the list goes on. */
  after?: string | undefined;
}

/** Where a search begins; its words stand in no address. */
export interface SearchPlace {
  customer?: string | undefined;
  mailbox?: string | undefined;
}

/** Where a list of what a search found goes on. */
export interface SearchPage {
  after?: string | undefined;
}

/** What led to an item, and so the way back. */
export interface ItemFrom {
  search?: string | undefined;
  view?: string | undefined;
}

export interface AuditPage {
  show?: string | undefined;
  mailbox?: string | undefined;
  after?: string | undefined;
}

export type RestoreStep = 'pick' | 'where' | 'plan' | 'run' | 'verify';

/** Another copy than the chosen one, while one looks at what is in it. */
export interface RestoreCopy {
  at?: number | undefined;
  /** Of the plan: only the items that one of its numbers counts. */
  show?: 'write' | 'present' | 'changed' | 'cannot' | undefined;
  /** Where a list of its items goes on. */
  after?: number | undefined;
  /** The same of those that failed. */
  failed?: number | undefined;
}

/** What a restore is of, as far as it is known. */
export interface RestoreFrom {
  customer?: string | undefined;
  mailbox?: string | undefined;
  at?: number | undefined;
  folder?: string | undefined;
}

/** A list over all customers, narrowed; `after` is where it goes on. */
export interface RunsList {
  show?: 'open' | 'problems' | 'done' | 'copied' | 'stopped' | 'unexplained' | undefined;
  /** Only runs that began since: milliseconds of the epoch. */
  since?: number | undefined;
  customer?: string | undefined;
  trigger?: 'schedule' | 'manual' | 'onboarding' | undefined;
  after?: string | undefined;
}

export interface RestoresList {
  show?: 'open' | 'problems' | 'done' | undefined;
  customer?: string | undefined;
  group?: string | undefined;
  after?: string | undefined;
  /** Where the downloads below go on. */
  downloads?: string | undefined;
}

export interface RunList {
  cause?: string | undefined;
  /** With `cause`: one cause can skip some items and fail others. */
  outcome?: string | undefined;
  /** Which of its mailboxes: an outcome names those that have items of it. */
  show?:
    | 'problems'
    | 'all'
    | 'stored'
    | 'reused'
    | 'removed'
    | 'skipped'
    | 'failed'
    | 'open'
    | 'left-out'
    | undefined;
  /** The one whose items that were left out are listed. */
  mailbox?: string | undefined;
}

function withQuery(path: string, query: object): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value));
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}
