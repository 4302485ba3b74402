import type { ItemKind } from '#db/enums.ts';
import { AppError } from '#lib/core/errors.ts';
import { previewItem } from '#lib/exchange/preview.ts';
import type { VaultReader } from '#lib/vault/vault.ts';
import type { RenderedText } from './store.ts';

/** The text of an item in the vault, in the form that the catalogue keeps for a moment. */
export async function renderItem(
  reader: VaultReader,
  ref: string,
  kind: ItemKind,
): Promise<RenderedText> {
  const preview = await previewItem(reader, ref, kind);
  if (preview === null) {
    throw new AppError(
      'not-found',
      'Exchange gave no readable form of this item. It restores exactly, but cannot be shown.',
    );
  }
  // Postgres keeps no NUL in text.
  const clean = (text: string) => text.replaceAll('\0', '');
  return {
    headers: preview.headers.map(({ name, value }) => [clean(name), clean(value)]),
    text: clean(preview.text),
    attachments: preview.attachments.map((file) => ({
      ...file,
      name: clean(file.name),
      type: clean(file.type),
    })),
    truncated: preview.truncated,
  };
}
