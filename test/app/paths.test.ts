import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { paths } from '#app/paths.ts';

describe('addresses of the portal', () => {
  it('stay what they are: people and documents keep links to them', () => {
    assert.deepEqual(
      {
        home: paths.home(),
        signIn: paths.signIn(),
        signInUninvited: paths.signIn('uninvited'),
        customers: paths.customers(),
        newCustomer: paths.newCustomer(),
        customer: paths.customer('c'),
        coverage: paths.coverage(),
        leavers: paths.leavers(),
        customerConnecting: paths.customerConnecting('c'),
        customerMailboxes: paths.customerMailboxes('c'),
        customerRestores: paths.customerRestores('c'),
        customerAccess: paths.customerAccess('c'),
        customerConnection: paths.customerConnection('c'),
        mailbox: paths.mailbox('c', 'm'),
        mailboxAt: paths.mailbox('c', 'm', { at: 7, folder: 'f=/', item: 'i', after: 'a' }),
        runs: paths.runs(),
        customerRuns: paths.customerRuns('c'),
        run: paths.run('c', 'r'),
        runCause: paths.run('c', 'r', { cause: 'x', show: 'all' }),
        restores: paths.restores(),
        restore: paths.restore('c', 'r'),
        export: paths.export('c', 'e'),
        connect: paths.connect('t'),
        connectRefused: paths.connect('t', 'used'),
        connectStopped: paths.connectStopped('damaged'),
        runProgress: paths.runProgress('c', 'r'),
        restoreProgress: paths.restoreProgress('c', 'r'),
        exportProgress: paths.exportProgress('c', 'e'),
        exportFile: paths.exportFile('c', 'e'),
        customerProgress: paths.customerProgress('c'),
        connectProgress: paths.connectProgress('t'),
        csrf: paths.auth('csrf'),
      },
      {
        home: '/',
        signIn: '/sign-in',
        signInUninvited: '/sign-in?notice=uninvited',
        customers: '/customers',
        newCustomer: '/customers/new',
        customer: '/customers/c',
        coverage: '/coverage',
        leavers: '/leavers',
        customerConnecting: '/customers/c/connecting',
        customerMailboxes: '/customers/c/mailboxes',
        customerRestores: '/customers/c/restores',
        customerAccess: '/customers/c/access',
        customerConnection: '/customers/c/connection',
        mailbox: '/customers/c/mailboxes/m',
        mailboxAt: '/customers/c/mailboxes/m?at=7&folder=f%3D%2F&item=i&after=a',
        runs: '/runs',
        customerRuns: '/customers/c/runs',
        run: '/runs/c/r',
        runCause: '/runs/c/r?cause=x&show=all',
        restores: '/restores',
        restore: '/restores/c/r',
        export: '/exports/c/e',
        connect: '/connect/t',
        connectRefused: '/connect/t?code=used',
        connectStopped: '/connect/stopped?code=damaged',
        runProgress: '/api/progress/runs/c/r',
        restoreProgress: '/api/progress/restores/c/r',
        exportProgress: '/api/progress/exports/c/e',
        exportFile: '/api/exports/c/e',
        customerProgress: '/api/progress/customers/c',
        connectProgress: '/api/progress/connect/t',
        csrf: '/api/auth/csrf',
      },
    );
  });

  it('leave out what is not given, so that one place has one address', () => {
    assert.equal(
      paths.mailbox('c', 'm', { at: undefined, folder: 'f', item: undefined }),
      '/customers/c/mailboxes/m?folder=f',
    );
  });
});
