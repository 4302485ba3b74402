import { load } from '#app/_server/failures.ts';
import { searchTexts } from '#app/_texts/search.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { listFoldersOfAllCopies } from '#lib/services/folders/list-ever.ts';
import {
  folderPath,
  orderFolders,
} from '../../customers/[tenantId]/mailboxes/[mailboxId]/parts/folders.ts';

/** The folders of a mailbox that a search can be in; null without a mailbox. */
export async function folderOptions(
  ctx: ServiceContext,
  { tenantId, mailboxId }: { tenantId: string; mailboxId: string | null },
): Promise<{ id: string; name: string }[] | null> {
  if (mailboxId === null) return null;
  const folders = await load(listFoldersOfAllCopies(ctx, { tenantId, mailboxId }));
  return orderFolders(folders).map(({ id, gone }) => {
    const path = folderPath(folders, id);
    return { id, name: gone ? searchTexts.folderGone(path) : path };
  });
}
