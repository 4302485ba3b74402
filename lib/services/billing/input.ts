import { z } from 'zod';
import { planTermsSchema } from '#lib/billing/terms.ts';
import { entityId } from '../input.ts';
import { periodInput } from '../usage/input.ts';

export const accountInput = z.object({
  /** The MSP's own where absent. */
  accountId: entityId.optional(),
});

export const invoiceInput = z.object({ invoiceId: z.string().min(1).max(200) });

export const simulateInput = z.object({
  period: periodInput,
  accountId: entityId.optional(),
  /** A resale list to compare with, instead of the plan that the account is on. */
  planId: entityId.optional(),
  terms: planTermsSchema,
});

const name = z
  .string()
  .trim()
  .min(1, 'Give it a name.')
  .max(100, 'This name is too long: 100 characters at most.')
  .regex(/^\P{Cc}+$/u, 'The name has characters that cannot be in one.');

export const resalePricesInput = z.object({
  /** The list to change; a new one where absent. */
  planId: entityId.optional(),
  name,
  terms: planTermsSchema,
});

export const externalIdInput = z.object({
  tenantId: entityId,
  /** Empty takes it away. */
  externalId: z
    .string()
    .trim()
    .max(100, 'This id is too long: 100 characters at most.')
    .regex(/^\P{Cc}*$/u, 'The id has characters that cannot be in one.'),
});

export const directInput = z.object({ tenantId: entityId });

export const checkoutInput = z.object({
  accountId: entityId.optional(),
  /** One attempt of somebody's: the same finds the same page. */
  attempt: z.string().min(8).max(100),
});

export const heldInput = z.object({ accountId: entityId, period: periodInput });

export const writeOffInput = heldInput.extend({
  reason: z
    .string()
    .trim()
    .min(1, 'Say why: it stands in the audit log.')
    .max(300, 'This is too long: 300 characters at most.')
    .regex(/^\P{Cc}+$/u, 'The reason has characters that cannot be in one.'),
});
