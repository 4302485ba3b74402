import { load } from '#app/_server/failures.ts';
import { myTexts } from '#app/_texts/my.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { listFoldersOfAllCopies } from '#lib/services/folders/list-ever.ts';
import { folderLines } from './folder-lines.ts';

export interface FindFolders {
  mailboxId: string;
  options: { id: string; label: string }[];
}

/** The folders of a mailbox that a search can be in, also those that are there no more. */
export async function findFolders(
  ctx: ServiceContext,
  of: { tenantId: string; mailboxId: string },
): Promise<FindFolders> {
  const folders = await load(listFoldersOfAllCopies(ctx, of));
  return {
    mailboxId: of.mailboxId,
    options: folderLines(folders).map(({ id, path, gone }) => ({
      id,
      label: gone ? myTexts.find.folderGone(path) : path,
    })),
  };
}
