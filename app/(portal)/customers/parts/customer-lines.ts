import type { CustomerList } from '#app/paths.ts';
import type { AssignedStaff } from '#lib/services/customers/assigned.ts';
import type { CustomerRow } from '#lib/services/customers/view.ts';
import type { CustomersNow } from '#lib/services/incidents/customers-now.ts';
import { customerState } from './customer-state.ts';

export interface CustomerLine {
  customer: CustomerRow;
  look: ReturnType<typeof customerState>;
  /** Names of staff it is assigned to; empty means that everybody has it. */
  assigned: string[];
  /** Between good copies, the gap that is open now among them. */
  worstGapMs: number | null;
  /** Mailboxes without a good copy within the target; null where the list does not ask. */
  outside: number | null;
}

/** From here on nothing needs somebody. */
const fineRank = 5;

/** What a list of customers is made of. */
export interface CustomerFacts {
  customers: readonly CustomerRow[];
  staff: readonly AssignedStaff[];
  /** Only where the list asks for what Tonight counted. */
  tonight: CustomersNow | null;
}

/** Whether a list asks for what Tonight counted. */
export function asksTonight({ show }: CustomerList): boolean {
  return show === 'quiet' || show === 'outside';
}

/** The lines of the list of customers that one asked for, worst first where nothing else is asked for. */
export function customerLines(
  { customers, staff, tonight }: CustomerFacts,
  list: CustomerList,
  now: Date,
): CustomerLine[] {
  const quiet = new Set(tonight?.quiet);
  const outside = new Map(tonight?.outside.map(({ id, count }) => [id, count]));
  const whose =
    list.assigned === undefined ? null : staff.find(({ subject }) => subject === list.assigned);
  return customers
    .filter(({ id }) => whose === null || (whose?.customers.includes(id) ?? false))
    .map((customer) => ({
      customer,
      look: customerState(customer, now),
      assigned: staff.filter((it) => it.customers.includes(customer.id)).map(({ name }) => name),
      worstGapMs: worstGap(customer, now),
      outside: tonight === null ? null : (outside.get(customer.id) ?? 0),
    }))
    .filter(({ look, customer }) => {
      if (list.show === 'look') return look.rank < fineRank;
      if (list.show === 'good') return look.kind === 'ok';
      if (list.show === 'quiet') return quiet.has(customer.id);
      if (list.show === 'outside') return outside.has(customer.id);
      return list.show !== 'connecting' || customer.state === 'connecting';
    })
    .sort(
      (a, b) =>
        (list.sort === undefined ? 0 : orders[list.sort](b) - orders[list.sort](a)) ||
        (b.outside ?? 0) - (a.outside ?? 0) ||
        a.look.rank - b.look.rank ||
        a.customer.name.localeCompare(b.customer.name),
    );
}

/** Most first; what nobody knows comes last. */
const orders: Record<NonNullable<CustomerList['sort']>, (line: CustomerLine) => number> = {
  stored: ({ customer }) => customer.storedBytes ?? -1,
  gap: ({ worstGapMs }) => worstGapMs ?? -1,
  unexplained: ({ customer }) => customer.unexplainedItems ?? -1,
  oldest: ({ customer }) => -(customer.oldestGoodAt?.getTime() ?? Number.MAX_SAFE_INTEGER),
};
export const customerSorts = Object.keys(orders) as (keyof typeof orders)[];
export const customerShows = ['look', 'good', 'quiet', 'outside', 'connecting'] as const;

function worstGap({ state, worstGapMs, newestGoodAt }: CustomerRow, now: Date): number | null {
  if (newestGoodAt === null) return null;
  // Of a customer that has left no further copy is expected.
  if (state === 'disconnected') return worstGapMs;
  return Math.max(worstGapMs ?? 0, now.getTime() - newestGoodAt.getTime());
}

/** What of a query is one of ours; anything else is as if it were not there. */
export function readCustomerList(
  query: Record<string, string | string[] | undefined>,
): CustomerList {
  const one = (name: string) => (typeof query[name] === 'string' ? (query[name] as string) : '');
  const page = Number(one('page'));
  return {
    show: customerShows.find((show) => show === one('show')),
    sort: customerSorts.find((sort) => sort === one('sort')),
    assigned: one('assigned') === '' ? undefined : one('assigned'),
    page: Number.isInteger(page) && page > 1 && page < 10_000 ? page : undefined,
  };
}
