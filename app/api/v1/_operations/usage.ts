import { Readable } from 'node:stream';
import { z } from 'zod';
import { creditWays } from '#db/enums.ts';
import { id, moment, text, timeOf } from '#lib/api/fields.ts';
import { type ListedInvoice, listInvoices } from '#lib/services/billing/list-invoices.ts';
import { invoiceStatuses } from '#lib/services/billing/view.ts';
import { creditStates } from '#lib/services/billing/view-credit.ts';
import { explainLine, type GridRow } from '#lib/services/usage/explain-line.ts';
import { explainInput, periodInput, statementForms } from '#lib/services/usage/input.ts';
import { type CustomerUsage, listUsage, type UsageCell } from '#lib/services/usage/list.ts';
import { getStatement, type StatementFile } from '#lib/services/usage/statement.ts';
import { operation, pageSize } from './declare.ts';
import { pageOf, wholeListPosition } from './whole-list.ts';

const period = periodInput.describe('A month, UTC, such as 2026-11');

const basis = z
  .enum(['month', 'pace'])
  .optional()
  .describe('`month`: what has accrued. `pace`: at the average of the days there are');

const day = z.iso.date();
const amount = z.string().describe('Decimal text, in the main unit of the currency');

const cell = z
  .object({
    quantity: z
      .number()
      .nullable()
      .describe('Of the line; null where the key does not reach all who share the account'),
    amount: amount.nullable(),
    unitDays: z.string().describe('Mailbox-days, or byte-days'),
    average: z.string(),
    peak: z.string(),
    firstDay: day.nullable(),
    lastDay: day.nullable(),
  })
  .meta({ id: 'UsageFigure' });

const customerUsage = z
  .object({
    customerId: id,
    name: z.string(),
    externalId: z.string().nullable().describe('What the books of the provider call it'),
    paysItself: z.boolean().describe('It has an account of its own'),
    protectedMailboxes: cell,
    sealedMailboxes: cell,
    storedGib: cell,
    free: z.record(z.string(), z.number().int()).describe('Mailboxes that cost nothing, by reason'),
    amount: amount.nullable(),
  })
  .meta({ id: 'CustomerUsage' });

const usageMonth = z
  .object({
    period,
    through: day.nullable().describe('The newest day that was counted'),
    currency: z.string().nullable(),
    total: amount.nullable().describe('Of the provider’s account; null for a part of it'),
    closedAt: moment.nullable().describe('A closed month never changes'),
    hash: z.string().nullable().describe('Of the closed month, in hex'),
    customers: z.number().int(),
  })
  .meta({ id: 'UsageMonth' });

const mailboxUsage = z
  .object({
    mailboxId: id,
    subject: z.string().describe('What the ledger calls it, whatever its name is'),
    name: z.string().nullable(),
    address: z.string().nullable(),
    counted: z.number().int().describe('On how many days it counts for this figure'),
    days: z.array(
      z.object({
        day,
        state: z.enum(['protected', 'sealed', 'free', 'none']),
        reason: z.string().nullable().describe('Why it was free'),
      }),
    ),
  })
  .meta({ id: 'MailboxUsage' });

const invoice = z
  .object({
    id: z.string(),
    customerId: id.nullable().describe('Who pays for itself; null for the provider'),
    period,
    number: z.string().nullable(),
    status: z.enum(invoiceStatuses),
    currency: z.string(),
    total: amount,
    amountDue: amount,
    givenBack: z
      .array(
        z.object({
          amount,
          reason: z.string(),
          way: z
            .enum(creditWays)
            .describe('`refund`: to where it was paid from. `next-invoice`: off a later one'),
          state: z
            .enum(creditStates)
            .describe(
              '`no-invoice`: the subscription ended before an invoice took it off. `replaced`: sent back instead. `written-off`: with its month',
            ),
          at: moment,
        }),
      )
      .describe('What the operator gave back of this invoice; its lines and total stay'),
    issuedAt: moment,
    finalisedAt: moment.nullable(),
    paidAt: moment.nullable(),
    dueAt: moment.nullable(),
    readAt: moment.describe('When Stripe last told all this'),
  })
  .meta({ id: 'Invoice' });

const viewCell = (it: UsageCell): z.input<typeof cell> => ({
  quantity: it.quantity,
  amount: it.amount,
  unitDays: it.unitDays,
  average: it.average,
  peak: it.peak,
  firstDay: it.firstDay,
  lastDay: it.lastDay,
});

function viewCustomer(it: CustomerUsage): z.input<typeof customerUsage> {
  return {
    customerId: it.tenantId,
    name: it.name,
    externalId: it.externalId,
    paysItself: it.direct,
    protectedMailboxes: viewCell(it.dimensions['protected-mailboxes']),
    sealedMailboxes: viewCell(it.dimensions['sealed-mailboxes']),
    storedGib: viewCell(it.dimensions['stored-gib']),
    free: it.free,
    amount: it.amount,
  };
}

const states = { p: 'protected', s: 'sealed', f: 'free', '-': 'none' } as const;

function viewMailbox(row: GridRow, days: readonly string[]): z.input<typeof mailboxUsage> {
  return {
    mailboxId: row.mailboxId,
    subject: row.subject,
    name: row.name,
    address: row.address,
    counted: row.counted,
    days: row.cells.map((state, index) => ({
      day: days[index]!,
      state: states[state],
      reason: row.reasons[days[index]!] ?? null,
    })),
  };
}

