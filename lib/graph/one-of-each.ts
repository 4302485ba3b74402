import type { GraphClient } from './client.ts';
import { exportItems } from './export.ts';

/** What each readable form needs a permission of its own for. */
export const readableKinds = ['mail', 'calendars', 'contacts', 'tasks'] as const;
export type ReadableKind = (typeof readableKinds)[number];

/** The cheapest read that each permission is needed for; a mail without its text needs less than `Mail.Read`. */
const reads: Record<ReadableKind, string> = {
  mail: 'messages?$top=1&$select=id,bodyPreview',
  calendars: 'events?$top=1&$select=id',
  contacts: 'contacts?$top=1&$select=id',
  tasks: 'todo/lists?$top=1',
};

/** Reads one of a kind of a mailbox, or nothing where there is none. */
export async function readOne(
  client: GraphClient,
  userId: string,
  kind: ReadableKind,
): Promise<void> {
  await client.get(`/users/${encodeURIComponent(userId)}/${reads[kind]}`);
}

/** Has one item exported and throws its bytes away; false where Microsoft gave none. */
export async function exportOne(
  client: GraphClient,
  mailboxId: string,
  itemId: string,
): Promise<boolean> {
  const found = await exportItems(client, mailboxId, [itemId], () => ({
    write() {},
    finish: async () => null,
    discard() {},
  }));
  return found.get(itemId)?.kind === 'stream';
}
