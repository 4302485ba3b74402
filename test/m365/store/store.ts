import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ContentStore } from './content.ts';
import type { StoredFolder, StoredItem } from './item.ts';
import { Journal } from './journal.ts';
import { Mailbox } from './mailbox.ts';

export type MailboxKind = 'user' | 'shared' | 'room' | 'equipment';

/** An account of the directory, with or without a mailbox. */
export interface DirectoryUser {
  id: string;
  tid: string;
  displayName: string;
  /** User principal name and mail address in one. */
  address: string;
  enabled: boolean;
  licensed: boolean;
  userType: 'Member' | 'Guest';
  jobTitle: string | null;
  language: string;
  mailbox: { exchangeId: string; kind: MailboxKind } | null;
}

/** Everything that ever happens to mail, in the order in which it happened. */
type StoreRecord =
  | { is: 'user'; user: DirectoryUser }
  | { is: 'user-gone'; userId: string; at: string }
  | { is: 'folder'; in: string; folder: StoredFolder }
  | { is: 'folder-gone'; in: string; folder: number; sequence: number }
  | { is: 'item'; in: string; item: StoredItem; onlyRead?: true }
  | { is: 'item-gone'; in: string; item: number; sequence: number }
  | { is: 'generation'; in: string; generation: number }
  | { is: 'seeded' };

export interface DeletedUser {
  user: DirectoryUser;
  at: string;
}

/** Users and mailboxes of every organisation; memory for what is asked often, disk for the bytes. */
export class Store {
  readonly users = new Map<string, DirectoryUser>();
  readonly deletedUsers = new Map<string, DeletedUser>();
  readonly content: ContentStore;
  /** True once the first filling is complete. */
  seeded = false;
  readonly #mailboxes = new Map<string, Mailbox>();
  readonly #folder: string;
  #journal!: Journal<StoreRecord>;

  private constructor(folder: string, content: ContentStore) {
    this.#folder = folder;
    this.content = content;
  }

  static async open(folder: string): Promise<Store> {
    await mkdir(folder, { recursive: true });
    const store = new Store(folder, await ContentStore.open(folder));
    store.#journal = Journal.open<StoreRecord>(join(store.#folder, 'journal.jsonl'), (record) =>
      store.#apply(record),
    );
    return store;
  }

  /** Runs `fill` with writes collected, then marks the store as filled. */
  async fill(fill: () => Promise<void>): Promise<void> {
    this.#journal.hold();
    this.content.hold();
    await fill();
    await this.content.release();
    this.#commit({ is: 'seeded' });
    this.#journal.release();
  }

  async close(): Promise<void> {
    this.#journal.close();
    await this.content.close();
  }

  addUser(user: DirectoryUser): Mailbox | null {
    this.#commit({ is: 'user', user });
    return this.mailboxOf(user);
  }

  removeUser(userId: string): void {
    this.#commit({ is: 'user-gone', userId, at: new Date().toISOString() });
  }

  mailboxOf(user: DirectoryUser): Mailbox | null {
    return user.mailbox ? (this.#mailboxes.get(user.mailbox.exchangeId) ?? null) : null;
  }

  /** @param folder without a number: a new one */
  putFolder(
    mailbox: Mailbox,
    folder: Omit<StoredFolder, 'folder' | 'sequence'> & { folder?: number },
  ): StoredFolder {
    const stored: StoredFolder = {
      ...folder,
      folder: folder.folder ?? mailbox.nextFolder,
      sequence: mailbox.sequence + 1,
    };
    this.#commit({ is: 'folder', in: mailbox.exchangeId, folder: stored });
    return stored;
  }

  removeFolder(mailbox: Mailbox, folder: number): void {
    const sequence = mailbox.sequence + 1;
    this.#commit({ is: 'folder-gone', in: mailbox.exchangeId, folder, sequence });
  }

  /** @param item without a number: a new one */
  putItem(
    mailbox: Mailbox,
    item: Omit<StoredItem, 'item' | 'sequence'> & { item?: number },
    options: { onlyRead?: boolean } = {},
  ): StoredItem {
    const stored: StoredItem = {
      ...item,
      item: item.item ?? mailbox.nextItem,
      sequence: mailbox.sequence + 1,
    };
    const onlyRead = options.onlyRead ? { onlyRead: true as const } : {};
    this.#commit({ is: 'item', in: mailbox.exchangeId, item: stored, ...onlyRead });
    return stored;
  }

  removeItem(mailbox: Mailbox, item: number): void {
    const sequence = mailbox.sequence + 1;
    this.#commit({ is: 'item-gone', in: mailbox.exchangeId, item, sequence });
  }

  /** Every cursor given out so far for this mailbox becomes void. */
  forgetCursors(mailbox: Mailbox): void {
    const generation = mailbox.generation + 1;
    this.#commit({ is: 'generation', in: mailbox.exchangeId, generation });
  }

  #commit(record: StoreRecord): void {
    this.#journal.append(record);
    this.#apply(record);
  }

  #apply(record: StoreRecord): void {
    switch (record.is) {
      case 'user':
        this.users.set(record.user.id, record.user);
        if (record.user.mailbox) {
          const { exchangeId } = record.user.mailbox;
          if (!this.#mailboxes.has(exchangeId)) {
            this.#mailboxes.set(exchangeId, new Mailbox(record.user.id, exchangeId));
          }
        }
        return;
      case 'user-gone': {
        const user = this.users.get(record.userId);
        if (!user) return;
        this.users.delete(user.id);
        this.deletedUsers.set(user.id, { user, at: record.at });
        return;
      }
      case 'folder':
        this.#mailbox(record.in).putFolder(record.folder);
        return;
      case 'folder-gone':
        this.#mailbox(record.in).removeFolder(record.folder, record.sequence);
        return;
      case 'item':
        if (record.item.mail) this.content.noticed(record.item.mail.content);
        this.#mailbox(record.in).putItem(record.item, record.onlyRead ?? false);
        return;
      case 'item-gone':
        this.#mailbox(record.in).removeItem(record.item, record.sequence);
        return;
      case 'generation':
        this.#mailbox(record.in).generation = record.generation;
        return;
      case 'seeded':
        this.seeded = true;
    }
  }

  #mailbox(exchangeId: string): Mailbox {
    return this.#mailboxes.get(exchangeId)!;
  }
}
