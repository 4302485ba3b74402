import type { ContentRef } from './content.ts';

export interface Address {
  name: string;
  address: string;
}

/** A stretch of the MIME text that stands for bytes by themselves: an attachment, or the HTML body. */
export interface Segment {
  /** Where the text starts and ends in the MIME bytes. */
  start: number;
  end: number;
  /** `plain`: the text is the bytes. */
  coding: 'base64' | 'plain';
  /** Characters in a line of base64; 0: one line without an end. */
  line: number;
  /** Bytes of a line end: 1 (LF) or 2 (CRLF). */
  lineEnd: number;
  /** Bytes that the text stands for. */
  bytes: number;
  name: string;
  contentType: string;
}

/** What the mail routes tell of a message without opening it. */
export interface MailFacts {
  subject: string;
  from: Address | null;
  sender: Address | null;
  to: Address[];
  cc: Address[];
  bcc: Address[];
  replyTo: Address[];
  sent: string | null;
  messageId: string | null;
  conversation: string;
  preview: string;
  hasAttachments: boolean;
  /** Bytes of the header block in the MIME. */
  headerBytes: number;
}

/** Bits of PidTagMessageFlags (research/graph.md §2.6). */
export const messageFlags = { read: 0x1, submitted: 0x4, unsent: 0x8 } as const;

/** Everything about an item but its bytes. Plain data: it goes into the journal. */
export interface StoredItem {
  item: number;
  folder: number;
  sequence: number;
  itemClass: string;
  created: string;
  modified: string;
  received: string;
  size: number;
  categories: string[];
  flags: number;
  followUp: 'notFlagged' | 'flagged' | 'complete';
  importance: 'low' | 'normal' | 'high';
  /** Extended properties that somebody set, by their id as Graph writes it. */
  extended: Record<string, string>;
  /** A message: its MIME bytes and what they say. */
  mail: { facts: MailFacts; content: ContentRef; segments: Segment[] } | null;
  /** Anything else: its JSON resource without ids and keys. */
  resource: Record<string, unknown> | null;
}

export interface StoredFolder {
  folder: number;
  parent: number | null;
  name: string;
  /** Such as `IPF.Note`. */
  type: string;
  wellKnown: string | null;
  hidden: boolean;
  sequence: number;
}

export function isDraft(item: StoredItem): boolean {
  return (item.flags & messageFlags.unsent) !== 0;
}

export function isRead(item: StoredItem): boolean {
  return (item.flags & messageFlags.read) !== 0;
}
