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
  apps: z.array(z.enum(entraApps)).min(1).default(['backup', 'restore']),
});
