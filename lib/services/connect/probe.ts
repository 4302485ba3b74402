import type { EntraApp, MailboxKind } from '#db/enums.ts';
import type { ReadableKind } from '#lib/graph/one-of-each.ts';

/** A mailbox as the organisation's directory and Exchange tell about it. */
export interface DirectoryMailbox {
  entraUserId: string;
  exchangeId: string;
  address: string;
  displayName: string;
  kind: MailboxKind;
  /** Its account may use Exchange by licence; shared mailboxes and rooms usually may not. */
  licensed: boolean;
}

/**
 * The calls that prove a consent, by the worker, which holds the credentials. Errors are those of
 * `lib/graph`: `consent.missing` with `data.aadsts`, `credential.invalid`, `source.refused`, …
 */
export interface ConnectionProbe {
  /** What Microsoft grants right now: never from a cache, which may be older than the consent. */
  token(entraTid: string, app: EntraApp): Promise<{ tid: string; roles: string[] }>;
  /** Every user that has a mailbox in Exchange Online. */
  mailboxes(entraTid: string): AsyncIterable<DirectoryMailbox>;
  /** Whether the directory still has this user: a list may be incomplete, this answer is not. */
  userExists(entraTid: string, entraUserId: string): Promise<boolean>;
  /** Reads the folders of one mailbox; resolves to one folder to look into. */
  readFolders(entraTid: string, app: EntraApp, exchangeId: string): Promise<string | null>;
  /** Reads one page of items; resolves to one of them. */
  readItems(entraTid: string, exchangeId: string, folderId: string): Promise<string | null>;
  /** Reads one message, event, contact or list of tasks of a mailbox. */
  readKind(entraTid: string, entraUserId: string, kind: ReadableKind): Promise<void>;
  /** Has one item exported; false where Microsoft gave none. */
  exportItem(entraTid: string, exchangeId: string, itemId: string): Promise<boolean>;
  /** Asks with the restore app where items could be put. Writes nothing. */
  openImport(entraTid: string, exchangeId: string): Promise<void>;
}
