import { sql } from 'drizzle-orm';
import type { Database } from '#db/client.ts';

/** Which customers of an MSP, and which of their mailboxes, somebody has to do with. */
export interface Reach {
  customers: 'all' | readonly string[];
  mailboxes: 'all' | readonly string[];
}

export const wholeReach: Reach = { customers: 'all', mailboxes: 'all' };

/** No id is this one: a list of nothing must not read as no list. */
const nothing = '00000000-0000-0000-0000-000000000000';

const setting = (ids: Reach['customers']) =>
  ids === 'all' ? '' : (ids.length === 0 ? [nothing] : ids).join(',');

/**
 * The same pool for somebody with a reach: Postgres shows them no row outside of it, whatever a verb
 * asks for (`customer_fence` and `mailbox_fence` in `db/columns.ts`).
 */
export function fenced(db: Database, reach: Reach): Database {
  if (reach.customers === 'all' && reach.mailboxes === 'all') return db;
  const customers = setting(reach.customers);
  const mailboxes = setting(reach.mailboxes);
  return {
    ping: () => db.ping(),
    close: () => db.close(),
    slow: db.slow,
    transaction: (act) =>
      db.transaction(async (tx) => {
        await tx.execute(
          sql`select set_config('app.customers', ${customers}, true), set_config('app.mailboxes', ${mailboxes}, true)`,
        );
        return await act(tx);
      }),
  };
}

/** Is this customer, and this mailbox where one is named, within it? */
export function reaches(reach: Reach, place: { tenantId: string; mailboxId?: string }): boolean {
  const has = (ids: Reach['customers'], id: string) => ids === 'all' || ids.includes(id);
  return (
    has(reach.customers, place.tenantId) &&
    (place.mailboxId === undefined || has(reach.mailboxes, place.mailboxId))
  );
}
