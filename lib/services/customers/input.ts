import { z } from 'zod';
import { entraApps } from '#db/enums.ts';
import { entityId } from '../input.ts';

export const tenantInput = z.object({ tenantId: entityId });

export const addCustomerInput = z.object({
  name: z
    .string()
    .trim()
    .min(1, 'Give the customer a name.')
    .max(200, 'This name is too long: 200 characters at most.'),
});

export const newLinkInput = z.object({
  tenantId: entityId,
  /** Which approvals to ask for; without it those that are missing, or all of them again. */
  apps: z.array(z.enum(entraApps)).min(1).optional(),
});

export const consentLostInput = z.object({
  tenantId: entityId,
  app: z.enum(entraApps),
  /** Before Microsoft was asked: an approval that was proved since is another one. */
  askedAt: z.date(),
});

export const disconnectInput = z.object({
  tenantId: entityId,
  reason: z
    .string()
    .trim()
    .min(1, 'Say why: whoever reads the log later asks.')
    .max(300, 'This reason is too long: 300 characters at most.'),
});
