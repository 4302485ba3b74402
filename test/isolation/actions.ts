import type { Permission } from '#lib/auth/roles.ts';
import type { Action, Audience } from './routes.ts';
import type { Place } from './world.ts';

type Fields = Action['fields'];

const inFile =
  (file: string, audience: Audience = 'both') =>
  (
    name: string,
    permission: Permission | null,
    fields: Fields | null = null,
    more: Partial<Action> = {},
  ): Action => ({
    name: `app/${file}/actions.ts ${name}`,
    audience,
    permission,
    fields: fields ?? (() => ({})),
    namesAPlace: fields !== null,
    ...more,
  });

const only =
  (...names: (keyof Place)[]): Fields =>
  (place) =>
    Object.fromEntries(names.map((name) => [name, String(place[name])]));

const withMore =
  (fields: Fields, more: Record<string, string>): Fields =>
  (place) => ({ ...fields(place), ...more });

const tonight = inFile('(portal)');
const customers = inFile('(portal)/customers');
const customer = inFile('(portal)/customers/[tenantId]');
const connecting = inFile('(portal)/customers/[tenantId]/connecting');
const connection = inFile('(portal)/customers/[tenantId]/(tabs)/connection');
const access = inFile('(portal)/customers/[tenantId]/(tabs)/access');
const policy = inFile('(portal)/customers/[tenantId]/(tabs)/policy');
const mailbox = inFile('(portal)/customers/[tenantId]/mailboxes/[mailboxId]');
const leavers = inFile('(portal)/leavers');
const newCustomer = inFile('(portal)/customers/new');
const wizard = inFile('(portal)/restores');
const restore = inFile('(portal)/restores/[tenantId]/[restoreId]');
const run = inFile('(portal)/runs/[tenantId]/[runId]');
const download = inFile('(portal)/exports/[tenantId]/[exportId]');
const search = inFile('(portal)/search');
const staff = inFile('(portal)/staff');
const sessions = inFile('(portal)/sessions');
const keys = inFile('(portal)/keys');
const billing = inFile('(portal)/billing');
const my = inFile('my', 'customer');
const mySessions = inFile('my/sessions', 'customer');

const incident = withMore(only('tenantId'), { cause: 'late' });
const ofMailbox: Fields = (place) => ({
  tenantId: place.tenantId,
  mailboxId: place.mailboxId,
  sequence: '2',
  item: place.itemId,
});
const chosen = withMore(ofMailbox, { what: 'items', downloaded: 'items' });
const whereTo = { where: 'original', collisions: 'skip' };

