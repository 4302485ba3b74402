import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Its name once it is whole. */
export function archiveName(exportId: string): string {
  return `${exportId}.zip`;
}

/** Its name while it is being written; a worker that is killed leaves it behind. */
export function partialName(exportId: string): string {
  return `${archiveName(exportId)}.partial`;
}

/** Removes the archive of an export, whole or not. */
export async function removeArchive(folder: string, exportId: string): Promise<void> {
  await rm(join(folder, archiveName(exportId)), { force: true });
  await rm(join(folder, partialName(exportId)), { force: true });
}
