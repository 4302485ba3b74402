export interface Folder {
  id: string;
  parentId: string | null;
  name: string;
  wellKnown: string | null;
}

export type Placed<F extends Folder> = F & {
  /** 1 at the top. */
  level: number;
  hasChildren: boolean;
};

/** As a tree draws it. */
export type PlacedFolder = Placed<Folder & { itemCount: number; gone: boolean }>;

/** The order people know from Outlook; other folders follow by name. */
const usual = [
  'inbox',
  'drafts',
  'sentitems',
  'archive',
  'deleteditems',
  'junkemail',
  'outbox',
  'calendar',
  'contacts',
  'tasks',
  'notes',
];

function rank(folder: Folder): number {
  const place = folder.wellKnown === null ? -1 : usual.indexOf(folder.wellKnown);
  return place < 0 ? usual.length : place;
}

/** Parents before children, siblings in the usual order. A folder without its parent stands on top. */
export function orderFolders<F extends Folder>(folders: readonly F[]): Placed<F>[] {
  const known = new Set(folders.map((folder) => folder.id));
  const children = new Map<string | null, F[]>();
  for (const folder of folders) {
    const parent = folder.parentId !== null && known.has(folder.parentId) ? folder.parentId : null;
    children.set(parent, [...(children.get(parent) ?? []), folder]);
  }
  const placed: Placed<F>[] = [];
  const place = (parent: string | null, level: number) => {
    const siblings = (children.get(parent) ?? []).sort(
      (a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name),
    );
    for (const folder of siblings) {
      placed.push({ ...folder, level, hasChildren: children.has(folder.id) });
      place(folder.id, level + 1);
    }
  };
  place(null, 1);
  // What hangs in a circle of parents has items all the same.
  const seen = new Set(placed.map((folder) => folder.id));
  const lost = folders.filter((folder) => !seen.has(folder.id));
  return [...placed, ...lost.map((folder) => ({ ...folder, level: 1, hasChildren: false }))];
}

/** Inbox / Harbour */
export function folderPath(folders: readonly Folder[], id: string): string {
  const names: string[] = [];
  let current = folders.find((folder) => folder.id === id);
  while (current !== undefined && names.length < 50) {
    names.unshift(current.name);
    const parentId: string | null = current.parentId;
    current = folders.find((folder) => folder.id === parentId);
  }
  return names.join(' / ');
}

/** What a folder is for: mail, unless Exchange says another class. */
export type FolderLook = 'mail' | 'agenda' | 'contacts' | 'tasks';

export function lookOf(type: string): FolderLook {
  if (/^IPF\.Appointment\b/i.test(type)) return 'agenda';
  if (/^IPF\.Contact\b/i.test(type)) return 'contacts';
  if (/^IPF\.Task\b/i.test(type)) return 'tasks';
  return 'mail';
}

/** The order in which people look for what is in it. */
export const orderOf = {
  mail: 'newest',
  agenda: 'newest',
  contacts: 'name',
  tasks: 'due',
} as const;
