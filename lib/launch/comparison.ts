import type { SourceMailbox } from './helpdesk.ts';

/** What makes two states of a mailbox differ, as lines for people. */
export interface Difference {
  mailbox: string;
  what: string;
}

const fingerprints = (mailbox: SourceMailbox) => {
  const counts = new Map<string, { count: number; subject: string }>();
  for (const message of mailbox.messages) {
    const key = `${message.folder}\0${message.sha256}`;
    const known = counts.get(key);
    counts.set(key, { count: (known?.count ?? 0) + 1, subject: message.subject });
  }
  return counts;
};

/**
 * Compares mailboxes before and after, by folder path and by the bytes of every message. Ids are left out:
 * a restored message is a new one at Microsoft.
 */
export function compareMailboxes(before: SourceMailbox[], after: SourceMailbox[]): Difference[] {
  const differences: Difference[] = [];
  for (const old of before) {
    const now = after.find((mailbox) => mailbox.userId === old.userId);
    if (!now) {
      differences.push({ mailbox: old.name, what: 'the mailbox is gone' });
      continue;
    }
    const tell = (what: string) => differences.push({ mailbox: old.name, what });
    // Where deleted things go, more may be afterwards than before.
    const bins = new Set(
      [...old.folders, ...now.folders].filter((folder) => folder.bin).map((folder) => folder.path),
    );
    const paths = new Set(now.folders.map((folder) => folder.path));
    for (const { path } of old.folders) if (!paths.has(path)) tell(`folder ${path} is missing`);
    const oldPaths = new Set(old.folders.map((folder) => folder.path));
    for (const path of paths) {
      if (!oldPaths.has(path) && !bins.has(path)) tell(`folder ${path} was not there before`);
    }
    const had = fingerprints(old);
    const has = fingerprints(now);
    for (const [key, { count, subject }] of had) {
      const left = has.get(key)?.count ?? 0;
      const folder = key.split('\0')[0]!;
      if (left < count) tell(`${folder}: "${subject}" is missing or other bytes`);
      if (left > count && !bins.has(folder)) tell(`${folder}: "${subject}" is there twice`);
    }
    for (const [key, { subject }] of has) {
      const folder = key.split('\0')[0]!;
      if (!had.has(key) && !bins.has(folder)) tell(`${folder}: "${subject}" was not there before`);
    }
  }
  return differences;
}
