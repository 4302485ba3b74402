import { z } from 'zod';
import { entityId } from '../input.ts';

export const sequence = z.coerce.number().int().positive().max(2_147_483_647);

export const foldersInput = z.object({ tenantId: entityId, mailboxId: entityId, sequence });
