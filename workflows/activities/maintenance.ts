import type { MaintenanceActivities } from '#lib/jobs/contract.ts';
import type { Engines } from '#lib/services/engines.ts';
import { dropExpiredExports } from '#lib/services/exports/drop-expired.ts';
import { endExport } from '#lib/services/exports/end.ts';
import { dropPreviews } from '#lib/services/items/drop-previews.ts';
import { measureVault } from '#lib/services/runs/measure-vault.ts';
import { forActivity, type ProcessContext } from './for-activity.ts';

/** Work that nobody waits for. */
export function createMaintenanceActivities(
  process: ProcessContext,
  engines: Engines,
  place: { target: string; keyId: string; exportFolder: string },
): MaintenanceActivities {
  return {
    measureVault: (input) => measureVault(forActivity(process, input), input, engines, place),
    async dropExpiredExports(input) {
      // Both hold mail in clear, so both go.
      await dropPreviews(forActivity(process, input), input, place.exportFolder);
      await dropExpiredExports(forActivity(process, input), input, place.exportFolder);
    },
    endExport: ({ mspId, tenantId, exportId }) =>
      endExport(
        forActivity(process, { mspId, tenantId }),
        { tenantId, exportId },
        place.exportFolder,
      ),
  };
}
