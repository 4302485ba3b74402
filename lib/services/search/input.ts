import { z } from 'zod';
import { collisionRules } from '#db/enums.ts';
import { entityId } from '../input.ts';
import { destination } from '../restores/input.ts';

/** A day in UTC, or a moment with its zone. */
const dayOrMoment = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], {
    error: 'Give a day such as 2026-11-22, or a moment with its zone.',
  })
  .optional();

const words = (what: string) =>
  z
    .string()
    .trim()
    .max(200, `${what} is longer than 200 characters.`)
    .transform((text) => text || undefined)
    .optional();

export const searchFilter = z.strictObject({
  folderId: z.string().min(1).max(1000).optional(),
  from: dayOrMoment,
  until: dayOrMoment,
  person: words('The person'),
  attachment: words('The name of the file'),
  goneOnly: z.boolean().optional(),
  goneFrom: dayOrMoment,
  goneUntil: dayOrMoment,
});

export const wordsMax = 500;

export const startSearchInput = z.object({
  tenantId: entityId,
  /** Every mailbox of the customer where absent. */
  mailboxId: entityId.optional(),
  words: z
    .string()
    .trim()
    .max(wordsMax, `A search has at most ${wordsMax} characters. Use fewer words.`)
    .default(''),
  filter: searchFilter.default({}),
});

export const searchInput = z.object({ tenantId: entityId, searchId: entityId });

export const hitsPageMax = 200;

export const searchResultsInput = searchInput.extend({
  /** The `next` of the page before. */
  after: z.string().max(200).nullish(),
  limit: z.coerce.number().int().min(1).max(hitsPageMax).default(50),
});

export const foundMax = 10_000;

const chosen = z.union([
  z.literal('all'),
  z
    .array(entityId)
    .min(1, 'Choose at least one item.')
    .max(foundMax, 'Choose at most 10,000 items.'),
]);

export const restoreFoundInput = z.object({
  tenantId: entityId,
  searchId: entityId,
  /** Ids of found items (`hit.itemId`), or all that the search finds. */
  items: chosen,
  destination,
  collisions: z.enum(collisionRules),
});

export const exportFoundInput = z.object({
  tenantId: entityId,
  searchId: entityId,
  items: chosen,
});
