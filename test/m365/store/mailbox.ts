import { type Change, ChangeLog } from './change-log.ts';
import { changeKey, folderId, immutableItemId, mailboxTag, parseId, regularItemId } from './ids.ts';
import type { StoredFolder, StoredItem } from './item.ts';

/** One mailbox as it is now, and how it came to be so. Changed only through the records of the store. */
export class Mailbox {
  readonly exchangeId: string;
  readonly userId: string;
  readonly tag: string;
  readonly folders = new Map<number, StoredFolder>();
  readonly items = new Map<number, StoredItem>();
  readonly folderLog = new ChangeLog();
  /** Cursors of an older generation are forgotten (410). */
  generation = 1;
  sequence = 0;
  nextFolder = 1;
  nextItem = 1;
  readonly #members = new Map<number, Set<number>>();
  readonly #logs = new Map<number, ChangeLog>();

  constructor(userId: string, exchangeId: string) {
    this.userId = userId;
    this.exchangeId = exchangeId;
    this.tag = mailboxTag(exchangeId);
  }

  putFolder(folder: StoredFolder): void {
    this.folders.set(folder.folder, folder);
    this.#logFolder({ sequence: folder.sequence, member: folder.folder, what: 'put' });
    this.nextFolder = Math.max(this.nextFolder, folder.folder + 1);
  }

  removeFolder(folder: number, sequence: number): void {
    this.folders.delete(folder);
    this.#logFolder({ sequence, member: folder, what: 'gone' });
  }

  putItem(item: StoredItem, onlyRead: boolean): void {
    const before = this.items.get(item.item);
    this.items.set(item.item, item);
    if (before && before.folder !== item.folder) this.#leave(before, item.sequence);
    this.#membersOf(item.folder).add(item.item);
    const what = onlyRead ? 'read' : 'put';
    this.log(item.folder).add({ sequence: item.sequence, member: item.item, what });
    this.#seen(item.sequence);
    this.nextItem = Math.max(this.nextItem, item.item + 1);
  }

  removeItem(item: number, sequence: number): void {
    const before = this.items.get(item);
    this.items.delete(item);
    if (before) this.#leave(before, sequence);
    this.#seen(sequence);
  }

  log(folder: number): ChangeLog {
    let log = this.#logs.get(folder);
    if (!log) {
      log = new ChangeLog();
      this.#logs.set(folder, log);
    }
    return log;
  }

  itemsIn(folder: number): StoredItem[] {
    return [...this.#membersOf(folder)].map((item) => this.items.get(item)!);
  }

  countIn(folder: number): number {
    return this.#membersOf(folder).size;
  }

  childrenOf(folder: number): StoredFolder[] {
    return [...this.folders.values()].filter((it) => it.parent === folder);
  }

  wellKnown(name: string): StoredFolder | undefined {
    const wanted = name.toLowerCase();
    return [...this.folders.values()].find((folder) => folder.wellKnown === wanted);
  }

  /** Finds a folder by id or by well-known name. */
  folder(id: string): StoredFolder | undefined {
    const parsed = parseId(this.tag, id);
    if (parsed?.kind === 'folder') return this.folders.get(parsed.folder);
    return this.wellKnown(id);
  }

  /** Finds an item by either kind of id; a regular id is void once the item has moved. */
  item(id: string): StoredItem | undefined {
    const parsed = parseId(this.tag, id);
    if (parsed?.kind !== 'item') return undefined;
    const item = this.items.get(parsed.item);
    return item && (parsed.folder === null || parsed.folder === item.folder) ? item : undefined;
  }

  looksLikeId(id: string): boolean {
    return parseId(this.tag, id) !== null;
  }

  folderId(folder: number): string {
    return folderId(this.tag, folder);
  }

  itemId(item: { item: number; folder: number }, immutable: boolean): string {
    return immutable
      ? immutableItemId(this.tag, item.item)
      : regularItemId(this.tag, item.folder, item.item);
  }

  changeKey(item: StoredItem): string {
    return changeKey(this.tag, item.sequence);
  }

  /** True for everything that a user sees in Outlook: below the top, and not hidden. */
  inUserTree(folder: StoredFolder): boolean {
    for (let at: StoredFolder | undefined = folder; at; at = this.folders.get(at.parent ?? -1)) {
      if (at.hidden) return false;
    }
    return true;
  }

  #leave(item: StoredItem, sequence: number): void {
    this.#membersOf(item.folder).delete(item.item);
    this.log(item.folder).add({ sequence, member: item.item, what: 'gone' });
  }

  #logFolder(change: Change): void {
    this.folderLog.add(change);
    this.#seen(change.sequence);
  }

  #seen(sequence: number): void {
    this.sequence = Math.max(this.sequence, sequence);
  }

  #membersOf(folder: number): Set<number> {
    let members = this.#members.get(folder);
    if (!members) {
      members = new Set();
      this.#members.set(folder, members);
    }
    return members;
  }
}