/** What every server action may do. A new one that is not here fails the build. */
export const actionTable: Action[] = [
  tonight('take', 'backups.run', incident),
  tonight('release', 'backups.run', incident),
  tonight('wake', 'backups.run', incident),
  tonight('snooze', 'backups.run', withMore(incident, { until: '7d', reason: 'Known to us' })),
  tonight('setTicket', 'backups.run', withMore(incident, { ticket: 'T-1' })),
  newCustomer('addCustomer', 'customers.connect', null),
  customers('backUpChosen', 'backups.run', only('tenantId'), { amongOthers: true }),
  customer('backUpNow', 'backups.run', only('tenantId')),
  customer('sendNewLink', 'customers.connect', only('tenantId')),
  connecting('withdraw', 'customers.connect', only('tenantId')),
  policy(
    'setPolicy',
    'policies.manage',
    withMore(only('tenantId'), { everyMinutes: '720', backups: 'paused' }),
  ),
  connection(
    'disconnect',
    'policies.manage',
    withMore(only('tenantId'), { reason: 'Contract ended' }),
    { deniedOnly: 'it ends the customer that all others are about' },
  ),
  access(
    'invitePerson',
    'people.manage',
    withMore(only('tenantId', 'mailboxId'), { name: 'Somebody', role: 'mailbox-owner' }),
  ),
  access('revokeInvitation', 'people.manage', only('invitationId')),
  access('setSelfService', 'people.manage', withMore(only('tenantId'), { mode: 'invited' })),
  access('disablePerson', 'people.manage', (place) => ({
    tenantId: place.tenantId,
    subject: place.person,
  })),
  access('enablePerson', 'people.manage', (place) => ({
    tenantId: place.tenantId,
    subject: place.person,
  })),
  mailbox('makeDownload', 'exports.run', chosen),
  leavers('exportLeaver', 'exports.run', ofMailbox, { deniedOnly: 'nobody left here' }),
  wizard('openWizard', 'restores.run', chosen),
  wizard('chooseWhere', 'restores.run', withMore(only('tenantId', 'restoreId'), whereTo)),
  restore('executeRestore', 'restores.run', only('tenantId', 'restoreId')),
  restore('cancelRestore', 'restores.run', only('tenantId', 'restoreId')),
  run('pauseRun', 'backups.run', only('tenantId', 'runId')),
  run('resumeRun', 'backups.run', only('tenantId', 'runId')),
  run('cancelRun', 'backups.run', only('tenantId', 'runId')),
  download('exportAgain', 'exports.run', only('tenantId', 'exportId')),
  download('stopExport', 'exports.run', only('tenantId', 'exportId')),
  search('searchMail', 'content.read', (place) => ({
    tenantId: place.tenantId,
    mailboxId: place.mailboxId,
    words: 'subject',
  })),
  search('takeFound', 'restores.run', (place) => ({
    tenantId: place.tenantId,
    searchId: place.searchId,
    item: place.itemId,
  })),
  staff('inviteStaff', 'members.manage', null),
  staff('revokeInvitation', 'members.manage', only('invitationId')),
  staff(
    'setMemberRole',
    'members.manage',
    (place) => ({ subject: place.member, role: 'auditor' }),
    { ofMsp: true },
  ),
  staff(
    'assignMember',
    'members.manage',
    (place) => ({
      subject: place.member,
      reach: 'some',
      customer: place.tenantId,
    }),
    { ofMsp: true },
  ),
  sessions('endSession', 'sessions.manage', only('sessionId'), { ofMsp: true }),
  sessions('endOtherSessions', null),
  billing('subscribe', 'billing.manage', only('accountId')),
  billing('finishSubscribing', 'billing.manage', only('accountId')),
  billing('openPayment', 'billing.manage', only('accountId')),
  billing('catchUp', 'billing.manage', only('accountId')),
  billing('compareAgain', 'billing.manage', only('accountId', 'period')),
  billing('writeOff', 'billing.manage', withMore(only('accountId', 'period'), { reason: 'Paid.' })),
  billing('saveResalePrices', 'billing.manage', null),
  billing('setExternalId', 'billing.manage', withMore(only('tenantId'), { externalId: 'C-1' })),
  billing('billDirectly', 'billing.manage', only('tenantId')),
  billing('stopDirect', 'billing.manage', only('tenantId')),
  keys('createKey', 'keys.manage', null),
  keys('revokeKey', 'keys.manage', only('keyId')),
  my('findMail', 'content.read', (place) => ({
    mailbox: place.mailboxId,
    words: 'subject',
    when: 'any',
  })),
  my('putBackFound', 'restores.run', (place) => ({
    searchId: place.searchId,
    item: place.itemId,
  })),
  my('downloadFound', 'exports.run', (place) => ({
    searchId: place.searchId,
    item: place.itemId,
  })),
  my('putBackItem', 'restores.run', ofMailbox),
  my('chooseWhat', 'restores.run', withMore(ofMailbox, { what: 'mailbox' })),
  my('chooseWhere', 'restores.run', withMore(only('restoreId'), whereTo)),
  my('lookAgain', 'restores.run', only('restoreId')),
  my('execute', 'restores.run', only('restoreId')),
  my('cancel', 'restores.run', only('restoreId')),
  mySessions('endOne', 'sessions.manage', only('sessionId'), {
    deniedOnly: 'one’s own alone',
    ofMsp: true,
  }),
  mySessions('endOthers', null),
  // Last, since it ends what others of the list work on.
  staff('disableMember', 'members.manage', (place) => ({ subject: place.member }), { ofMsp: true }),
  {
    name: 'app/connect/[token]/actions.ts continueToMicrosoft',
    audience: 'anybody',
    permission: null,
    fields: () => ({ token: 'a'.repeat(43) }),
    namesAPlace: false,
    page: '/connect/[token]',
  },
  {
    name: 'app/invite/[token]/actions.ts accept',
    audience: 'anybody',
    permission: null,
    fields: () => ({ token: 'a'.repeat(43) }),
    namesAPlace: false,
    page: '/invite/[token]',
  },
];
