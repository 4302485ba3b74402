import { isAppError } from '#lib/core/errors.ts';
import { type TextSource, textOfStored } from '#lib/exchange/item-text.ts';
import type { ServiceContext } from '../context.ts';
import { withScope } from '../transaction.ts';
import { type DocumentInput, saveDocuments } from './documents.ts';
import { type IndexedMailbox, missingVersions, noteIndexed } from './indexed.ts';

const versionsAtOnce = 100;
/** A run is for copies first; what is left waits for the next one, and the difference is shown. */
const budgetMs = 60_000;

/**
 * Brings versions into the index that were copied before there was one, from the vault and without a
 * request to Microsoft. It never fails a backup: what went wrong is tried again by the next run.
 */
export async function fillIndex(
  ctx: ServiceContext,
  key: IndexedMailbox,
  openSource: () => Promise<TextSource>,
  signal: AbortSignal,
): Promise<void> {
  try {
    const source = await openSource();
    const endsAtMs = ctx.clock.monotonicMs() + budgetMs;
    while (!signal.aborted && ctx.clock.monotonicMs() < endsAtMs) {
      const rows = await withScope(ctx.db, key, (tx) => missingVersions(tx, key, versionsAtOnce));
      const documents: DocumentInput[] = [];
      for (const { ref, subject, sender, recipients, ...row } of rows) {
        const text = await textOfStored(source, ref, row.kind, {
          subject,
          sender,
          recipients,
        }).catch((err) => {
          // A vault that is away is another matter than an item that cannot be read.
          if (isAppError(err, 'vault.unavailable')) throw err;
          return null;
        });
        documents.push({ ...row, text, known: { subject, people: `${sender} ${recipients}` } });
      }
      await withScope(ctx.db, key, async (tx) => {
        await saveDocuments(tx, key, documents);
        await noteIndexed(tx, key);
      });
      if (rows.length < versionsAtOnce) return;
    }
  } catch (err) {
    if (signal.aborted) return;
    ctx.deps.log.error('the search index was not filled', err, { mailboxId: key.mailboxId });
  }
}
