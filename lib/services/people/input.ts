import { z } from 'zod';
import { selfServiceModes } from '#db/enums.ts';
import { entityId } from '../input.ts';
import { accountSubject } from '../members/input.ts';

export const listPeopleInput = z.object({ tenantId: entityId });

export const personInput = z.object({ tenantId: entityId, subject: accountSubject });

export const setSelfServiceInput = z.object({
  tenantId: entityId,
  mode: z.enum(selfServiceModes, 'Choose who may help themselves.'),
});
