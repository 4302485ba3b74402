import { systemClock } from '#lib/core/clock.ts';
import { silentLog } from '#lib/core/log.ts';
import { GraphClient, type GraphClientOptions } from '#lib/graph/client.ts';

export interface TinyItem {
  id: string;
  folderId: string;
  changeKey: string;
  type: string;
  /** MIME or JSON. */
  readable: string;
  stream: string;
  /** Told where they are asked for. */
  properties?: Array<{ id: string; value: string }>;
}

interface TinyFolder {
  id: string;
  displayName: string;
  parentFolderId: string | null;
  type: string;
}

interface Change {
  id: string;
  folderId: string;
  gone: boolean;
}

const graphUrl = 'https://graph.tiny';
export const tinyMailbox = { userId: 'user', exchangeId: 'MBX:tiny' };

/**
 * One mailbox behind the routes that backup and restore use, in memory, without a socket. For faults
 * that a whole stand-in cannot be told to have; a request may be answered by `fault` instead.
 */
export class TinyGraph {
  readonly folders = new Map<string, TinyFolder>();
  readonly items = new Map<string, TinyItem>();
  readonly calls: string[] = [];
  /** Answers instead of the mailbox, or throws as a broken connection does; undefined lets it through. */
  fault: (call: { method: string; path: string; body: string }) => Response | undefined = () =>
    undefined;
  /** After the mailbox has done what was asked: the reply may be lost. */
  lose: (call: { method: string; path: string }) => boolean = () => false;
  pageSize = 50;
  readonly #log: Change[] = [];
  #next = 1;
  #oldestLink = 0;

  constructor() {
    this.addFolder('inbox', 'Posteingang');
    this.addFolder('sent', 'Gesendet');
  }

  client(more: Partial<GraphClientOptions> = {}): GraphClient {
    return new GraphClient({
      cloud: { graphUrl, loginUrl: graphUrl },
      entraTid: 'tid',
      tokens: {
        clientId: 'app',
        token: async () => ({
          accessToken: 'token',
          tid: 'tid',
          roles: [],
          expiresAt: new Date(8.64e15),
        }),
      },
      clock: systemClock,
      log: silentLog,
      fetch: this.fetch,
      sleep: async () => {},
      ...more,
    });
  }

