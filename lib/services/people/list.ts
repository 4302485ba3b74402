import type { z } from 'zod';
import type { CustomerRole, SelfServiceMode } from '#db/enums.ts';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { loadTenant } from '../customers/store.ts';
import { parse } from '../input.ts';
import { hasPlace, isReachable } from '../places/rules.ts';
import { lastSeenOf, workplacesOf } from '../sessions/store.ts';
import { withScope } from '../transaction.ts';
import { listPeopleInput } from './input.ts';
import { listPeopleRows } from './store.ts';

export interface PersonView {
  /** `tid.oid`: who it is, whatever they are called. */
  subject: string;
  name: string;
  role: CustomerRole;
  mailbox: { id: string; name: string } | null;
  /** Uninvited, while everybody with a mailbox may come in. */
  byDoor: boolean;
  enrolledAt: Date;
  disabledAt: Date | null;
  /** When a session of theirs that still lives was last used. */
  lastSeenAt: Date | null;
}

export interface PeopleView {
  mode: SelfServiceMode;
  /** Only accounts of a proven organisation can be let in. */
  isConnected: boolean;
  people: PersonView[];
}

/** Who of a customer may help themselves, and who did. */
export async function listPeople(
  ctx: ServiceContext,
  input: z.input<typeof listPeopleInput>,
): Promise<PeopleView> {
  requirePermission(ctx, 'customers.read');
  const { tenantId } = parse(listPeopleInput, input);
  requireReach(ctx, { tenantId });
  const scope = { mspId: ctx.mspId, tenantId };
  return await withScope(ctx.db, scope, async (tx) => {
    const customer = await loadTenant(tx, ctx.mspId, tenantId);
    const rows = await listPeopleRows(tx, scope);
    const inside = rows.filter(({ person }) => hasPlace(customer, person));
    const subjects = inside.map(({ person }) => person.subject);
    const seen = await lastSeenOf(tx, subjects, ctx.clock.now());
    // Who works for an MSP is signed in there, and not as one of this customer.
    for (const subject of (await workplacesOf(tx, [...seen.keys()])).keys()) seen.delete(subject);
    return {
      mode: customer.selfService,
      isConnected: isReachable(customer.state),
      people: rows.map(({ person, mailboxName }) => ({
        subject: person.subject,
        name: person.name,
        role: person.role,
        mailbox:
          person.mailboxId === null || mailboxName === null
            ? null
            : { id: person.mailboxId, name: mailboxName },
        byDoor: person.byDoor,
        enrolledAt: person.enrolledAt,
        disabledAt: person.disabledAt,
        lastSeenAt: seen.get(person.subject) ?? null,
      })),
    };
  });
}
