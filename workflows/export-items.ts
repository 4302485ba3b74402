import { CancellationScope, patched } from '@temporalio/workflow';
import { type ExportInput, exportLifeMs } from '#lib/jobs/contract.ts';
import { maintenanceActivities, restoreActivities } from './activity-options.ts';
import { insist, removeWhenOver } from './removal.ts';

/**
 * One activity writes the whole archive; a second attempt starts it over. The story stays open until
 * the archive is removed. Where it is cancelled, or no attempt comes to an end, nothing of it is left.
 */
export async function exportItemsWorkflow(input: ExportInput): Promise<void> {
  const { exportId, ...scope } = input;
  try {
    await restoreActivities({ responsive: true }).runExport({ ...scope, exportId });
  } catch (err) {
    if (patched('ends its export')) {
      await CancellationScope.nonCancellable(async () => {
        const { isKept } = await insist(() => maintenanceActivities().endExport(input));
        if (isKept) await removeWhenOver(scope, exportLifeMs);
      });
    }
    throw err;
  }
  if (patched('removes its archive')) await removeWhenOver(scope, exportLifeMs);
}
