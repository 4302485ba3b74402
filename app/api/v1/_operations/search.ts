import { z } from 'zod';
import { itemKinds } from '#db/enums.ts';
import { id, moment, momentGiven, phrase, timeOf } from '#lib/api/fields.ts';
import { exportFound } from '#lib/services/search/export-found.ts';
import { restoreFound } from '#lib/services/search/restore-found.ts';
import { searchResults } from '#lib/services/search/results.ts';
import { startSearch } from '#lib/services/search/start.ts';
import { operation, pageSize } from './declare.ts';
import { folderId } from './mail.ts';
import { collisions, destination } from './selection.ts';

const given = momentGiven.optional();

/** Without any of them there is nothing to look for. */
const oneOf = [
  ...(['words', 'folderId', 'from', 'until', 'person', 'attachment'] as const),
  ...(['goneOnly', 'goneFrom', 'goneUntil'] as const),
];

const wish = z
  .strictObject({
    mailboxId: id.optional().describe('Every mailbox of the customer where it is left out'),
    words: phrase(500)
      .optional()
      .describe('May be left out where a filter says what to find; "in quotes" for words in a row'),
    folderId: folderId.optional().describe('Of the mailbox, which is given with it'),
    from: given.describe('Not older. A moment with its zone: a day begins where you say it does'),
    until: given.describe('Not newer'),
    person: phrase(200).optional().describe('A part of a name or an address'),
    attachment: phrase(200).optional().describe('A part of the name of a file'),
    goneOnly: z
      .literal(true)
      .optional()
      .describe(
        'Only what is no longer in its mailbox, or lies in Deleted Items or Recoverable Items alone',
      ),
    goneFrom: given.describe('Gone since then or later'),
    goneUntil: given.describe('Gone since then or earlier'),
  })
  .refine((asked) => oneOf.some((field) => asked[field] !== undefined), {
    error: 'Give words to look for, or a filter.',
    path: ['words'],
  })
  .refine((asked) => asked.folderId === undefined || asked.mailboxId !== undefined, {
    error: 'Give the mailbox of the folder.',
    path: ['mailboxId'],
  })
  .meta({
    anyOf: oneOf.map((field) => ({ required: [field] })),
    dependentRequired: { folderId: ['mailboxId'] },
  });

const hit = z
  .object({
    itemId: id,
    key: z.string(),
    mailboxId: id,
    kind: z.enum(itemKinds),
    subject: z.string(),
    sender: z.string(),
    at: moment.nullable(),
    bytes: z.number().int(),
    hasAttachments: z.boolean(),
    excerpt: z.string(),
    folderId: z.string(),
    goneSince: moment.nullable(),
    binnedSince: moment
      .nullable()
      .describe(
        'Of what is found as gone: since when it lies in Deleted Items or Recoverable Items alone; what is found is the version before',
      ),
    snapshot: z.number().int().describe('The newest snapshot of its mailbox that has this version'),
  })
  .meta({ id: 'Hit' });

const chosen = z
  .union([z.literal('all'), z.array(id).min(1).max(10_000)])
  .describe('`all` that it finds, of at most 10,000, or the `itemId` of each');

export const searchOperations = [
  operation({
    id: 'startSearch',
    method: 'POST',
    path: '/customers/{customerId}/searches',
    tag: 'Search',
    summary: 'Start a search',
    description:
      'Keeps what is looked for under an id for a day, so that its words stand in no address. Give words, a filter, or both.',
    scope: 'content.read',
    body: wish,
    status: 201,
    answer: z.object({ id }),
    says: 'The search; its results are below it',
    run: async ({ ctx, path: { customerId: tenantId }, body }) => {
      const { mailboxId, words, ...filter } = body;
      const { searchId } = await startSearch(ctx, {
        tenantId,
        ...(mailboxId === undefined ? {} : { mailboxId }),
        ...(words === undefined ? {} : { words }),
        filter,
      });
      return {
        body: { id: searchId },
        location: `/api/v1/customers/${tenantId}/searches/${searchId}/results`,
      };
    },
  }),
  operation({
    id: 'listSearchResults',
    method: 'GET',
    path: '/customers/{customerId}/searches/{searchId}/results',
    tag: 'Search',
    summary: 'List what a search finds',
    description:
      'Newest first. Only the key that started the search sees it. A page may hold fewer than `limit`, where hits are far between: there are more while `next` is there. A search that takes too long is refused, and says how to narrow it.',
    scope: 'content.read',
    page: { position: z.string(), ...pageSize },
    status: 200,
    answer: hit,
    says: 'A page of results',
    run: async ({ ctx, path: { customerId: tenantId, searchId }, after, limit }) => {
      const { hits, next } = await searchResults(ctx, { tenantId, searchId, after, limit });
      return {
        next,
        items: hits.map((it) => ({
          itemId: it.itemId,
          key: it.key,
          mailboxId: it.mailboxId,
          kind: it.kind,
          subject: it.subject,
          sender: it.sender,
          at: timeOf(it.at),
          bytes: it.bytes,
          hasAttachments: it.hasAttachments,
          excerpt: it.excerpt,
          folderId: it.folderId,
          goneSince: timeOf(it.goneSince),
          binnedSince: timeOf(it.binnedSince),
          snapshot: it.sequence,
        })),
      };
    },
  }),
  operation({
    id: 'restoreFound',
    method: 'POST',
    path: '/customers/{customerId}/searches/{searchId}/restores',
    tag: 'Search',
    summary: 'Plan the restore of what a search found',
    description:
      'One plan a mailbox, of at most 50; of each item the version that was found. Nothing changes at Microsoft until each is started, within an hour.',
    scope: 'restores.run',
    also: ['content.read'],
    body: z.strictObject({ items: chosen, destination, collisions }),
    status: 202,
    answer: z.object({
      restores: z.array(z.object({ id })).describe('Their plans are being made'),
      refused: z
        .array(z.object({ mailboxId: id, detail: z.string() }))
        .describe('Mailboxes that nothing can be restored to this way, and why'),
    }),
    says: 'The plans are being made; get each restore to see it',
    run: async ({ ctx, path: { customerId: tenantId, searchId }, body }) => {
      const { restoreIds, refused } = await restoreFound(ctx, { tenantId, searchId, ...body });
      return {
        body: {
          restores: restoreIds.map((id) => ({ id })),
          refused: refused.map(({ mailboxId, refusal }) => ({ mailboxId, detail: refusal })),
        },
      };
    },
  }),
  operation({
    id: 'exportFound',
    method: 'POST',
    path: '/customers/{customerId}/searches/{searchId}/exports',
    tag: 'Search',
    summary: 'Start the export of what a search found',
    description: 'One archive a mailbox, of at most 50.',
    scope: 'exports.run',
    also: ['content.read'],
    body: z.strictObject({ items: chosen }),
    status: 202,
    answer: z.object({ exports: z.array(z.object({ id })) }),
    says: 'The archives are being written; get each export to see how far',
    run: async ({ ctx, path: { customerId: tenantId, searchId }, body }) => {
      const { exportIds } = await exportFound(ctx, { tenantId, searchId, ...body });
      return { body: { exports: exportIds.map((id) => ({ id })) } };
    },
  }),
];
