import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ItemKind } from '#db/enums.ts';
import { AppError } from '#lib/core/errors.ts';
import { attachmentBytes, itemBytes } from '#lib/exchange/item-bytes.ts';
import { previewItem } from '#lib/exchange/preview.ts';
import type { VaultReader } from '#lib/vault/vault.ts';
import { partialName, previewName } from './preview-file.ts';
import type { RenderedFile, RenderedView } from './store.ts';

/** What of which item is asked for. */
export interface RenderWish {
  previewId: string;
  ref: string;
  kind: ItemKind;
  form: 'view' | 'attachment' | 'mime';
  part: number | null;
}

type Source = Pick<VaultReader, 'openReadable'>;

/**
 * An item in the vault in the form that the catalogue keeps for a moment.
 * @param folder where bytes are left for the portal to hand out
 */
export async function renderItem(
  source: Source,
  wish: RenderWish,
  folder: string,
): Promise<RenderedView | RenderedFile> {
  return wish.form === 'view' ? renderView(source, wish) : renderFile(source, wish, folder);
}

async function renderView(source: Source, { ref, kind }: RenderWish): Promise<RenderedView> {
  const preview = await previewItem(source, ref, kind);
  if (preview === null) {
    throw new AppError(
      'not-found',
      'Exchange gave no readable form of this item. It restores exactly, but cannot be shown.',
    );
  }
  const named = ({ name, value }: { name: string; value: string }): [string, string] => [
    clean(name),
    clean(value),
  ];
  return {
    headers: preview.headers.map(named),
    text: clean(preview.text),
    html: preview.html === null ? null : clean(preview.html),
    remote: preview.remote,
    headerLines: preview.headerLines.map(named),
    details: preview.details,
    attachments: preview.attachments.map((file) => ({
      ...file,
      name: clean(file.name),
      type: clean(file.type),
    })),
    truncated: preview.truncated,
  };
}

/** Postgres keeps no NUL in text, and no half of a surrogate pair. */
function clean(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

async function renderFile(
  source: Source,
  { ref, form, part, previewId }: RenderWish,
  folder: string,
): Promise<RenderedFile> {
  const made =
    form === 'mime' ? await itemBytes(source, ref) : await attachmentBytes(source, ref, part ?? 0);
  if (made === null) {
    throw new AppError(
      'not-found',
      form === 'mime'
        ? 'Exchange gave no readable form of this item. It restores exactly, but cannot be downloaded.'
        : 'This attachment has no bytes of its own in the copy. The whole item restores exactly.',
    );
  }
  const { content, extension } = made;
  try {
    await mkdir(folder, { recursive: true });
    const file = previewName(previewId);
    const partial = join(folder, partialName(previewId));
    try {
      await pipeline(content.chunks(), createWriteStream(partial, { mode: 0o600 }));
      await rename(partial, join(folder, file));
    } finally {
      await rm(partial, { force: true });
    }
    // A hash of the id of the record: the same file has the same name, and nothing of the mail is in it.
    const mark = createHash('sha256').update(ref).digest('hex').slice(0, 8);
    const what = form === 'mime' ? 'message' : `file-${(part ?? 0) + 1}`;
    return { file, fileName: `holdfast-${what}-${mark}.${extension}`, bytes: content.bytes };
  } finally {
    await content.dispose();
  }
}
