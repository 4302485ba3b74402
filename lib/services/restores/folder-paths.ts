import type { SourceFolder } from '#lib/exchange/journal.ts';

/** A folder and everything below it; empty when it is not there. */
export function foldersBelow(folders: readonly SourceFolder[], rootId: string): string[] {
  if (!folders.some((folder) => folder.id === rootId)) return [];
  const found = new Set([rootId]);
  for (let size = 0; size !== found.size; ) {
    size = found.size;
    for (const folder of folders) {
      if (folder.parentId !== null && found.has(folder.parentId)) found.add(folder.id);
    }
  }
  return [...found];
}

/** Names from the top, by folder id. A circle in a broken tree ends where it would repeat. */
export function pathsOf(folders: readonly SourceFolder[]): Map<string, string[]> {
  const byId = new Map(folders.map((folder) => [folder.id, folder]));
  return new Map(
    folders.map((folder) => {
      const path: string[] = [];
      const seen = new Set<string>();
      let current: SourceFolder | undefined = folder;
      while (current !== undefined && !seen.has(current.id)) {
        seen.add(current.id);
        path.unshift(current.name);
        current = current.parentId === null ? undefined : byId.get(current.parentId);
      }
      return [folder.id, path];
    }),
  );
}
