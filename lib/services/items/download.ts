import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { z } from 'zod';
import { addMs } from '#lib/core/clock.ts';
import { AppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import {
  actorName,
  audit,
  requirePermission,
  requireReach,
  type ServiceContext,
} from '../context.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { requireAllowance } from './allowance.ts';
import { awaitPreview } from './await-preview.ts';
import { downloadItemInput } from './input.ts';
import { addPreview, expirePreview, findFile, loadItem } from './store.ts';

/** A large message is decrypted, joined and written once; then it is only sent. */
const waitMs = 25_000;
/** A download that has begun holds its file open. */
const lifeMs = 2 * 60_000;
/** One that goes sooner is made anew: whoever is handed it has to get it open. */
const openWithinMs = 30_000;
/** The story gives up after a minute (`promptActivities`); one that waits longer waits for nobody. */
const attemptMs = 60_000;

export interface ItemDownload {
  /** A name of ours; of the mail it has at most a harmless ending. */
  fileName: string;
  bytes: number;
  body: Readable;
}

/**
 * One attachment, or the whole item as MIME (JSON where it is no mail), as bytes to keep. What is
 * asked for again within two minutes is the same file, made once; each time is in the log.
 * @param folder where the worker leaves files; the portal has to see the same folder
 * @throws AppError `too-many` where somebody has too many files made, or kept, at once
 */
export async function downloadItem(
  ctx: ServiceContext,
  input: z.input<typeof downloadItemInput>,
  folder: string,
): Promise<ItemDownload> {
  requirePermission(ctx, 'content.read');
  requirePermission(ctx, 'exports.run');
  const { part, ...ids } = parse(downloadItemInput, input);
  const place = { mspId: ctx.mspId, ...ids };
  requireReach(ctx, place);
  const scope = { mspId: ctx.mspId, tenantId: place.tenantId };
  const { id, ready } = await withScope(ctx.db, scope, async (tx) => {
    const item = await loadItem(tx, place);
    const now = ctx.clock.now();
    const wish = {
      form: part === undefined ? ('mime' as const) : ('attachment' as const),
      part: part ?? null,
    };
    const kept = await findFile(tx, place, {
      ...wish,
      until: addMs(now, openWithinMs),
      begunFrom: addMs(now, -attemptMs),
    });
    const id = kept?.id ?? newId();
    if (kept === undefined) {
      await requireAllowance(ctx, tx, item.bytes);
      await addPreview(tx, {
        ...place,
        ...wish,
        id,
        state: 'waiting',
        // What it may come to, until the worker knows.
        bytes: item.bytes,
        requestedBy: actorName(ctx.actor),
        createdAt: now,
        expiresAt: addMs(now, lifeMs),
      });
    }
    await audit(ctx, tx, {
      tenantId: place.tenantId,
      action: 'item.download',
      entity: 'item',
      entityId: place.itemId,
      facts: { mailboxId: place.mailboxId, part: part ?? null },
    });
    return { id, ready: kept?.state === 'ready' ? kept : null };
  });
  const row = ready ?? (await awaitPreview(ctx, { ...scope, previewId: id, lifeMs }, waitMs));
  const gone = () => new AppError('expired', 'This file is no longer kept. Download it again.');
  if (row.file === null || row.fileName === null) throw gone();
  const file = await open(join(folder, basename(row.file)), 'r').catch(async (err) => {
    if ((err as NodeJS.ErrnoException).code !== 'ENOENT') throw err;
    // Nobody is handed it again.
    await withScope(ctx.db, scope, (tx) => expirePreview(tx, scope, row.id, ctx.clock.now()));
    throw gone();
  });
  try {
    const { size: bytes } = await file.stat();
    return { fileName: row.fileName, bytes, body: file.createReadStream() };
  } catch (err) {
    await file.close();
    throw err;
  }
}
