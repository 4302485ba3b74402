import { z } from 'zod';
import { AppError } from '#lib/core/errors.ts';
import { billedDecimalsOf, hasCoarseAmounts, isCurrency } from './currency.ts';
import { decimalsUsed, parsePrice } from './money.ts';
import { aggregations, dimensions, type PlanTerms } from './plan.ts';

const price = z.string().refine((text) => (parsePrice(text) ?? -1n) >= 0n, {
  error: 'A price is a number such as 2.50, not negative.',
});

const tier = z.object({
  upTo: z
    .int({ error: 'A step ends at a whole number of units.' })
    .positive({ error: 'A step ends at 1 unit or more.' })
    .nullable(),
  unitPrice: price,
  flat: price,
});

const priceTable = z.object({
  mode: z.enum(['graduated', 'volume']),
  tiers: z
    .array(tier)
    .min(1, { error: 'A price needs at least one step.' })
    .max(20, { error: 'A price has at most 20 steps.' })
    .superRefine((tiers, context) => {
      for (const [index, { upTo }] of tiers.entries()) {
        const last = index === tiers.length - 1;
        if (last && upTo !== null) {
          context.addIssue({
            code: 'custom',
            path: [index, 'upTo'],
            message: 'The last step has no end, else nobody could use more.',
          });
        }
        if (!last && upTo === null) {
          context.addIssue({
            code: 'custom',
            path: [index, 'upTo'],
            message: 'Only the last step is without end.',
          });
        }
        const before = index === 0 ? 0 : tiers[index - 1]!.upTo;
        if (upTo !== null && before !== null && upTo <= before) {
          context.addIssue({
            code: 'custom',
            path: [index, 'upTo'],
            message: `Steps go upwards: this one ends at ${upTo}, the one before at ${before}.`,
          });
        }
      }
    }),
});

/** The terms of a plan as somebody writes them; every problem is a plain sentence at its place. */
export const planTermsSchema = z
  .object({
    currency: z.string().refine(isCurrency, {
      error: (issue) =>
        `Stripe does not know the currency "${String(issue.input)}". It takes codes such as usd, eur, jpy, in lower case.`,
    }),
    aggregation: z.enum(aggregations),
    prices: z
      .partialRecord(z.enum(dimensions), priceTable)
      .refine((prices) => Object.values(prices).some((value) => value !== undefined), {
        error: 'A plan without prices bills nothing. Give at least one of them a price, if 0.',
      }),
    includedGibPerMailbox: z
      .int({ error: 'Included storage is a whole number of GiB.' })
      .nonnegative({ error: 'Included storage is 0 GiB or more.' })
      .max(1_000_000, { error: 'Included storage is at most 1,000,000 GiB a mailbox.' }),
    minimum: price.nullable(),
    trialDays: z
      .int({ error: 'A trial is a whole number of days.' })
      .nonnegative({ error: 'A trial has 0 days or more.' })
      .max(365, { error: 'A trial has at most 365 days.' }),
    billed: z.array(z.enum(['shared-unlicensed', 'room', 'equipment'])),
  })
  .superRefine((terms, context) => {
    if (!isCurrency(terms.currency)) return;
    const decimals = billedDecimalsOf(terms.currency);
    const finest = hasCoarseAmounts(terms.currency) ? decimals : decimals + 12;
    const name = terms.currency.toUpperCase();
    if (terms.minimum !== null && decimalsUsed(terms.minimum) > decimals) {
      context.addIssue({
        code: 'custom',
        path: ['minimum'],
        message: `A minimum is an amount of ${name} with at most ${decimals} decimals.`,
      });
    }
    for (const dimension of dimensions) {
      for (const [index, { unitPrice, flat }] of (terms.prices[dimension]?.tiers ?? []).entries()) {
        for (const [field, text, most] of [
          ['unitPrice', unitPrice, finest],
          ['flat', flat, decimals],
        ] as const) {
          if (decimalsUsed(text) > most) {
            context.addIssue({
              code: 'custom',
              path: ['prices', dimension, 'tiers', index, field],
              message: `It has more than the ${most} decimals that ${name} takes here.`,
            });
          }
        }
      }
    }
  });

/**
 * Reads the terms of a plan.
 * @throws AppError `input.invalid` whose sentence names the first problem; `data` has them all
 */
export function parseTerms(input: unknown): PlanTerms {
  const parsed = planTermsSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => ({
    place: path.map(String).join('.'),
    message,
  }));
  const first = problems[0]!;
  throw new AppError(
    'input.invalid',
    first.place === '' ? first.message : `${first.place}: ${first.message}`,
    { data: Object.fromEntries(problems.map(({ place, message }) => [place, message])) },
  );
}
