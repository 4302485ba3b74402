import { organisations } from '../entra/organisations.ts';
import type { DirectoryUser } from '../store/store.ts';
import type { Call } from './call.ts';
import { badRequest, GraphFailure } from './failures.ts';
import { type Condition, holds, pick } from './odata.ts';

const exchangePlan = 'efb87545-963c-4e0d-99df-69c6916d9eb0';

function render(user: DirectoryUser): Record<string, unknown> {
  const [givenName = '', ...rest] = user.displayName.split(' ');
  return {
    id: user.id,
    displayName: user.displayName,
    givenName,
    surname: rest.join(' ') || null,
    userPrincipalName: user.address,
    mail: user.mailbox ? user.address : null,
    proxyAddresses: user.mailbox ? [`SMTP:${user.address}`] : [],
    accountEnabled: user.enabled,
    userType: user.userType,
    jobTitle: user.jobTitle,
    preferredLanguage: user.language,
    usageLocation: 'DE',
    onPremisesSyncEnabled: null,
    assignedLicenses: user.licensed
      ? [{ skuId: '05e9a617-0261-4cee-bb44-138d3ef5d965', disabledPlans: [] }]
      : [],
    assignedPlans: user.licensed
      ? [
          {
            assignedDateTime: '2024-02-01T08:00:00Z',
            capabilityStatus: 'Enabled',
            service: 'exchange',
            servicePlanId: exchangePlan,
          },
        ]
      : [],
    createdDateTime: '2024-02-01T08:00:00Z',
    deletedDateTime: null,
  };
}

/** What the real directory tells where nothing is selected. */
const usual = [
  'businessPhones',
  'displayName',
  'givenName',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
];

function usersOf(call: Call): DirectoryUser[] {
  return [...call.store.users.values()]
    .filter((user) => user.tid === call.tid)
    .sort((a, b) => (a.displayName < b.displayName ? -1 : 1));
}

export function listUsers(call: Call): Promise<void> {
  const { select, filter } = call.query;
  const users = usersOf(call).filter((user) =>
    filter.every((condition) => matches(user, condition)),
  );
  return call.list('users', users, (user) => pick(render(user), select ?? usual), 100);
}

function matches(user: DirectoryUser, condition: Condition): boolean {
  if (condition.on !== 'field') throw badRequest('Unsupported filter.');
  const known: Record<string, unknown> = { ...render(user), licensed: user.licensed };
  if (!(condition.field in known))
    throw badRequest(`Invalid filter clause: '${condition.field}'.`, 'Request_UnsupportedQuery');
  return holds(known[condition.field], condition.operator, condition.value);
}

export function getUser(call: Call): Promise<void> {
  return call.entity(200, 'users', pick(render(call.user!), call.query.select ?? usual));
}

/** The user goes to the recycle bin of the directory; the mailbox cannot be reached from now on. */
export function deleteUser(call: Call): Promise<void> {
  call.store.removeUser(call.user!.id);
  return call.reply.empty(204);
}

export function listDeletedUsers(call: Call): Promise<void> {
  const deleted = [...call.store.deletedUsers.values()].filter(({ user }) => user.tid === call.tid);
  return call.list(
    'directoryObjects/microsoft.graph.user',
    deleted,
    ({ user, at }) =>
      pick(
        {
          ...render(user),
          userPrincipalName: `${user.id.replaceAll('-', '')}${user.address}`,
          deletedDateTime: at,
        },
        call.query.select,
      ),
    100,
  );
}

/** No `@odata.nextLink` ever, and everything anew: the directory of the stand-in is small. */
export function usersDelta(call: Call): Promise<void> {
  const token = call.url.searchParams.get('$deltatoken') ?? call.url.searchParams.get('$skiptoken');
  const known = new Set<string>(token === null ? [] : readToken(token));
  const users = usersOf(call);
  const gone = [...call.store.deletedUsers.values()].filter(
    ({ user }) => user.tid === call.tid && known.has(user.id),
  );
  const value: Array<Record<string, unknown>> = users
    .filter((user) => !known.has(user.id))
    .map((user) => pick(render(user), call.query.select ?? usual));
  for (const { user } of gone) value.push({ id: user.id, '@removed': { reason: 'changed' } });
  const next = Buffer.from(JSON.stringify(users.map((user) => user.id))).toString('base64url');
  return call.reply.json(200, {
    '@odata.context': call.context('users'),
    value,
    '@odata.deltaLink': `${call.world.base}/v1.0/users/delta?$deltatoken=${next}`,
  });
}

function readToken(token: string): string[] {
  try {
    const ids: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (Array.isArray(ids)) return ids.map(String);
  } catch {}
  throw new GraphFailure(410, 'syncStateNotFound', 'The sync state generation is not found.');
}

export function getExchangeSettings(call: Call): Promise<void> {
  return call.reply.json(200, {
    '@odata.context': call.context(`users('${call.user!.id}')/settings/exchange/$entity`),
    primaryMailboxId: call.mailbox.exchangeId,
  });
}

export function getUserPurpose(call: Call): Promise<void> {
  void call.mailbox;
  return call.reply.json(200, {
    '@odata.context': call.context(`users('${call.user!.id}')/mailboxSettings/userPurpose`),
    value: call.user!.mailbox!.kind,
  });
}

export function getMailboxSettings(call: Call): Promise<void> {
  const { mailbox } = call;
  return call.reply.json(200, {
    '@odata.context': call.context(`users('${call.user!.id}')/mailboxSettings`),
    archiveFolder: mailbox.folderId(mailbox.wellKnown('archive')!.folder),
    timeZone: 'W. Europe Standard Time',
    delegateMeetingMessageDeliveryOptions: 'sendToDelegateOnly',
    dateFormat: 'dd.MM.yyyy',
    timeFormat: 'HH:mm',
    language: { locale: call.user!.language, displayName: call.user!.language },
    userPurpose: call.user!.mailbox!.kind,
  });
}

export function listOrganisation(call: Call): Promise<void> {
  const own = organisations.filter(({ tid }) => tid === call.tid);
  return call.list('organization', own, ({ tid, name, domain }) =>
    pick(
      {
        id: tid,
        displayName: name,
        countryLetterCode: 'DE',
        tenantType: 'AAD',
        verifiedDomains: [
          {
            name: domain,
            isDefault: true,
            isInitial: true,
            type: 'Managed',
            capabilities: 'Email',
          },
        ],
      },
      call.query.select,
    ),
  );
}
