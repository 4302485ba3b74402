import { newId } from '#lib/core/ids.ts';
import type { ConnectionProbe, DirectoryMailbox } from '#lib/services/connect/probe.ts';
import { neededRoles } from '#lib/services/connect/rules.ts';

/** Microsoft as seen by the check of a consent: everything is granted until a test says otherwise. */
export interface TestProbe extends ConnectionProbe {
  /** Answers for the next calls; a function may throw. */
  answers: {
    token: ConnectionProbe['token'];
    mailboxes: DirectoryMailbox[];
    readItems: ConnectionProbe['readItems'];
  };
}

export function directoryMailbox(more: Partial<DirectoryMailbox> = {}): DirectoryMailbox {
  return {
    entraUserId: newId(),
    exchangeId: `MBX:${newId()}`,
    address: 'adele@contoso.example',
    displayName: 'Adele Vance',
    kind: 'user',
    ...more,
  };
}

export function createTestProbe(mailboxes = [directoryMailbox()]): TestProbe {
  const answers: TestProbe['answers'] = {
    token: async (entraTid, app) => ({ tid: entraTid, roles: [...neededRoles[app]] }),
    mailboxes,
    readItems: async () => {},
  };
  return {
    answers,
    token: (entraTid, app) => answers.token(entraTid, app),
    async *mailboxes() {
      yield* answers.mailboxes;
    },
    readFolders: async () => 'inbox',
    readItems: (...call) => answers.readItems(...call),
  };
}
