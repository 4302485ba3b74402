import { z } from 'zod';
import { dimensions } from '#lib/billing/plan.ts';
import { entityId } from '../input.ts';

export const dayInput = z.iso.date({ error: 'A day is written as 2026-11-25.' });

export const periodInput = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'A month is written as 2026-11.');

export const monthInput = z.object({ period: periodInput });

export const observeInput = z.object({
  tenantId: entityId,
  day: dayInput,
  /**
   * For an account on a test clock, whose days are not those of the world: mailboxes are taken as
   * they are on this one.
   */
  asSeenOn: dayInput.optional(),
  copiesOnly: z.boolean().optional(),
});

/** `month`: what has accrued. `pace`: at the average of the days there are. */
const basis = z.enum(['month', 'pace']).default('month');

export const usageInput = z.object({
  period: periodInput,
  tenantId: entityId.optional(),
  basis,
});

export const explainInput = z.object({
  period: periodInput,
  tenantId: entityId,
  dimension: z.enum(dimensions),
  basis,
  /** Mailboxes that were the same on every day are counted; with `all` they are listed too. */
  show: z.enum(['changed', 'all']).default('changed'),
  /** The last subject of the page before. */
  after: z.string().max(200).optional(),
  limit: z.int().min(1).max(500).default(100),
});

export const mailboxDaysInput = z.object({
  period: periodInput,
  tenantId: entityId,
  subject: z.string().min(1).max(200),
});

export const statementForms = ['pdf', 'csv', 'json'] as const;

export const statementInput = z.object({
  period: periodInput,
  /** Who pays: the MSP's own where absent. */
  accountId: entityId.optional(),
  /** Of one customer alone. */
  tenantId: entityId.optional(),
  /** A resale list of the MSP's: what its customers owe it, instead of what the account does. */
  planId: entityId.optional(),
  as: z.enum(statementForms, { error: 'A statement is a PDF, a CSV or a JSON file.' }),
});
