import { globSync } from 'node:fs';
import { newToken } from '#lib/core/ids.ts';
import { projectFolder } from '#lib/launch/project.ts';
import type { FurnishedHouse, Somebody } from '#test/kit/furnished-house.ts';

export interface Visit {
  as: Somebody;
  path: string;
  /** What tells two visits to one page apart. */
  state?: string;
  /** Where it leads at once, for what has no page of its own. */
  leadsTo?: string;
  /** 404 for a page that is not there for this viewer. */
  status?: number;
}

type Facts = FurnishedHouse['facts'];

/**
 * How each page is reached. A page of the app folder without an entry fails the test: write here who
 * opens it, with which ids, and in which states it is worth seeing.
 */
const visits: Record<string, (facts: Facts) => Visit[]> = {
  '/': () => [
    { as: 'owner', path: '/' },
    { as: 'owner', path: '/?show=all', state: 'need you' },
    { as: 'owner', path: '/?show=wait', state: 'can wait' },
    { as: 'owner', path: '/?show=asleep', state: 'asleep' },
    ...seenBy('/', 'newcomer', 'auditor', 'billing'),
  ],
  '/sign-in': () => [
    { as: 'nobody', path: '/sign-in' },
    { as: 'nobody', path: '/sign-in?notice=uninvited', state: 'uninvited' },
  ],
  '/customers': () => [
    { as: 'owner', path: '/customers' },
    { as: 'owner', path: '/customers?show=good&assigned=x', state: 'no match' },
    { as: 'owner', path: '/customers?show=outside&sort=stored', state: 'outside the target' },
    ...seenBy('/customers', 'newcomer', 'auditor', 'billing'),
  ],
  '/customers/new': () => [
    { as: 'owner', path: '/customers/new' },
    ...seenBy('/customers/new', 'auditor'),
  ],
  '/customers/[tenantId]': (f) => [
    { as: 'owner', path: `/customers/${f.tenantId}` },
    { as: 'owner', path: `/customers/${newToken()}`, state: 'missing', status: 404 },
    { as: 'owner', path: `/customers/${f.waitingId}`, state: 'nothing yet' },
    ...seenBy(`/customers/${f.tenantId}`, 'auditor', 'billing'),
  ],
  '/customers/[tenantId]/connecting': (f) => [
    { as: 'owner', path: `/customers/${f.waitingId}/connecting` },
    { as: 'owner', path: `/customers/${f.tenantId}/connecting`, state: 'connected' },
  ],
  '/customers/[tenantId]/mailboxes/[mailboxId]': (f) => [
    { as: 'owner', path: `/customers/${f.tenantId}/mailboxes/${f.mailboxId}` },
    {
      as: 'owner',
      path: `/customers/${f.tenantId}/mailboxes/${f.mailboxId}?at=1&folder=${encodeURIComponent(f.folderId)}&item=${f.itemId}`,
      state: 'reader',
    },
    ...Object.entries(f.folderIds).map(
      ([state, id]): Visit => ({
        as: 'owner',
        path: `/customers/${f.tenantId}/mailboxes/${f.mailboxId}?folder=${encodeURIComponent(id)}`,
        state,
      }),
    ),
    ...seenBy(`/customers/${f.tenantId}/mailboxes/${f.mailboxId}`, 'auditor', 'billing'),
  ],
  ...onCustomer('policy', 'mailboxes', 'runs', 'restores', 'connection', 'access', 'access/invite'),
  '/exports/[tenantId]/[exportId]': (f) => [
    { as: 'owner', path: `/exports/${f.tenantId}/${f.exportId}` },
  ],
  '/restores': () => [
    { as: 'owner', path: '/restores' },
    { as: 'owner', path: '/restores?show=problems', state: 'no match' },
    ...seenBy('/restores', 'newcomer', 'auditor', 'billing'),
  ],
  '/restores/new': (f) => [
    { as: 'owner', path: '/restores/new', state: 'customer' },
    ...seenBy('/restores/new', 'newcomer', 'auditor'),
    { as: 'owner', path: `/restores/new?customer=${f.tenantId}`, state: 'mailbox' },
    { as: 'owner', path: `/restores/new?customer=${f.tenantId}&mailbox=${f.mailboxId}` },
  ],
  '/restores/[tenantId]/[restoreId]': (f) => [
    {
      as: 'owner',
      path: `/restores/${f.tenantId}/${f.plannedId}`,
      leadsTo: `/restores/${f.tenantId}/${f.plannedId}/plan`,
      state: 'planned',
    },
    {
      as: 'owner',
      path: `/restores/${f.tenantId}/${f.restoredId}`,
      leadsTo: `/restores/${f.tenantId}/${f.restoredId}/verify`,
      state: 'done',
    },
  ],
  ...onRestore('pick', 'where', 'plan', 'run', 'verify'),
  '/runs': () => [
    { as: 'owner', path: '/runs' },
    { as: 'owner', path: '/runs?show=problems', state: 'no match' },
    { as: 'owner', path: '/runs?show=copied&since=1', state: 'narrowed' },
    ...seenBy('/runs', 'newcomer', 'auditor'),
  ],
  '/runs/[tenantId]': (f) => [
    { as: 'owner', path: `/runs/${f.tenantId}`, leadsTo: `/customers/${f.tenantId}/runs` },
  ],
  '/runs/[tenantId]/[runId]': (f) => [
    { as: 'owner', path: `/runs/${f.tenantId}/${f.runId}` },
    { as: 'owner', path: `/runs/${f.tenantId}/${f.runId}?show=stored`, state: 'stored' },
    { as: 'owner', path: `/runs/${f.tenantId}/${f.runId}?show=failed`, state: 'no match' },
    ...seenBy(`/runs/${f.tenantId}/${f.runId}`, 'auditor'),
  ],
  '/search/[tenantId]/[searchId]': (f) => [
    { as: 'owner', path: `/search/${f.tenantId}/${f.searchId}` },
  ],
  '/staff/[subject]': (f) => [{ as: 'owner', path: `/staff/${f.technician}` }],
  ...plain('/staff/invite', '/api/v1/docs', '/sessions', '/billing/invoices'),
  '/billing': (f) => [
    { as: 'owner', path: '/billing' },
    { as: 'auditor', path: '/billing', state: 'not theirs' },
    { as: 'newcomer', path: '/billing', state: 'nothing yet' },
    {
      as: 'billing',
      path: `/billing?customer=${f.tenantId}`,
      leadsTo: `/billing/${f.period}/${f.tenantId}/protected-mailboxes`,
      state: 'of a customer',
    },
  ],
  '/billing/[period]': (f) => [
    { as: 'owner', path: `/billing/${f.period}` },
    { as: 'owner', path: '/billing/2020-13', state: 'no month', status: 404 },
  ],
  '/billing/[period]/[tenantId]/[dimension]': (f) => [
    { as: 'owner', path: `/billing/${f.period}/${f.tenantId}/protected-mailboxes?show=all` },
    { as: 'owner', path: `/billing/${f.period}/${f.tenantId}/stored-gib`, state: 'storage' },
    {
      as: 'owner',
      path: `/billing/${f.period}/${f.tenantId}/coffee`,
      state: 'missing',
      status: 404,
    },
  ],
  '/billing/[period]/[tenantId]/mailboxes/[subject]': (f) => [
    { as: 'owner', path: `/billing/${f.period}/${f.tenantId}/mailboxes/${f.subject}` },
  ],
  '/billing/invoices/[invoiceId]': (f) => [
    { as: 'owner', path: `/billing/invoices/${f.invoiceId}` },
  ],
  '/billing/prices': () => [
    { as: 'owner', path: '/billing/prices' },
    { as: 'newcomer', path: '/billing/prices', state: 'nothing yet' },
  ],
  '/billing/account': (f) => [
    { as: 'owner', path: '/billing/account' },
    { as: 'owner', path: `/billing/account?proof=${f.period}`, state: 'proved' },
    { as: 'newcomer', path: '/billing/account', state: 'nothing yet' },
  ],
  '/billing/simulate': (f) => [
    { as: 'owner', path: '/billing/simulate' },
    {
      as: 'owner',
      path: `/billing/simulate?period=${f.period}&list=&currency=usd&aggregation=peak&protected-0-price=3.00&included=0`,
      state: 'simulated',
    },
  ],
  '/coverage': () => [
    { as: 'owner', path: '/coverage' },
    ...seenBy('/coverage', 'newcomer', 'billing'),
  ],
  '/search': (f) => [
    { as: 'owner', path: '/search' },
    {
      as: 'owner',
      path: `/search?customer=${f.tenantId}&mailbox=${f.mailboxId}`,
      state: 'mailbox',
    },
    { as: 'owner', path: `/search?customer=${newToken()}`, state: 'missing', status: 404 },
    ...seenBy('/search', 'newcomer', 'auditor', 'billing'),
  ],
  '/leavers': () => [
    { as: 'owner', path: '/leavers' },
    ...seenBy('/leavers', 'newcomer', 'auditor'),
  ],
  '/audit': () => [
    { as: 'owner', path: '/audit' },
    ...seenBy('/audit', 'newcomer', 'auditor', 'billing'),
  ],
  '/staff': () => [
    { as: 'owner', path: '/staff' },
    ...seenBy('/staff', 'newcomer', 'auditor', 'billing'),
  ],
  '/keys': () => [
    { as: 'owner', path: '/keys' },
    ...seenBy('/keys', 'newcomer', 'auditor', 'billing'),
  ],
  '/connect/[token]': (f) => [
    { as: 'nobody', path: `/connect/${f.connectToken}` },
    { as: 'nobody', path: `/connect/${newToken()}`, state: 'damaged' },
  ],
  '/connect/stopped': () => [{ as: 'nobody', path: '/connect/stopped?code=damaged' }],
  '/invite/[token]': () => [{ as: 'nobody', path: `/invite/${newToken()}`, state: 'damaged' }],
  '/my': () => [
    { as: 'mailbox-owner', path: '/my' },
    { as: 'administrator', path: '/my', state: 'administrator' },
  ],
  '/my/search/[searchId]': (f) => [{ as: 'mailbox-owner', path: `/my/search/${f.ownSearchId}` }],
  '/my/mail/[mailboxId]/[itemId]': (f) => [
    { as: 'mailbox-owner', path: `/my/mail/${f.mailboxId}/${f.itemId}` },
  ],
  '/my/restores': () => [{ as: 'mailbox-owner', path: '/my/restores' }],
  '/my/restores/[restoreId]': (f) => [
    { as: 'mailbox-owner', path: `/my/restores/${f.plannedId}`, state: 'planned' },
    { as: 'mailbox-owner', path: `/my/restores/${f.restoredId}`, state: 'done' },
    { as: 'mailbox-owner', path: `/my/restores/${newToken()}`, state: 'missing', status: 404 },
  ],
  '/my/downloads/[exportId]': (f) => [{ as: 'mailbox-owner', path: `/my/downloads/${f.exportId}` }],
  '/my/sessions': () => [{ as: 'mailbox-owner', path: '/my/sessions' }],
  '/my/admin/mailboxes': () => [{ as: 'administrator', path: '/my/admin/mailboxes' }],
  '/my/admin/mailboxes/[mailboxId]': (f) => [
    { as: 'administrator', path: `/my/admin/mailboxes/${f.mailboxId}` },
  ],
  '/my/admin/leavers': () => [{ as: 'administrator', path: '/my/admin/leavers' }],
  '/my/admin/audit': () => [{ as: 'administrator', path: '/my/admin/audit' }],
};

