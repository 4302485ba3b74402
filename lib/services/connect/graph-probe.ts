import type { EntraApp, MailboxKind } from '#db/enums.ts';
import { mapLimited } from '#lib/core/concurrency.ts';
import type { GraphClient } from '#lib/graph/client.ts';
import {
  type DirectoryUser,
  exchangeSettings,
  listUsers,
  type MailboxPurpose,
  mailboxPurpose,
  userExists,
} from '#lib/graph/directory.ts';
import { listFolders } from '#lib/graph/folders.ts';
import { openImport } from '#lib/graph/import-session.ts';
import { itemsDelta } from '#lib/graph/items.ts';
import { exportOne, readOne } from '#lib/graph/one-of-each.ts';
import type { TokenSource } from '#lib/graph/token.ts';
import type { ConnectionProbe, DirectoryMailbox } from './probe.ts';

export interface ProbeEngines {
  tokens: Record<EntraApp, TokenSource>;
  client(entraTid: string, app: EntraApp): GraphClient;
}

/** What is exported to prove that it can be is thrown away: it need not be large. */
const itemBytesMax = 4 * 1024 * 1024;

/** Users asked about at a time; the directory allows far more. */
const usersAtOnce = 4;

const kinds: Partial<Record<MailboxPurpose, MailboxKind>> = {
  shared: 'shared',
  room: 'room',
  equipment: 'equipment',
};

/** The probe over Graph. */
export function createGraphProbe(engines: ProbeEngines): ConnectionProbe {
  return {
    token: (entraTid, app) => engines.tokens[app].token(entraTid, { fresh: true }),

    async *mailboxes(entraTid) {
      const client = engines.client(entraTid, 'backup');
      let batch: DirectoryUser[] = [];
      for await (const user of listUsers(client)) {
        batch.push(user);
        if (batch.length < 50) continue;
        yield* await withMailbox(client, batch);
        batch = [];
      }
      yield* await withMailbox(client, batch);
    },

    userExists: (entraTid, entraUserId) =>
      userExists(engines.client(entraTid, 'backup'), entraUserId),

    async readFolders(entraTid, app, exchangeId) {
      const folders = await listFolders(engines.client(entraTid, app), exchangeId);
      return folders[0]?.id ?? null;
    },

    async readItems(entraTid, exchangeId, folderId) {
      const client = engines.client(entraTid, 'backup');
      const target = { mailboxId: exchangeId, folderId };
      const { value } = await itemsDelta(client, target, null, { pageSize: 1 });
      return value.find((item) => !item['@removed'] && (item.size ?? 0) < itemBytesMax)?.id ?? null;
    },

    readKind: (entraTid, entraUserId, kind) =>
      readOne(engines.client(entraTid, 'backup'), entraUserId, kind),

    exportItem: (entraTid, exchangeId, itemId) =>
      exportOne(engines.client(entraTid, 'backup'), exchangeId, itemId),

    async openImport(entraTid, exchangeId) {
      await openImport(engines.client(entraTid, 'restore'), exchangeId);
    },
  };
}

/** A licence is no mailbox, and a shared mailbox has none: only Exchange knows (`research/graph.md` §3.1). */
async function withMailbox(
  client: GraphClient,
  users: DirectoryUser[],
): Promise<DirectoryMailbox[]> {
  const found = await mapLimited(users, usersAtOnce, async (user) => {
    const settings = await exchangeSettings(client, user.id);
    if (settings === null) return null;
    const purpose = await mailboxPurpose(client, user.id);
    return {
      entraUserId: user.id,
      exchangeId: settings.primaryMailboxId,
      address: user.mail ?? user.userPrincipalName,
      displayName: user.displayName ?? user.userPrincipalName,
      kind: (purpose && kinds[purpose]) ?? 'user',
      licensed: hasExchangePlan(user),
    } satisfies DirectoryMailbox;
  });
  return found.filter((mailbox) => mailbox !== null);
}

/** One that ran out is still one while Microsoft lets it be used. */
function hasExchangePlan({ assignedPlans }: DirectoryUser): boolean {
  return (assignedPlans ?? []).some(
    ({ service, capabilityStatus }) =>
      service === 'exchange' && (capabilityStatus === 'Enabled' || capabilityStatus === 'Warning'),
  );
}
