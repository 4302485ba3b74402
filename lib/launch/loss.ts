import type { SourceMailbox } from './helpdesk.ts';

const messagesToDelete = 25;

export interface Loss {
  messages: Array<{ userId: string; mailbox: string; id: string }>;
  folder: { userId: string; mailbox: string; id: string; path: string; messages: number } | null;
}

/** Mail somebody might delete: messages of the fullest mailbox, and a small folder of people's own. */
export function chooseLoss(source: SourceMailbox[]): Loss {
  const byFullness = [...source].sort((a, b) => b.messages.length - a.messages.length);
  const folders = byFullness.flatMap((mailbox) =>
    mailbox.folders
      .filter((folder) => folder.wellKnown === null && !folder.bin)
      // Of two folders with one name the comparison by path could not tell which is missing.
      .filter(({ path }) => mailbox.folders.filter((other) => other.path === path).length === 1)
      .map((folder) => ({
        userId: mailbox.userId,
        mailbox: mailbox.name,
        id: folder.id,
        path: folder.path,
        messages: mailbox.messages.filter(
          (message) =>
            message.folder === folder.path || message.folder.startsWith(`${folder.path}/`),
        ).length,
      })),
  );
  const folder =
    folders.find((it) => it.messages > 0 && it.path.includes('/')) ??
    folders.find((it) => it.messages > 0) ??
    null;
  const fullest = byFullness[0];
  const quiet = new Set(
    fullest?.folders
      .filter((it) => it.bin || /^(drafts|outbox|junkemail)$/.test(it.wellKnown ?? ''))
      .map((it) => it.path),
  );
  const messages = (fullest?.messages ?? [])
    .filter((message) => !quiet.has(message.folder))
    .filter(
      (message) =>
        folder === null ||
        fullest?.userId !== folder.userId ||
        (message.folder !== folder.path && !message.folder.startsWith(`${folder.path}/`)),
    )
    .slice(0, messagesToDelete)
    .map((message) => ({ userId: fullest!.userId, mailbox: fullest!.name, id: message.id }));
  return { messages, folder };
}
