import assert from 'node:assert/strict';
import type { ApiContext } from '#app/_server/api.ts';
import type { Operation } from '#lib/api/operation.ts';
import type { Send, Sent } from './desk.ts';

/** One of each thing that paths, bodies and queries name. */
export interface Ids {
  customerId: string;
  mailboxId: string;
  itemId: string;
  runId: string;
  restoreId: string;
  exportId: string;
  searchId: string;
  folder: string;
  snapshot: number;
}

const wish = ({ mailboxId, snapshot }: Ids) => ({
  mailboxId,
  snapshot,
  selection: { kind: 'mailbox' },
});

/** What a good request of an operation says besides its path. An operation that is missing here fails the tests. */
const said: Record<string, (ids: Ids) => { query?: Record<string, string>; body?: unknown }> = {
  listCustomers: () => ({ query: { limit: '2' } }),
  addCustomer: () => ({ body: { name: 'Fabrikam' } }),
  getCustomer: () => ({}),
  setPolicy: () => ({ body: { everyMinutes: 720, paused: false } }),
  createConnectLink: () => ({ body: { apps: ['backup', 'restore'] } }),
  listMailboxes: () => ({}),
  getMailbox: () => ({}),
  listSnapshots: () => ({}),
  listFolders: ({ snapshot }) => ({ query: { snapshot: String(snapshot) } }),
  listItems: ({ snapshot, folder }) => ({ query: { snapshot: String(snapshot), folder } }),
  getItem: () => ({}),
  getItemMime: () => ({}),
  getItemAttachment: () => ({ query: { part: '0' } }),
  startSearch: ({ mailboxId }) => ({ body: { words: 'harbour', mailboxId, goneOnly: true } }),
  listSearchResults: () => ({}),
  restoreFound: ({ itemId }) => ({
    body: { items: [itemId], destination: { kind: 'original' }, collisions: 'skip' },
  }),
  exportFound: ({ itemId }) => ({ body: { items: [itemId] } }),
  listRuns: () => ({}),
  startRun: () => ({ body: {} }),
  getRun: () => ({}),
  cancelRun: () => ({}),
  listRestores: ({ mailboxId }) => ({ query: { mailbox: mailboxId } }),
  planRestore: (ids) => ({
    body: {
      ...wish(ids),
      destination: { kind: 'mailbox', mailboxId: ids.mailboxId, folderName: 'From the API' },
      collisions: 'skip',
    },
  }),
  getRestore: () => ({}),
  listRestoreItems: () => ({ query: { onlyProblems: 'true' } }),
  startRestore: () => ({}),
  cancelRestore: () => ({}),
  listExports: () => ({}),
  startExport: (ids) => ({ body: wish(ids) }),
  getExport: () => ({}),
  downloadExport: () => ({}),
  getUsage: () => ({ query: { period: '2026-11' } }),
  listUsage: () => ({ query: { period: '2026-11', basis: 'pace' } }),
  listMailboxUsage: () => ({
    query: { period: '2026-11', dimension: 'protected-mailboxes' },
  }),
  listInvoices: () => ({}),
  getStatement: () => ({ query: { period: '2026-11', as: 'csv' } }),
  getCustomerStatement: () => ({ query: { period: '2026-11', as: 'pdf' } }),
  listAudit: ({ customerId }) => ({ query: { customer: customerId } }),
};

export interface SampleCall {
  path: string;
  sent: Sent;
}

/** A good request of this operation about these. */
export function sampleCall(operation: Operation<ApiContext>, ids: Ids): SampleCall {
  const say = said[operation.id];
  assert.ok(say, `test/api/calls.ts does not know ${operation.id}`);
  const { query, body } = say(ids);
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name) => String(ids[name as keyof Ids]));
  return {
    path: query === undefined ? path : `${path}?${new URLSearchParams(query)}`,
    sent: { method: operation.method, ...(body === undefined ? {} : { body }) },
  };
}

/** Makes one of each through the API itself, where a customer with a mailbox is there. */
export async function makeIds(
  send: Send,
  place: Pick<Ids, 'customerId' | 'mailboxId' | 'itemId' | 'folder' | 'snapshot'>,
): Promise<Ids> {
  const made = async (path: string, body: unknown) => {
    const answer = await send(`/customers/${place.customerId}${path}`, { body });
    assert.ok(answer.status < 300, `${path} ${JSON.stringify(answer.body)}`);
    return answer.body.id as string;
  };
  const { mailboxId, snapshot } = place;
  const selection = { kind: 'items', itemIds: [place.itemId] };
  return {
    ...place,
    runId: await made('/runs', {}),
    restoreId: await made('/restores', {
      ...{ mailboxId, snapshot, selection, collisions: 'skip' },
      destination: { kind: 'original' },
    }),
    exportId: await made('/exports', { mailboxId, snapshot, selection }),
    searchId: await made('/searches', { words: 'harbour' }),
  };
}
