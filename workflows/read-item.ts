import type { ReadItemInput } from '#lib/jobs/contract.ts';
import { promptActivities } from './activity-options.ts';
import { removeWhenOver } from './removal.ts';

/**
 * Opens one item for a reader. The text goes into the catalogue, never into this history. The story
 * stays open until what it made is removed, also where the attempt failed: a worker that was killed
 * may have left half a file.
 */
export async function readItemWorkflow({ lifeMs, ...input }: ReadItemInput): Promise<void> {
  const { mspId, tenantId } = input;
  try {
    await promptActivities().renderPreview(input);
  } finally {
    if (lifeMs !== undefined) await removeWhenOver({ mspId, tenantId }, lifeMs);
  }
}
