interface Folder {
  id: string;
  parentId: string | null;
  name: string;
  wellKnown: string | null;
}

/** `path`: Inbox / Harbour */
type FolderLine<F extends Folder> = F & { path: string };

/** What people know first: the inbox, then what they sent, then the rest by name. */
const usual = ['inbox', 'sentitems', 'drafts', 'archive', 'calendar', 'contacts', 'deleteditems'];

/** Folders as one list to choose from, each with its whole path; those above stand before. */
export function folderLines<F extends Folder>(folders: readonly F[]): FolderLine<F>[] {
  const byId = new Map(folders.map((folder) => [folder.id, folder]));
  return folders
    .map((folder) => {
      const above = ancestry(folder, byId);
      const top = above[0]!.wellKnown;
      const rank = top === null ? -1 : usual.indexOf(top);
      return {
        line: { ...folder, path: above.map(({ name }) => name).join(' / ') },
        rank: rank < 0 ? usual.length : rank,
      };
    })
    .sort((a, b) => a.rank - b.rank || a.line.path.localeCompare(b.line.path))
    .map(({ line }) => line);
}

/** From the top down to the folder itself; parents that go in a circle end it. */
function ancestry<F extends Folder>(folder: F, byId: ReadonlyMap<string, F>): F[] {
  const line = [folder];
  for (let at = byId.get(folder.parentId ?? ''); at; at = byId.get(at.parentId ?? '')) {
    if (line.includes(at)) break;
    line.unshift(at);
  }
  return line;
}
