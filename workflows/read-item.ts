import type { ReadItemInput } from '#lib/jobs/contract.ts';
import { promptActivities } from './activity-options.ts';

/** Opens one item for a reader. The text goes into the catalogue, never into this history. */
export async function readItemWorkflow(input: ReadItemInput): Promise<void> {
  await promptActivities().renderPreview(input);
}
