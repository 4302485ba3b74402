import { isCancellation, patched, sleep } from '@temporalio/workflow';
import { type ExportInput, exportLifeMs } from '#lib/jobs/contract.ts';
import { maintenanceActivities, restoreActivities } from './activity-options.ts';

/** The clocks of the server and the worker differ a little, and the archive must be over by then. */
const marginMs = 60_000;
const againMs = 60 * 60_000;
const triesMax = 48;

/**
 * One activity writes the whole archive; a second attempt starts it over. The story stays open
 * until the archive is removed, so that mail in clear goes away though no backup may run.
 */
export async function exportItemsWorkflow({ exportId, ...scope }: ExportInput): Promise<void> {
  await restoreActivities({ responsive: true }).runExport({ ...scope, exportId });
  if (!patched('removes its archive')) return;
  await sleep(exportLifeMs + marginMs);
  for (let tries = 1; ; tries++) {
    try {
      return await maintenanceActivities().dropExpiredExports(scope);
    } catch (err) {
      if (isCancellation(err) || tries === triesMax) throw err;
      await sleep(againMs);
    }
  }
}
