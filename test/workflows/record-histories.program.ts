import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { ids } from '#lib/jobs/contract.ts';
import { listMailboxes } from '#lib/services/mailboxes/list.ts';
import { executeRestore } from '#lib/services/restores/execute.ts';
import { planRestore } from '#lib/services/restores/plan.ts';
import { startRun } from '#lib/services/runs/start.ts';
import { restoreReaches, runEnded, startProduct } from '#test/kit/product.ts';

/**
 * Writes the histories of one run of each story to `test/workflows/histories`. Run it when a story
 * has changed on purpose, and keep the old files as long as such stories may be open anywhere.
 */
const folder = join(import.meta.dirname, 'histories');
await mkdir(folder, { recursive: true });
const product = await startProduct({ mailboxes: 2, messages: 20 });
const connection = await Connection.connect({ address: product.temporal.config.address });
try {
  const customer = await product.connectCustomer();
  const { ctx, tenantId, policyId } = customer;
  await product.worker.start();
  const { runId } = await startRun(ctx, { tenantId });
  await runEnded(customer, runId);
  const [mailbox] = await listMailboxes(ctx, { tenantId });
  const { restoreId } = await planRestore(ctx, {
    ...{ tenantId, mailboxId: mailbox!.id, sequence: 1, collisions: 'skip' },
    selection: { kind: 'mailbox' },
    destination: { kind: 'folder', name: 'Again' },
  });
  await restoreReaches(customer, restoreId, ['planned']);
  await executeRestore(ctx, { tenantId, restoreId });
  await restoreReaches(customer, restoreId, ['done']);

  const client = new Client({ connection, namespace: product.temporal.config.namespace });
  const job = ids.backup(tenantId, policyId, runId);
  const stories: Record<string, string> = {
    'backup-job': job,
    'backup-shard': ids.shard(job, 0),
    'plan-restore': ids.planRestore(tenantId, restoreId),
    restore: ids.restore(tenantId, restoreId),
  };
  for (const [name, workflowId] of Object.entries(stories)) {
    const handle = client.workflow.getHandle(workflowId);
    await handle.result();
    const history = historyToJSON(await handle.fetchHistory());
    await writeFile(
      join(folder, `${name}.history`),
      `${JSON.stringify({ workflowId, history: JSON.parse(history) })}\n`,
    );
  }
} finally {
  await connection.close();
  await product.stop();
}
// The servers of the kit end with this process.
process.exit(0);
