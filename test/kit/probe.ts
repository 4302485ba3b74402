import { newId } from '#lib/core/ids.ts';
import type { ConnectionProbe, DirectoryMailbox } from '#lib/services/connect/probe.ts';
import { neededRoles } from '#lib/services/connect/rules.ts';

/** Microsoft as seen by the check of a consent: everything is granted until a test says otherwise. */
export interface TestProbe extends ConnectionProbe {
  /** Answers for the next calls; a function may throw. */
  answers: {
    token: ConnectionProbe['token'];
    mailboxes: DirectoryMailbox[];
    /** Without an answer of its own, a user exists who is in the list. */
    userExists: (entraUserId: string) => Promise<boolean>;
    readItems: ConnectionProbe['readItems'];
    readKind: ConnectionProbe['readKind'];
    exportItem: ConnectionProbe['exportItem'];
    openImport: ConnectionProbe['openImport'];
  };
}

export function directoryMailbox(more: Partial<DirectoryMailbox> = {}): DirectoryMailbox {
  return {
    entraUserId: newId(),
    exchangeId: `MBX:${newId()}`,
    address: 'adele@contoso.example',
    displayName: 'Adele Vance',
    kind: 'user',
    licensed: true,
    ...more,
  };
}

export function createTestProbe(mailboxes = [directoryMailbox()]): TestProbe {
  const answers: TestProbe['answers'] = {
    token: async (entraTid, app) => ({ tid: entraTid, roles: [...neededRoles[app]] }),
    mailboxes,
    userExists: async (id) => answers.mailboxes.some(({ entraUserId }) => entraUserId === id),
    readItems: async () => 'item',
    readKind: async () => {},
    exportItem: async () => true,
    openImport: async () => {},
  };
  return {
    answers,
    token: (entraTid, app) => answers.token(entraTid, app),
    async *mailboxes() {
      yield* answers.mailboxes;
    },
    userExists: (_entraTid, entraUserId) => answers.userExists(entraUserId),
    readFolders: async () => 'inbox',
    readItems: (...call) => answers.readItems(...call),
    readKind: (...call) => answers.readKind(...call),
    exportItem: (...call) => answers.exportItem(...call),
    openImport: (...call) => answers.openImport(...call),
  };
}
