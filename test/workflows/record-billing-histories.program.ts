import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { createJobs } from '#lib/jobs/client.ts';
import { ids } from '#lib/jobs/contract.ts';
import { createBillingStage } from '#test/kit/billing-stage.ts';
import { startStoryWorker } from '#test/kit/story-worker.ts';
import { startTestTemporal } from '#test/kit/temporal.ts';

/**
 * Writes the histories of a night and of a month that is closed to `test/workflows/histories`, over
 * activities that only take notes. As with the others, old files stay while such stories may be open.
 */
const temporal = await startTestTemporal();
const jobs = await createJobs(temporal.config);
const connection = await Connection.connect({ address: temporal.config.address });
const client = new Client({ connection, namespace: temporal.config.namespace });
const { account, activities } = createBillingStage();
const worker = await startStoryWorker(temporal.config, { control: activities });
try {
  await jobs.startAccountDay(account);
  await client.workflow.getHandle(ids.accountDay(account.accountId)).result();
  await jobs.startClosePeriod({ ...account, period: '2026-10' });
  const closing = ids.closePeriod(account.accountId, '2026-10');
  await client.workflow.getHandle(closing).result();
  const stories = { 'account-day': ids.accountDay(account.accountId), 'close-period': closing };
  for (const [name, workflowId] of Object.entries(stories)) {
    const history = historyToJSON(await client.workflow.getHandle(workflowId).fetchHistory());
    await writeFile(
      join(import.meta.dirname, 'histories', `${name}.history`),
      `${JSON.stringify({ workflowId, history: JSON.parse(history) })}\n`,
    );
  }
} finally {
  await worker.stop();
  await jobs.close();
  await connection.close();
}
// The server of the kit ends with this process.
process.exit(0);
