import type { Permission } from '#lib/auth/roles.ts';
import type { Audience, QueryOf, Route } from './routes.ts';

const staff = (permission: Permission | null, ...paths: string[]): Route[] =>
  paths.map((path) => ({ path, audience: 'staff', permission }));

const customer = (permission: Permission | null, ...paths: string[]): Route[] =>
  paths.map((path) => ({ path, audience: 'customer', permission }));

const route = (
  audience: Audience,
  permission: Permission | null,
  path: string,
  query?: QueryOf,
): Route => ({ path, audience, permission, isRoute: true, ...(query && { query }) });

/** Opened by a secret in the address, or by anybody: looked at for what they let out alone. */
const door = (path: string, why: string, isRoute = false): Route => ({
  path,
  audience: 'anybody',
  permission: null,
  door: why,
  isRoute,
});

/** What every page and route is for. A new one that is not here fails the build. */
export const pageTable: Route[] = [
  // Staff, the MSP as a whole
  ...staff('customers.read', '/', '/customers', '/coverage', '/runs', '/leavers'),
  ...staff('restores.read', '/restores'),
  {
    path: '/search',
    audience: 'staff',
    permission: 'content.read',
    query: ({ tenantId, mailboxId }) => `customer=${tenantId}&mailbox=${mailboxId}`,
  },
  ...staff('audit.read', '/audit'),
  ...staff('keys.manage', '/keys'),
  ...staff('members.manage', '/staff', '/staff/invite'),
  ...staff(null, '/sessions'),
  ...staff('customers.connect', '/customers/new'),
  {
    path: '/restores/new',
    audience: 'staff',
    permission: 'restores.run',
    query: ({ tenantId, mailboxId }) => `customer=${tenantId}&mailbox=${mailboxId}`,
  },
  {
    path: '/staff/[subject]',
    audience: 'staff',
    permission: 'members.manage',
    names: { subject: 'member' },
    ofMsp: true,
  },

  // Staff, one customer
  ...staff(
    'customers.read',
    '/customers/[tenantId]',
    '/customers/[tenantId]/connecting',
    '/customers/[tenantId]/connection',
    '/customers/[tenantId]/runs',
    '/runs/[tenantId]/[runId]',
  ),
  { path: '/runs/[tenantId]', audience: 'staff', permission: null, leadsOn: true },
  ...staff('mailboxes.read', '/customers/[tenantId]/mailboxes'),
  ...staff('restores.read', '/customers/[tenantId]/restores'),
  ...staff('customers.read', '/customers/[tenantId]/access', '/customers/[tenantId]/policy'),
  ...staff('people.manage', '/customers/[tenantId]/access/invite'),
  ...staff('content.read', '/customers/[tenantId]/mailboxes/[mailboxId]'),
  ...staff(
    'restores.read',
    '/restores/[tenantId]/[restoreId]',
    '/restores/[tenantId]/[restoreId]/plan',
    '/restores/[tenantId]/[restoreId]/run',
    '/restores/[tenantId]/[restoreId]/verify',
    '/restores/[tenantId]/[restoreId]/pick',
    '/restores/[tenantId]/[restoreId]/where',
  ),
  ...staff('restores.read', '/exports/[tenantId]/[exportId]'),
  ...staff('content.read', '/search/[tenantId]/[searchId]'),

  // Usage and billing
  ...staff(
    'usage.read',
    '/billing',
    '/billing/[period]',
    '/billing/[period]/[tenantId]/[dimension]',
    '/billing/[period]/[tenantId]/mailboxes/[subject]',
    '/billing/invoices',
    '/billing/invoices/[invoiceId]',
  ),
  ...staff('billing.read', '/billing/simulate', '/billing/prices', '/billing/account'),

  // People of customers
  ...customer(null, '/my', '/my/restores', '/my/sessions'),
  ...customer('content.read', '/my/mail/[mailboxId]/[itemId]', '/my/search/[searchId]'),
  ...customer('restores.read', '/my/restores/[restoreId]'),
  ...customer('exports.run', '/my/downloads/[exportId]'),
  ...customer('customers.read', '/my/admin/mailboxes', '/my/admin/leavers'),
  ...customer('customers.read', '/my/admin/mailboxes/[mailboxId]'),
  ...customer('audit.read', '/my/admin/audit'),

  // Routes
  route('both', 'customers.read', '/api/progress/fleet'),
  route('both', 'restores.read', '/api/progress/restores'),
  route('both', 'customers.read', '/api/progress/customers/[tenantId]'),
  route('both', 'customers.read', '/api/progress/runs/[tenantId]/[runId]'),
  route('both', 'restores.read', '/api/progress/restores/[tenantId]/[restoreId]'),
  route('both', 'restores.read', '/api/progress/exports/[tenantId]/[exportId]'),
  route('both', 'exports.run', '/api/exports/[tenantId]/[exportId]'),
  route('both', 'content.read', '/api/mail/[tenantId]/html/[previewId]'),
  route('both', 'exports.run', '/api/mail/[tenantId]/file/[mailboxId]/[itemId]'),
  route('both', 'audit.read', '/api/lists/audit'),
  route('both', 'customers.read', '/api/lists/coverage'),
  route('staff', 'customers.read', '/api/lists/customers'),
  route('both', 'usage.read', '/api/billing/[period]/usage'),
  route('both', 'usage.read', '/api/billing/[period]/[tenantId]/[dimension]'),
  route(
    'both',
    'usage.read',
    '/api/billing/[period]/statement',
    (place) => `as=json&account=${place.accountId}`,
  ),
  route('both', 'billing.manage', '/api/billing/return', (place) => `accountId=${place.accountId}`),
  route('staff', null, '/api/palette', (place) => `q=${place.marks.mailbox}`),
  route('both', null, '/api/live'),

  // Doors
  door('/sign-in', 'before anybody is known'),
  door('/invite/[token]', 'the token opens it'),
  door('/connect/[token]', 'the token opens it'),
  door('/connect/stopped', 'says a refusal by its code'),
  door('/connect/return', 'the state opens it', true),
  door('/api/progress/connect/[token]', 'the token opens it', true),
  door('/api/auth/[...nextauth]', 'the sign-in itself', true),
  door('/api/health', 'says that the portal is up', true),
  door('/api/webhooks/stripe', 'Stripe’s signature opens it', true),
  door('/api/v1/[...path]', 'keys open it; the matrix of operations is about it', true),
  door('/api/v1/docs', 'the document is nobody’s secret'),
];
