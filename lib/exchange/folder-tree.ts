import { AppError } from '#lib/core/errors.ts';
import type { GraphClient } from '#lib/graph/client.ts';
import { GraphError } from '#lib/graph/errors.ts';
import {
  type GraphFolder,
  getWellKnownFolder,
  listFolders,
  wellKnownFolders,
} from '#lib/graph/folders.ts';
import type { SourceFolder } from './journal.ts';

/**
 * The folders of a mailbox as they are now. Folders are told apart by id: names are localised and may
 * occur twice (research/graph.md §3.5).
 * @param known what the catalogue has; saves asking for the well-known ones again
 * @throws AppError `source.gone` when the mailbox is not there any more
 */
export async function readFolderTree(
  client: GraphClient,
  mailboxId: string,
  known: readonly SourceFolder[],
  signal: AbortSignal,
): Promise<SourceFolder[]> {
  const found = await listFolders(client, mailboxId, signal).catch((err) => {
    throw mailboxFailure(err);
  });
  const wellKnown = await wellKnownNames(client, mailboxId, found, known, signal);
  const ids = new Set(found.map(({ id }) => id));
  return found
    .filter(({ id }) => wellKnown.get(id) !== 'msgfolderroot')
    .map((folder) => ({
      id: folder.id,
      parentId: parentOf(folder, ids, wellKnown),
      name: folder.displayName ?? '',
      type: folder.type ?? 'IPF.Note',
      wellKnown: wellKnown.get(folder.id) ?? null,
    }));
}

function parentOf(
  folder: GraphFolder,
  ids: ReadonlySet<string>,
  wellKnown: ReadonlyMap<string, string>,
): string | null {
  const parent = folder.parentFolderId;
  if (!parent || !ids.has(parent) || wellKnown.get(parent) === 'msgfolderroot') return null;
  return parent;
}

async function wellKnownNames(
  client: GraphClient,
  mailboxId: string,
  found: readonly GraphFolder[],
  known: readonly SourceFolder[],
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const { id, wellKnownName } of found) {
    if (wellKnownName) names.set(id, wellKnownName.toLowerCase());
  }
  if (names.size > 0) return names;
  for (const { id, wellKnown } of known) if (wellKnown) names.set(id, wellKnown);
  if (names.size > 0) return names;
  await Promise.all(
    wellKnownFolders.map(async (name) => {
      const folder = await getWellKnownFolder(client, mailboxId, name, signal);
      if (folder) names.set(folder.id, name);
    }),
  );
  return names;
}

function mailboxFailure(err: unknown): unknown {
  if (!(err instanceof GraphError) || err.status !== 404) return err;
  return new AppError(
    'source.gone',
    'The mailbox is not there any more, or has no Exchange Online plan. What was backed up is kept.',
    { cause: err, data: { graphCode: err.graphCode } },
  );
}
