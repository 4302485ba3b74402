import { z } from 'zod';
import { entityId } from '../input.ts';

export const mailboxesInput = z.object({ tenantId: entityId });
export const mailboxInput = z.object({ tenantId: entityId, mailboxId: entityId });
