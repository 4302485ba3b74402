import type { Database } from '#db/client.ts';
import type { MemberRole } from '#db/enums.ts';
import type { Clock } from '#lib/core/clock.ts';
import type { Deps } from './deps.ts';

export type Actor =
  | { kind: 'user'; userId: string; subject: string; role: MemberRole }
  | { kind: 'workflow'; workflowId: string }
  | { kind: 'system' };

/** Who calls a verb and for which MSP. Made by the portal from a session, by activities from their input. */
export interface ServiceContext {
  mspId: string;
  actor: Actor;
  db: Database;
  clock: Clock;
  deps: Deps;
}

/** For the verbs a browser may call without a membership: they know a secret instead. */
export type PublicContext = Omit<ServiceContext, 'mspId' | 'actor'>;
