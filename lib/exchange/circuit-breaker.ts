import { AppError } from '#lib/core/errors.ts';
import type { GraphClient } from '#lib/graph/client.ts';
import type { MailboxItem } from '#lib/graph/items.ts';
import { kindOfClass } from './item.ts';
import { formFailure, readReadable, readStreams, type SourceMailbox } from './read-item.ts';

/** An item with the folder that it is in. */
export interface PlacedItem {
  folderId: string;
  item: MailboxItem;
}

/** `item`: nothing of it could be had; else that form of it alone. */
export type Failing = 'item' | 'stream' | 'readable';

export interface BreakerSource {
  graph: GraphClient;
  mailbox: SourceMailbox;
  mode: 'dual' | 'stream' | 'readable';
  signal: AbortSignal;
  /** Items elsewhere in the mailbox, those first that were read well before. */
  elsewhere(): AsyncIterable<PlacedItem>;
}

/** After this many failures in a row it may not be the items. */
const failuresInARowMax = 20;
/** Others that are asked for before it is said that Microsoft gives out nothing. */
const witnessesMax = 12;

/**
 * Tells a source that gives out nothing from items that cannot be had. Counts failures in a row over a
 * whole slice, for each form by itself; past the limit other items are asked for. As long as one of
 * them is given out, the trouble is with the items: they are failures to be tried again, and the
 * mailbox goes on. Neighbours that fail for good would else stop it at the same place in each run.
 */
export class CircuitBreaker {
  readonly #source: BreakerSource;
  readonly #inARow = { item: 0, stream: 0, readable: 0 };
  readonly #good = {
    stream: new Map<string, PlacedItem>(),
    readable: new Map<string, PlacedItem>(),
  };
  readonly #asking = new Map<Failing, Promise<boolean>>();
  #failed = new Set<string>();
  #neighbours: PlacedItem[] = [];

  constructor(source: BreakerSource) {
    this.#source = source;
  }

  /** What is about to be read: some of it may be asked for early. */
  among(folderId: string, items: readonly MailboxItem[]): void {
    this.#neighbours = items.map((item) => ({ folderId, item }));
    this.#failed = new Set();
  }

  /** @throws AppError `source.refused` or `source.unavailable` (retryable) when it is not the items */
  async note(what: Failing, failed: boolean, code: string, placed: PlacedItem): Promise<void> {
    if (!failed) {
      this.#inARow[what] = 0;
      return;
    }
    this.#failed.add(placed.item.id);
    if (++this.#inARow[what] <= failuresInARowMax) return;
    const denied = /accessdenied/i.test(code);
    // Many fail at the same time and wait for one answer.
    let asking = this.#asking.get(what);
    if (!asking) {
      asking = this.#anyGivenOut(what, denied ? kindOf(placed.item) : null).finally(() =>
        this.#asking.delete(what),
      );
      this.#asking.set(what, asking);
    }
    if (await asking) {
      this.#inARow[what] = 0;
      return;
    }
    if (denied) {
      throw new AppError(
        'source.refused',
        'Microsoft denies access to the items of this mailbox: a permission of the application is missing, or the mailbox is out of its scope.',
        { data: { form: what, graphCode: code } },
      );
    }
    throw new AppError(
      'source.unavailable',
      `Microsoft failed to give out more than ${failuresInARowMax} items in a row (${code || 'no code'}), so the backup of this mailbox stopped. What was saved before is kept; the next run goes on.`,
      { retryable: true, data: { form: what, graphCode: code } },
    );
  }

  /** A form was read whole. */
  good(form: 'stream' | 'readable', placed: PlacedItem): void {
    this.#good[form].set(kindOf(placed.item), placed);
  }

  /** @param kind where access is denied, only items of this kind tell: each has a permission of its own */
  async #anyGivenOut(what: Failing, kind: string | null): Promise<boolean> {
    let asked = 0;
    const seen = new Set<string>();
    for await (const witness of this.#witnesses(what)) {
      if (seen.has(witness.item.id) || this.#failed.has(witness.item.id)) continue;
      seen.add(witness.item.id);
      if (kind !== null && kindOf(witness.item) !== kind) continue;
      if (await this.#givenOut(what, witness)) return true;
      if (++asked === witnessesMax) return false;
    }
    return false;
  }

  async *#witnesses(what: Failing): AsyncGenerator<PlacedItem> {
    if (what !== 'readable') yield* this.#good.stream.values();
    if (what !== 'stream') yield* this.#good.readable.values();
    yield* spread(this.#neighbours.filter(({ item }) => !this.#failed.has(item.id)));
    yield* this.#source.elsewhere();
  }

  async #givenOut(what: Failing, { folderId, item }: PlacedItem): Promise<boolean> {
    const { graph, mailbox, mode, signal } = this.#source;
    signal.throwIfAborted();
    if (what !== 'readable' && mode !== 'readable') {
      const stream = (await readStreams(graph, mailbox.exchangeId, [item.id], signal)).get(item.id);
      if (stream?.kind === 'ok') {
        await stream.value.dispose();
        return true;
      }
    }
    if (what === 'stream' || (what === 'item' && mode === 'stream')) return false;
    const readable = await readReadable(graph, mailbox, folderId, item, {
      listingOnly: mode === 'stream',
      withAttachments: false,
      signal,
    }).catch(formFailure);
    if (readable.kind === 'ok') await readable.value.body.dispose();
    return readable.kind === 'ok';
  }
}

function kindOf(item: MailboxItem): string {
  return kindOfClass(item.type ?? '');
}

/** A few from the whole length, the last one first: what fails together stands together. */
export function spread<T>(list: readonly T[], count = 4): T[] {
  const step = Math.max(1, Math.ceil(list.length / count));
  const some: T[] = [];
  for (let at = list.length - 1; at >= 0 && some.length < count; at -= step) some.push(list[at]!);
  return some;
}