function viewInvoice(it: ListedInvoice): z.input<typeof invoice> {
  return {
    id: it.id,
    customerId: it.tenantId,
    period: it.period,
    number: it.number,
    status: it.status,
    currency: it.currency,
    total: it.total,
    amountDue: it.amountDue,
    givenBack: it.givenBack.map(({ amount, reason, way, state, createdAt }) => ({
      ...{ amount, reason, way, state },
      at: timeOf(createdAt),
    })),
    issuedAt: timeOf(it.issuedAt),
    finalisedAt: timeOf(it.finalisedAt),
    paidAt: timeOf(it.paidAt),
    dueAt: timeOf(it.dueAt),
    readAt: timeOf(it.syncedAt),
  };
}

const media = { pdf: 'application/pdf', csv: 'text/csv', json: 'application/json' } as const;
type Form = keyof typeof media;

const statementQuery = z.object({
  period,
  as: z.enum(statementForms).describe('The form of the file'),
});

function asFile({ fileName, body }: StatementFile, as: Form) {
  const bytes = Buffer.from(body);
  const file = { media: media[as], fileName, bytes: bytes.length, body: Readable.from([bytes]) };
  return { file };
}

export const usageOperations = [
  operation({
    id: 'getUsage',
    method: 'GET',
    path: '/usage',
    tag: 'Usage',
    summary: 'Get the usage of a month',
    scope: 'usage.read',
    query: z.object({ period, basis }),
    status: 200,
    answer: usageMonth,
    says: 'The month, up to its newest day',
    run: async ({ ctx, query }) => {
      const month = await listUsage(ctx, query);
      return {
        body: {
          period: month.period,
          through: month.through,
          currency: month.currency,
          total: month.total?.total ?? null,
          closedAt: timeOf(month.stamp?.closedAt ?? null),
          hash: month.stamp?.hash ?? null,
          customers: month.customers.length,
        },
      };
    },
  }),
  operation({
    id: 'listUsage',
    method: 'GET',
    path: '/usage/customers',
    tag: 'Usage',
    summary: 'List the usage of customers',
    description: 'What each customer used in a month, by name: quantities for contracts of a PSA.',
    scope: 'usage.read',
    query: z.object({ period, basis }),
    page: { position: wholeListPosition, ...pageSize },
    status: 200,
    answer: customerUsage,
    says: 'A page of customers',
    run: async ({ ctx, query, after, limit }) => {
      const { customers } = await listUsage(ctx, query);
      const page = pageOf(
        customers.map((it) => ({ id: it.tenantId, it })),
        { after, limit },
      );
      return { ...page, items: page.items.map(({ it }) => viewCustomer(it)) };
    },
  }),
  operation({
    id: 'listMailboxUsage',
    method: 'GET',
    path: '/customers/{customerId}/usage',
    tag: 'Usage',
    summary: 'List the usage of mailboxes',
    description:
      'Which mailboxes, on which days, make a figure of a customer. Those that changed within the month come first; what is stored is counted by customer and has none.',
    scope: 'usage.read',
    query: z.object({ period, basis, dimension: explainInput.shape.dimension }),
    page: { position: text(1, 200), ...pageSize },
    status: 200,
    answer: mailboxUsage,
    says: 'A page of mailboxes',
    run: async ({ ctx, path: { customerId: tenantId }, query, after, limit }) => {
      const line = await explainLine(ctx, {
        ...{ tenantId, ...query, limit, show: 'all' },
        ...(after === null ? {} : { after }),
      });
      return { next: line.after, items: line.rows.map((row) => viewMailbox(row, line.days)) };
    },
  }),
  operation({
    id: 'listInvoices',
    method: 'GET',
    path: '/invoices',
    tag: 'Usage',
    summary: 'List invoices',
    description: 'Newest first, as they were when Stripe was last asked.',
    scope: 'usage.read',
    page: { position: wholeListPosition, ...pageSize },
    status: 200,
    answer: invoice,
    says: 'A page of invoices',
    run: async ({ ctx, after, limit }) => {
      const page = pageOf(await listInvoices(ctx), { after, limit });
      return { ...page, items: page.items.map(viewInvoice) };
    },
  }),
  operation({
    id: 'getStatement',
    method: 'GET',
    path: '/statement',
    tag: 'Usage',
    summary: 'Download a statement',
    description:
      'What the provider’s account owes for a month, customer by customer. Of a closed month it is the same file for ever, with the hash of the ledger in it.',
    scope: 'usage.read',
    query: statementQuery,
    status: 200,
    media: Object.values(media),
    says: 'The statement',
    run: async ({ ctx, query }) => asFile(await getStatement(ctx, query), query.as),
  }),
  operation({
    id: 'getCustomerStatement',
    method: 'GET',
    path: '/customers/{customerId}/statement',
    tag: 'Usage',
    summary: 'Download a statement of a customer',
    description: 'Its part of the provider’s account, or its own where it pays for itself.',
    scope: 'usage.read',
    query: statementQuery,
    status: 200,
    media: Object.values(media),
    says: 'The statement',
    run: async ({ ctx, path: { customerId: tenantId }, query }) =>
      asFile(await getStatement(ctx, { ...query, tenantId }), query.as),
  }),
];
