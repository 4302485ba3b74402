import { z } from 'zod';
import { itemKinds } from '#db/enums.ts';
import { id, moment, momentGiven, phrase, timeOf } from '#lib/api/fields.ts';
import { searchResults } from '#lib/services/search/results.ts';
import { startSearch } from '#lib/services/search/start.ts';
import { operation, pageSize } from './declare.ts';
import { folderId } from './mail.ts';

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
    folderId: folderId.optional(),
    from: given.describe('Not older. A moment with its zone: a day begins where you say it does'),
    until: given.describe('Not newer'),
    person: phrase(200).optional().describe('A part of a name or an address'),
    attachment: phrase(200).optional().describe('A part of the name of a file'),
    goneOnly: z.literal(true).optional().describe('Only what is no longer in its mailbox'),
    goneFrom: given.describe('Gone since then or later'),
    goneUntil: given.describe('Gone since then or earlier'),
  })
  .refine((asked) => oneOf.some((field) => asked[field] !== undefined), {
    error: 'Give words to look for, or a filter.',
    path: ['words'],
  })
  .meta({ anyOf: oneOf.map((field) => ({ required: [field] })) });

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
    snapshot: z.number().int().describe('The newest snapshot of its mailbox that has this version'),
  })
  .meta({ id: 'Hit' });

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
    description: 'Newest first. Only the key that started the search sees it.',
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
          snapshot: it.sequence,
        })),
      };
    },
  }),
];
