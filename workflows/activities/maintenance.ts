import type { MaintenanceActivities } from '#lib/jobs/contract.ts';
import type { Engines } from '#lib/services/engines.ts';
import { dropExpiredExports } from '#lib/services/exports/drop-expired.ts';
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
    dropExpiredExports: (input) =>
      dropExpiredExports(forActivity(process, input), input, place.exportFolder),
  };
}