function plain(...paths: string[]): typeof visits {
  return Object.fromEntries(paths.map((path) => [path, () => [{ as: 'owner' as const, path }]]));
}

/** The same page of people who may not do all of it, or who have nothing yet. */
function seenBy(path: string, ...people: Somebody[]): Visit[] {
  return people.map((as) => ({ as, path, state: as }));
}

function onCustomer(...tabs: string[]): typeof visits {
  return Object.fromEntries(
    tabs.map((tab) => [
      `/customers/[tenantId]/${tab}`,
      (f: Facts) => [
        { as: 'owner' as const, path: `/customers/${f.tenantId}/${tab}` },
        {
          ...{ as: 'auditor' as const, path: `/customers/${f.tenantId}/${tab}`, state: 'auditor' },
          // A page that is for others alone is not there.
          ...(tab === 'access/invite' && { status: 404 }),
        },
        {
          as: 'owner' as const,
          path: `/customers/${f.waitingId}/${tab}`,
          state: 'nothing yet',
        },
      ],
    ]),
  );
}

function onRestore(...steps: string[]): typeof visits {
  return Object.fromEntries(
    steps.map((step) => [
      `/restores/[tenantId]/[restoreId]/${step}`,
      (f: Facts) => [
        {
          as: 'owner' as const,
          path: `/restores/${f.tenantId}/${f.restoredId}/${step}`,
          ...(step === 'run' && {
            leadsTo: `/restores/${f.tenantId}/${f.restoredId}/verify`,
          }),
        },
      ],
    ]),
  );
}

/** Every page there is, as its address with names in brackets. */
export function pagePatterns(): string[] {
  return globSync('app/**/page.tsx', { cwd: projectFolder })
    .map((file) => {
      const segments = file.split('/').slice(1, -1);
      return `/${segments.filter((segment) => !/^\(.*\)$/.test(segment)).join('/')}`;
    })
    .sort();
}

export function visitsOf(pattern: string, facts: Facts): Visit[] {
  return visits[pattern]?.(facts) ?? [];
}
