import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { RestoreActivities } from '#lib/jobs/contract.ts';
import type { Engines } from '#lib/services/engines.ts';
import { runExport } from '#lib/services/exports/run.ts';
import { renderItem } from '#lib/services/items/render-item.ts';
import { renderPreview } from '#lib/services/items/render-preview.ts';
import { buildRestorePlan } from '#lib/services/restores/build-plan.ts';
import { restoreBatch, verifyBatch } from '#lib/services/restores/work-batch.ts';
import { forActivity, type ProcessContext } from './for-activity.ts';

/** Reads the vault and writes to Microsoft with the restore app. */
export function createRestoreActivities(
  process: ProcessContext,
  engines: Engines,
  place: { exportFolder: string },
): RestoreActivities {
  return {
    buildRestorePlan: (input) =>
      buildRestorePlan(forActivity(process, input), input, engines, cancellationSignal()),
    restoreBatch: (input) =>
      restoreBatch(forActivity(process, input), input, engines, cancellationSignal()),
    verifyBatch: (input) =>
      verifyBatch(forActivity(process, input), input, engines, cancellationSignal()),
    runExport: (input) =>
      runExport(forActivity(process, input), input, engines, {
        folder: place.exportFolder,
        signal: cancellationSignal(),
        attempt: activityInfo().attempt,
      }),
    renderPreview: ({ mspId, tenantId, previewId }) =>
      renderPreview(
        forActivity(process, { mspId, tenantId }),
        { tenantId, previewId },
        async (wish) =>
          renderItem((await engines.vault(tenantId)).reader(), wish, place.exportFolder),
        place.exportFolder,
      ),
  };
}
