import type { FolderNode } from '#lib/services/folders/list.ts';

export interface FolderLine {
  id: string;
  /** Inbox / Harbour */
  path: string;
  items: number;
}

/** What people know first: the inbox, then what they sent, then the rest by name. */
const usual = ['inbox', 'sentitems', 'drafts', 'archive', 'calendar', 'contacts', 'deleteditems'];

/** Folders as one list to choose from, each with its whole path; those above stand before. */
export function folderLines(folders: readonly FolderNode[]): FolderLine[] {
  const byId = new Map(folders.map((folder) => [folder.id, folder]));
  return folders
    .map((folder) => {
      const above = ancestry(folder, byId);
      const top = above[0]!.wellKnown;
      const rank = top === null ? -1 : usual.indexOf(top);
      return {
        id: folder.id,
        path: above.map(({ name }) => name).join(' / '),
        items: folder.itemCount,
        rank: rank < 0 ? usual.length : rank,
      };
    })
    .sort((a, b) => a.rank - b.rank || a.path.localeCompare(b.path))
    .map(({ rank: _, ...line }) => line);
}

/** From the top down to the folder itself; parents that go in a circle end it. */
function ancestry(folder: FolderNode, byId: ReadonlyMap<string, FolderNode>): FolderNode[] {
  const line = [folder];
  for (let at = byId.get(folder.parentId ?? ''); at; at = byId.get(at.parentId ?? '')) {
    if (line.includes(at)) break;
    line.unshift(at);
  }
  return line;
}
