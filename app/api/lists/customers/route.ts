import { csvFile } from '#app/_server/csv.ts';
import { answerFile } from '#app/_server/route.ts';
import { reading } from '#app/_server/viewer.ts';
import { customersTexts as texts } from '#app/_texts/fleet.ts';
import {
  asksTonight,
  customerLines,
  readCustomerList,
} from '#app/(portal)/customers/parts/customer-lines.ts';
import { listAssigned } from '#lib/services/customers/assigned.ts';
import { listCustomers } from '#lib/services/customers/list.ts';
import { customersNow } from '#lib/services/incidents/customers-now.ts';

/** The list of customers as it is filtered, all of it. Unknown is an empty cell, never 0. */
export async function GET(request: Request): Promise<Response> {
  return answerFile(async (ctx) => {
    const list = readCustomerList(Object.fromEntries(new URL(request.url).searchParams));
    const { now } = await reading();
    const [customers, staff, tonight] = await Promise.all([
      listCustomers(ctx),
      listAssigned(ctx),
      asksTonight(list) ? customersNow(ctx) : null,
    ]);
    const lines = customerLines({ customers, staff, tonight }, list, now);
    const { columns } = texts;
    return csvFile('holdfast-customers.csv', [
      [
        columns.customer,
        columns.state,
        columns.policy,
        columns.covered,
        'Mailboxes',
        `${columns.oldest} (UTC)`,
        `${columns.worst} (minutes)`,
        columns.unexplained,
        `${columns.stored} (bytes)`,
        columns.assigned,
        'Counted (UTC)',
      ],
      ...lines.map(({ customer, look, assigned, worstGapMs }) => [
        customer.name,
        look.word,
        customer.policy?.name ?? '',
        customer.covered ?? '',
        customer.mailboxes ?? '',
        customer.oldestGoodAt?.toISOString() ?? '',
        worstGapMs === null ? '' : Math.round(worstGapMs / 60_000),
        customer.unexplainedItems ?? '',
        customer.storedBytes ?? '',
        assigned.join('; '),
        customer.asOf?.toISOString() ?? '',
      ]),
    ]);
  });
}
