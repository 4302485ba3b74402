import type { Clock } from '#lib/core/clock.ts';
import { base64Length, encodeBase64 } from './base64-stream.ts';
import type { GraphClient } from './client.ts';
import { GraphCutShort, GraphError } from './errors.ts';

/** Renewed this long before it ends (research/graph.md §2.3). */
const renewBeforeMs = 5 * 60_000;

interface Session {
  url: string;
  openedAt: number;
  expiresAt: number;
}

export interface ImportedItem {
  itemId: string;
  changeKey: string;
}

/**
 * Puts full-fidelity streams back into one mailbox. The address of a session carries its own bearer:
 * it stays in this object and is never logged.
 *
 * A create that ended unclear may have happened: the caller looks before it tries again.
 */
export class ImportSession {
  readonly #client: GraphClient;
  readonly #mailboxId: string;
  readonly #clock: Clock;
  #current: Promise<Session> | null = null;

  constructor(client: GraphClient, mailboxId: string, clock: Clock) {
    this.#client = client;
    this.#mailboxId = mailboxId;
    this.#clock = clock;
  }

  /**
   * Creates one item from its stream.
   * @param body opened anew for each attempt
   * @throws GraphError; one with `retryable` may hide a create that happened
   */
  async create(
    folderId: string,
    body: { bytes: number; open: () => AsyncIterable<Uint8Array> },
    signal?: AbortSignal,
  ): Promise<ImportedItem> {
    let renewed = false;
    for (;;) {
      const session = await this.#session(signal);
      try {
        const answer = await this.#client.postImport<{ itemId?: string; changeKey?: string }>(
          session.url,
          request(folderId, body),
          signal,
        );
        if (!answer?.itemId) throw new GraphCutShort();
        return { itemId: answer.itemId, changeKey: answer.changeKey ?? '' };
      } catch (err) {
        const refused = err instanceof GraphError && (err.status === 401 || err.status === 403);
        if (!refused || renewed) throw err;
        renewed = true;
        // Unless another create has renewed it meanwhile.
        if ((await this.#current?.catch(() => null)) === session) this.#current = null;
      }
    }
  }

  /** One at a time is opened, however many creates wait for it. */
  async #session(signal: AbortSignal | undefined): Promise<Session> {
    for (;;) {
      const current = this.#current;
      if (!current) {
        const opening = this.#open(signal);
        this.#current = opening;
        try {
          return await opening;
        } catch (err) {
          if (this.#current === opening) this.#current = null;
          throw err;
        }
      }
      const session = await current;
      if (isUsable(session, this.#clock.now().getTime())) return session;
      if (this.#current === current) this.#current = null;
    }
  }

  async #open(signal: AbortSignal | undefined): Promise<Session> {
    const now = this.#clock.now().getTime();
    const answer = await openImport(this.#client, this.#mailboxId, signal);
    const told = Date.parse(answer.expirationDateTime ?? '');
    return {
      url: answer.importUrl,
      openedAt: now,
      expiresAt: Number.isNaN(told) ? now + 30 * 60_000 : told,
    };
  }
}

/** Asks for an address to put items to. By itself it writes nothing. */
export async function openImport(
  client: GraphClient,
  mailboxId: string,
  signal?: AbortSignal,
): Promise<{ importUrl: string; expirationDateTime?: string }> {
  const answer = await client.json<{ importUrl?: string; expirationDateTime?: string }>({
    method: 'POST',
    path: `/admin/exchange/mailboxes/${encodeURIComponent(mailboxId)}/createImportSession`,
    repeatable: true,
    signal,
  });
  const { importUrl, ...rest } = answer ?? {};
  if (!importUrl) throw new GraphCutShort();
  return { importUrl, ...rest };
}

/** One that was short from the start is used until half of it is left, not opened for each item. */
function isUsable({ openedAt, expiresAt }: Session, now: number): boolean {
  const wholeMs = expiresAt - openedAt;
  return expiresAt - now > Math.min(renewBeforeMs, wholeMs / 2);
}

function request(
  folderId: string,
  body: { bytes: number; open: () => AsyncIterable<Uint8Array> },
): { open: () => AsyncIterable<Uint8Array>; bytes: number } {
  const head = Buffer.from(`{"FolderId":${JSON.stringify(folderId)},"Mode":"create","Data":"`);
  const tail = Buffer.from('"}');
  return {
    bytes: head.length + base64Length(body.bytes) + tail.length,
    async *open() {
      yield head;
      yield* encodeBase64(body.open());
      yield tail;
    },
  };
}
