import type { ApiContext } from '#app/_server/api.ts';
import { operationsOf } from '#lib/api/operation.ts';
import type { KeyScope } from '#lib/auth/roles.ts';

/** Declares one operation of the API; what it may be called with is a scope that keys can have. */
export const operation = operationsOf<ApiContext, KeyScope>();

export const tags = {
  Customers:
    'The organisations whose mail is backed up, and the links by which they are connected.',
  Mailboxes: 'The mailboxes of a customer, and the snapshots that were taken of each.',
  Mail: 'What is in a snapshot: folders, messages, events, contacts, tasks. Every look is in the audit log.',
  Search: 'Finds items of a customer, those that are gone among them.',
  Runs: 'Backups: what is going on and how those before ended.',
  Restores: 'Puts items back. First a plan is made, which changes nothing; then it is started.',
  Exports: 'Archives of mail to take away.',
  Usage:
    'What each customer used, mailbox by mailbox and day by day, and what it comes to. Amounts are told to keys that reach the whole account.',
  Audit: 'Who did what. Entries are chained, and nobody can take one out.',
} as const;
export type Tag = keyof typeof tags;

/** Entries of a page. */
export const pageSize = { most: 100, usual: 50 };
