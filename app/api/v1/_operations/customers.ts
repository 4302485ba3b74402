import { z } from 'zod';
import { entraApps, runStates, tenantStates } from '#db/enums.ts';
import { id, moment, name, timeOf } from '#lib/api/fields.ts';
import { addCustomer } from '#lib/services/customers/add.ts';
import { getCustomer } from '#lib/services/customers/get.ts';
import type { IssuedLink } from '#lib/services/customers/issue-link.ts';
import { listCustomers } from '#lib/services/customers/list.ts';
import { newConnectLink } from '#lib/services/customers/new-link.ts';
import type { CustomerRow } from '#lib/services/customers/view.ts';
import { intervals } from '#lib/services/policies/input.ts';
import { setPolicy } from '#lib/services/policies/set.ts';
import { operation, pageSize } from './declare.ts';
import { pageOf, wholeListPosition } from './whole-list.ts';

const customer = z
  .object({
    id,
    name: z.string(),
    state: z.enum(tenantStates),
    countedAt: moment
      .nullable()
      .describe('How old the figures are; null, as they are, while nobody has counted'),
    mailboxes: z
      .number()
      .int()
      .nullable()
      .describe('Those that count: neither excluded nor erased'),
    protectedMailboxes: z.number().int().nullable(),
    oldestGoodAt: moment
      .nullable()
      .describe('The protected mailbox whose last good backup is the longest ago'),
    storedBytes: z.number().int().nullable(),
    lastRun: z.object({ id, state: z.enum(runStates), endedAt: moment.nullable() }).nullable(),
  })
  .meta({ id: 'Customer' });

const proof = z.object({ permission: z.string(), provedAt: moment });

const policy = z
  .object({
    id,
    name: z.string(),
    everyMinutes: z.number().int().describe('A backup begins so often'),
    paused: z.boolean().describe('No backup begins'),
  })
  .meta({ id: 'Policy' });

const customerDetail = z
  .object({
    ...customer.shape,
    organisationId: id.nullable().describe('Tenant id at Microsoft; null until it is connected'),
    approvals: z
      .object({ backup: z.array(proof), restore: z.array(proof) })
      .describe('What each application was proved to be allowed'),
    policy: policy.nullable(),
    coverage: z.object({
      covered: z.number().int(),
      total: z.number().int(),
      unexplained: z.number().int().describe('Never backed up, and nothing says why'),
      lastGoodAt: moment.nullable(),
      rawBytes: z.number().int(),
    }),
  })
  .meta({ id: 'CustomerDetail' });

const connectLink = z
  .object({
    customerId: id,
    url: z.url().describe('For the administrator of the customer. Told this once.'),
    expiresAt: moment,
  })
  .meta({ id: 'ConnectLink' });

function viewRow(row: CustomerRow): z.input<typeof customer> {
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    countedAt: timeOf(row.asOf),
    mailboxes: row.mailboxes,
    protectedMailboxes: row.protectedCount,
    oldestGoodAt: timeOf(row.oldestGoodAt),
    storedBytes: row.storedBytes,
    lastRun: row.lastRun === null ? null : { ...row.lastRun, endedAt: timeOf(row.lastRun.endedAt) },
  };
}

const viewLink = (link: IssuedLink, portalUrl: string): z.input<typeof connectLink> => ({
  customerId: link.tenantId,
  url: `${portalUrl}/connect/${link.linkUrlToken}`,
  expiresAt: timeOf(link.expiresAt),
});

const viewProofs = (proofs: { name: string; provedAt: Date }[]) =>
  proofs.map((it) => ({ permission: it.name, provedAt: timeOf(it.provedAt) }));

export const customerOperations = [
  operation({
    id: 'listCustomers',
    method: 'GET',
    path: '/customers',
    tag: 'Customers',
    summary: 'List customers',
    description: 'By name; those that the key reaches.',
    scope: 'customers.read',
    page: { position: wholeListPosition, ...pageSize },
    status: 200,
    answer: customer,
    says: 'A page of customers',
    run: async ({ ctx, after, limit }) => {
      const page = pageOf(await listCustomers(ctx), { after, limit });
      return { ...page, items: page.items.map(viewRow) };
    },
  }),
  operation({
    id: 'addCustomer',
    method: 'POST',
    path: '/customers',
    tag: 'Customers',
    summary: 'Add a customer',
    description:
      'Makes a customer that is not connected yet, and the link its administrator needs.',
    scope: 'customers.connect',
    body: z.strictObject({ name: name(200) }),
    status: 201,
    answer: connectLink,
    says: 'The customer was added; its link is told this once',
    run: async ({ ctx, body }) => {
      const link = await addCustomer(ctx, body);
      return {
        body: viewLink(link, ctx.portalUrl),
        location: `/api/v1/customers/${link.tenantId}`,
      };
    },
  }),
  operation({
    id: 'getCustomer',
    method: 'GET',
    path: '/customers/{customerId}',
    tag: 'Customers',
    summary: 'Get a customer',
    scope: 'customers.read',
    status: 200,
    answer: customerDetail,
    says: 'The customer',
    run: async ({ ctx, path }) => {
      const view = await getCustomer(ctx, { tenantId: path.customerId });
      const { covered, total, unexplained, lastGoodAt, rawBytes } = view.figures;
      return {
        body: {
          ...viewRow(view),
          organisationId: view.entraTid,
          approvals: {
            backup: viewProofs(view.connection.backup),
            restore: viewProofs(view.connection.restore),
          },
          policy: view.policy,
          coverage: { covered, total, unexplained, lastGoodAt: timeOf(lastGoodAt), rawBytes },
        },
      };
    },
  }),
  operation({
    id: 'setPolicy',
    method: 'POST',
    path: '/customers/{customerId}/policy',
    tag: 'Customers',
    summary: 'Say how often a customer is backed up',
    description:
      'Or that no backup begins for a while. It holds from the next run on, and takes no copy away.',
    scope: 'policies.manage',
    body: z.strictObject({
      everyMinutes: z.literal([...intervals]),
      paused: z.boolean(),
    }),
    status: 200,
    answer: policy,
    says: 'The policy as it is now',
    run: async ({ ctx, path, body }) => ({
      body: await setPolicy(ctx, { tenantId: path.customerId, ...body }),
    }),
  }),
  operation({
    id: 'createConnectLink',
    method: 'POST',
    path: '/customers/{customerId}/connect-links',
    tag: 'Customers',
    summary: 'Create a connect link',
    description:
      'Another link for the administrator of the customer. Those made before open nothing any more.',
    scope: 'customers.connect',
    body: z
      .strictObject({
        apps: z
          .array(z.enum(entraApps))
          .min(1)
          .max(2)
          .optional()
          .describe('Which approvals to ask for; those that are missing where it is left out'),
      })
      .optional(),
    status: 201,
    answer: connectLink,
    says: 'The link, told this once',
    run: async ({ ctx, path, body }) => {
      const apps = body?.apps === undefined ? {} : { apps: [...new Set(body.apps)] };
      const link = await newConnectLink(ctx, { tenantId: path.customerId, ...apps });
      return { body: viewLink(link, ctx.portalUrl) };
    },
  }),
];
