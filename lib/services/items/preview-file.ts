import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Its name once it is whole. */
export function previewName(previewId: string): string {
  return `preview-${previewId}`;
}

/** Its name while it is being written; a worker that is killed leaves it behind. */
export function partialName(previewId: string): string {
  return `${previewName(previewId)}.partial`;
}

/** Removes the file of a preview, whole or not; most have none. */
export async function removePreviewFile(folder: string, previewId: string): Promise<void> {
  await rm(join(folder, previewName(previewId)), { force: true });
  await rm(join(folder, partialName(previewId)), { force: true });
}
