import { z } from 'zod';
import { mailboxKinds, mailboxStates } from '#db/enums.ts';
import { id, moment, timeOf } from '#lib/api/fields.ts';
import { getMailbox } from '#lib/services/mailboxes/get.ts';
import { listMailboxes } from '#lib/services/mailboxes/list.ts';
import type { MailboxRow } from '#lib/services/mailboxes/view.ts';
import { operation, pageSize } from './declare.ts';
import { pageOf, wholeListPosition } from './whole-list.ts';

const mailbox = z
  .object({
    id,
    name: z.string(),
    address: z.string(),
    kind: z.enum(mailboxKinds),
    state: z
      .enum(mailboxStates)
      .describe(
        '`sealed`: gone at Microsoft, or its customer was disconnected; what was copied stays',
      ),
    items: z.number().int().describe('Of its last copy'),
    searchable: z
      .number()
      .int()
      .describe('Of its items, those that a search finds; fewer while the index is behind'),
    bytes: z.number().int(),
    lastGoodAt: moment.nullable(),
    lastOutcome: z.string().nullable(),
    sealedAt: moment.nullable(),
  })
  .meta({ id: 'Mailbox' });

const snapshot = z
  .object({
    id,
    snapshot: z.number().int().describe('Its number, by which other operations take it'),
    takenAt: moment,
    items: z.number().int(),
    added: z.number().int(),
    removed: z.number().int(),
  })
  .meta({ id: 'Snapshot' });

function viewMailbox(row: MailboxRow): z.input<typeof mailbox> {
  return {
    id: row.id,
    name: row.name,
    address: row.address,
    kind: row.kind,
    state: row.state,
    items: row.items,
    searchable: row.indexed,
    bytes: row.bytes,
    lastGoodAt: timeOf(row.lastGoodAt),
    lastOutcome: row.lastOutcome,
    sealedAt: timeOf(row.sealedAt),
  };
}

export const mailboxOperations = [
  operation({
    id: 'listMailboxes',
    method: 'GET',
    path: '/customers/{customerId}/mailboxes',
    tag: 'Mailboxes',
    summary: 'List mailboxes',
    description: 'By name, sealed ones among them.',
    scope: 'mailboxes.read',
    page: { position: wholeListPosition, ...pageSize },
    status: 200,
    answer: mailbox,
    says: 'A page of mailboxes',
    run: async ({ ctx, path, after, limit }) => {
      const rows = await listMailboxes(ctx, { tenantId: path.customerId });
      const page = pageOf(rows, { after, limit });
      return { ...page, items: page.items.map(viewMailbox) };
    },
  }),
  operation({
    id: 'getMailbox',
    method: 'GET',
    path: '/customers/{customerId}/mailboxes/{mailboxId}',
    tag: 'Mailboxes',
    summary: 'Get a mailbox',
    scope: 'mailboxes.read',
    status: 200,
    answer: mailbox,
    says: 'The mailbox',
    run: async ({ ctx, path: { customerId: tenantId, mailboxId } }) => ({
      body: viewMailbox(await getMailbox(ctx, { tenantId, mailboxId })),
    }),
  }),
  operation({
    id: 'listSnapshots',
    method: 'GET',
    path: '/customers/{customerId}/mailboxes/{mailboxId}/snapshots',
    tag: 'Mailboxes',
    summary: 'List snapshots of a mailbox',
    description: 'Newest first.',
    scope: 'mailboxes.read',
    page: { position: wholeListPosition, ...pageSize },
    status: 200,
    answer: snapshot,
    says: 'A page of snapshots',
    run: async ({ ctx, path: { customerId: tenantId, mailboxId }, after, limit }) => {
      const { snapshots } = await getMailbox(ctx, { tenantId, mailboxId });
      const page = pageOf(snapshots, { after, limit });
      return {
        ...page,
        items: page.items.map((row) => ({
          id: row.id,
          snapshot: row.sequence,
          takenAt: timeOf(row.takenAt),
          items: row.items,
          added: row.added,
          removed: row.removed,
        })),
      };
    },
  }),
];
