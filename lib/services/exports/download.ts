import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { z } from 'zod';
import { AppError } from '#lib/core/errors.ts';
import { audit, requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { exportInput } from './input.ts';
import { loadExport } from './store.ts';
import { viewExport } from './view.ts';

export interface ExportDownload {
  /** A name of ours; nothing of the mail is in it. */
  fileName: string;
  bytes: number;
  sha256: string;
  body: Readable;
}

/**
 * Hands out a finished archive.
 * @param folder where the worker leaves archives; the portal has to see the same folder
 */
export async function downloadExport(
  ctx: ServiceContext,
  input: z.input<typeof exportInput>,
  folder: string,
): Promise<ExportDownload> {
  requirePermission(ctx, 'exports.run');
  // What is exported can be read.
  requirePermission(ctx, 'content.read');
  const key = { mspId: ctx.mspId, ...parse(exportInput, input) };
  requireReach(ctx, key);
  const row = await withScope(ctx.db, key, (tx) => loadExport(tx, key));
  requireReach(ctx, row);
  const view = viewExport(row, ctx.clock.now());
  const gone = () =>
    new AppError('expired', 'This export is no longer kept. Start it again to get a fresh one.');
  if (view.state === 'expired') throw gone();
  if (view.state !== 'done' || row.file === null || row.sha256 === null) {
    throw new AppError('conflict', 'This export is not finished yet.');
  }
  // Held open from here on: once it has begun, no removal can cut a download short.
  const file = await open(join(folder, basename(row.file)), 'r').catch((err) => {
    if ((err as NodeJS.ErrnoException).code === 'ENOENT') throw gone();
    throw err;
  });
  try {
    const { size: bytes } = await file.stat();
    await withScope(ctx.db, key, (tx) =>
      audit(ctx, tx, {
        tenantId: key.tenantId,
        action: 'export.download',
        entity: 'export',
        entityId: key.exportId,
        facts: { bytes },
      }),
    );
    return {
      // The end of an id is random; its beginning is the same for all exports of some hours.
      fileName: `holdfast-export-${key.exportId.slice(-8)}.zip`,
      bytes,
      sha256: row.sha256,
      body: file.createReadStream(),
    };
  } catch (err) {
    await file.close();
    throw err;
  }
}