  readonly fetch = ((url, init) => this.#answer(new URL(String(url)), init ?? {})) as typeof fetch;

  addFolder(id: string, displayName: string, parentFolderId: string | null = null): void {
    this.folders.set(id, { id, displayName, parentFolderId, type: 'IPF.Note' });
  }

  addMail(folderId: string, subject: string, body = 'Hello.'): TinyItem {
    const number = this.#next++;
    return this.#put({
      id: `item${number}`,
      folderId,
      changeKey: `ck${number}`,
      type: 'IPM.Note',
      readable: mimeOf(subject, body, number),
      stream: `FTS ${subject} ${number}\n${mimeOf(subject, body, number)}`,
    });
  }

  /** Makes a change that delta reports, such as a category. */
  touch(id: string): void {
    const item = this.items.get(id)!;
    this.#put({ ...item, changeKey: `ck${this.#next++}` });
  }

  remove(id: string): void {
    const item = this.items.get(id)!;
    this.items.delete(id);
    this.#log.push({ id, folderId: item.folderId, gone: true });
  }

  move(id: string, folderId: string): void {
    const item = this.items.get(id)!;
    this.#log.push({ id, folderId: item.folderId, gone: true });
    this.#put({ ...item, folderId, changeKey: `ck${this.#next++}` });
  }

  removeFolder(id: string): void {
    this.folders.delete(id);
    for (const item of [...this.items.values()]) if (item.folderId === id) this.remove(item.id);
  }

  /** Says that an item is gone although it is not, as the service does (A → B → A). */
  claimGone(id: string): void {
    this.#log.push({ id, folderId: this.items.get(id)!.folderId, gone: true });
  }

  /** From now on the delta links given so far are answered with 410. */
  forgetLinks(): void {
    this.#oldestLink = this.#log.length;
  }

  #put(item: TinyItem): TinyItem {
    this.items.set(item.id, item);
    this.#log.push({ id: item.id, folderId: item.folderId, gone: false });
    return item;
  }

  async #answer(url: URL, init: RequestInit): Promise<Response> {
    const method = init.method ?? 'GET';
    const path =
      decodeURIComponent(url.pathname.replace('/v1.0', '')) + decodeURIComponent(url.search);
    const body = await new Response(init.body as BodyInit, {}).text();
    this.calls.push(`${method} ${path}`);
    const instead = this.fault({ method, path, body });
    if (instead) return instead;
    const res = this.#route(method, path, body);
    if (this.lose({ method, path }))
      throw new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } });
    return res;
  }

  #route(method: string, path: string, body: string): Response {
    const rest = path.replace(`/admin/exchange/mailboxes/${tinyMailbox.exchangeId}`, '');
    let match: RegExpExecArray | null;
    if (rest === '/exportItems') return this.#export(JSON.parse(body).itemIds);
    if (rest === '/createImportSession')
      return answer({
        importUrl: `${graphUrl}/import?authtoken=secret`,
        expirationDateTime: '2099-01-01T00:00:00Z',
      });
    if (path.startsWith('/import')) return this.#import(JSON.parse(body));
    if (rest === '/folders/delta')
      return answer({ value: [...this.folders.values()], '@odata.deltaLink': `${graphUrl}/f` });
    match = /^\/folders(?:\/([^/]+)\/childFolders)?(?:\?.*)?$/.exec(rest);
    if (match) return this.#children(method, match[1] ?? null, body);
    match = /^\/folders\/([^/]+)\/items\/delta(?:\?(skip|since)=(\d+)(?:&from=(\d+))?)?$/.exec(
      rest,
    );
    if (match) return this.#delta(match[1]!, match[2], Number(match[3]), Number(match[4]));
    match = /^\/folders\/([^/]+)\/items\/([^/?]+)/.exec(rest);
    if (match) return this.#item(method, match[1]!, match[2]!, rest);
    match = /^\/folders\/([^/?]+)$/.exec(rest);
    if (match) {
      const folder = this.folders.get(match[1]!);
      return folder ? answer(folder) : failure(404, 'ErrorItemNotFound');
    }
    match = /^\/users\/user\/messages\/([^/]+)\/\$value$/.exec(path);
    if (match) {
      const item = this.items.get(match[1]!);
      return item ? new Response(item.readable) : failure(404, 'ErrorItemNotFound');
    }
    match = /^\/users\/user\/messages\/([^/?]+)\?\$select=parentFolderId$/.exec(path);
    if (match) {
      const item = this.items.get(match[1]!);
      return item
        ? answer({ id: item.id, parentFolderId: item.folderId })
        : failure(404, 'ErrorItemNotFound');
    }
    match =
      /^\/users\/user\/mailFolders\/([^/]+)\/messages\?\$filter=internetMessageId eq '(.+)'&/.exec(
        path,
      );
    if (match) {
      const found = [...this.items.values()].filter(
        ({ folderId, readable }) =>
          folderId === match![1] && readable.includes(`Message-ID: ${match![2]}\r\n`),
      );
      return answer({ value: found.map(({ id }) => ({ id })) });
    }
    return failure(400, 'BadRequest');
  }

  #children(method: string, parentId: string | null, body: string): Response {
    if (method === 'POST') {
      const { displayName, type } = JSON.parse(body);
      const id = `made${this.#next++}`;
      this.folders.set(id, { id, displayName, parentFolderId: parentId, type });
      return answer(this.folders.get(id), 201);
    }
    return answer({
      value: [...this.folders.values()].filter(({ parentFolderId }) => parentFolderId === parentId),
    });
  }

  #item(method: string, folderId: string, id: string, asked: string): Response {
    const item = this.items.get(id);
    if (!item || item.folderId !== folderId) return failure(404, 'ErrorItemNotFound');
    if (method === 'DELETE') {
      this.remove(id);
      return new Response(null, { status: 204 });
    }
    return answer(
      item.properties && asked.includes('singleValueExtendedProperties(')
        ? { ...shown(item), singleValueExtendedProperties: item.properties }
        : shown(item),
    );
  }

  #delta(folderId: string, kind: string | undefined, at: number, from: number): Response {
    if (!this.folders.has(folderId)) return failure(404, 'ErrorFolderNotFound');
    const base = `${graphUrl}/v1.0/admin/exchange/mailboxes/${tinyMailbox.exchangeId}/folders/${folderId}/items/delta`;
    if (kind === 'since' && at < this.#oldestLink) return failure(410, 'syncStateNotFound');
    const start = kind === 'skip' ? from : this.#log.length;
    if (kind === 'since') {
      const changes = this.#log.slice(at).filter((change) => change.folderId === folderId);
      const value = changes.map(({ id, gone }) => {
        const item = this.items.get(id);
        return gone || item?.folderId !== folderId
          ? { id, '@removed': { reason: 'deleted' } }
          : shown(item);
      });
      return answer({ value, '@odata.deltaLink': `${base}?since=${this.#log.length}` });
    }
    const all = [...this.items.values()].filter((item) => item.folderId === folderId);
    const skip = kind === 'skip' ? at : 0;
    const page = all.slice(skip, skip + this.pageSize);
    return answer({
      value: page.map(shown),
      ...(skip + page.length < all.length
        ? { '@odata.nextLink': `${base}?skip=${skip + page.length}&from=${start}` }
        : { '@odata.deltaLink': `${base}?since=${start}` }),
    });
  }

  #export(ids: string[]): Response {
    return answer({
      value: ids.map((itemId) => {
        const item = this.items.get(itemId);
        if (!item) return { itemId, Error: { code: 'ErrorItemNotFound', message: '' } };
        return {
          itemId,
          changeKey: item.changeKey,
          data: Buffer.from(item.stream).toString('base64'),
        };
      }),
    });
  }

  #import({ FolderId, Data }: { FolderId: string; Data: string }): Response {
    if (!this.folders.has(FolderId)) return failure(404, 'ErrorFolderNotFound');
    const number = this.#next++;
    const stream = Buffer.from(Data, 'base64').toString();
    const item = this.#put({
      id: `item${number}`,
      folderId: FolderId,
      changeKey: `ck${number}`,
      type: 'IPM.Note',
      readable: stream.slice(stream.indexOf('\n') + 1),
      stream,
    });
    return answer({ itemId: item.id, changeKey: item.changeKey });
  }
}

export function mimeOf(subject: string, body: string, number: number): string {
  return [
    `Message-ID: <${number}@tiny.test>`,
    'Date: Wed, 25 Nov 2026 10:00:00 +0000',
    'From: Mira <mira@tiny.test>',
    'To: jon@tiny.test',
    `Subject: ${subject}`,
    '',
    body,
    '',
  ].join('\r\n');
}

function shown(item: TinyItem) {
  const { id, changeKey, type } = item;
  return {
    id,
    changeKey,
    type,
    size: item.readable.length,
    categories: [],
    createdDateTime: '2026-11-25T10:00:00Z',
  };
}

function answer(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status });
}

export function failure(status: number, code: string): Response {
  return new Response(JSON.stringify({ error: { code, message: '' } }), { status });
}
