import type { ExportInput } from '#lib/jobs/contract.ts';
import { restoreActivities } from './activity-options.ts';

/** One activity writes the whole archive; a second attempt starts it over. */
export async function exportItemsWorkflow(input: ExportInput): Promise<void> {
  await restoreActivities({ responsive: true }).runExport(input);
}
