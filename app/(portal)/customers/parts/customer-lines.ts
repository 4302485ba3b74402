import type { CustomerList } from '#app/paths.ts';
import type { AssignedStaff } from '#lib/services/customers/assigned.ts';
import type { CustomerRow } from '#lib/services/customers/view.ts';
import { customerState } from './customer-state.ts';

export interface CustomerLine {
  customer: CustomerRow;
  look: ReturnType<typeof customerState>;
  /** Names of staff it is assigned to; empty means that everybody has it. */
  assigned: string[];
  /** Between good copies, the gap that is open now among them. */
  worstGapMs: number | null;
}

/** From here on nothing needs somebody. */
const fineRank = 5;

/** The lines of the list of customers that one asked for, worst first. */
export function customerLines(
  customers: readonly CustomerRow[],
  staff: readonly AssignedStaff[],
  list: CustomerList,
  now: Date,
): CustomerLine[] {
  const whose =
    list.assigned === undefined ? null : staff.find(({ subject }) => subject === list.assigned);
  return customers
    .filter(({ id }) => whose === null || (whose?.customers.includes(id) ?? false))
    .map((customer) => ({
      customer,
      look: customerState(customer, now),
      assigned: staff.filter((it) => it.customers.includes(customer.id)).map(({ name }) => name),
      worstGapMs: worstGap(customer, now),
    }))
    .filter(({ look, customer }) => {
      if (list.show === 'look') return look.rank < fineRank;
      if (list.show === 'good') return look.kind === 'ok';
      return list.show !== 'connecting' || customer.state === 'connecting';
    })
    .sort((a, b) => a.look.rank - b.look.rank || a.customer.name.localeCompare(b.customer.name));
}

function worstGap({ worstGapMs, newestGoodAt }: CustomerRow, now: Date): number | null {
  if (newestGoodAt === null) return null;
  return Math.max(worstGapMs ?? 0, now.getTime() - newestGoodAt.getTime());
}

/** What of a query is one of ours; anything else is as if it were not there. */
export function readCustomerList(
  query: Record<string, string | string[] | undefined>,
): CustomerList {
  const one = (name: string) => (typeof query[name] === 'string' ? (query[name] as string) : '');
  const shows = ['look', 'good', 'connecting'] as const;
  const page = Number(one('page'));
  return {
    show: shows.find((show) => show === one('show')),
    assigned: one('assigned') === '' ? undefined : one('assigned'),
    page: Number.isInteger(page) && page > 1 && page < 10_000 ? page : undefined,
  };
}
