import { z } from 'zod';
import { entityId } from '../input.ts';
import { accountSubject } from '../members/input.ts';

export const sessionInput = z.object({ sessionId: entityId });

export const endAllInput = z.object({
  /** Absent: one's own. */
  subject: accountSubject.optional(),
  /** A session that stays, where they are one's own: the one it is asked from. */
  except: entityId.optional(),
});
