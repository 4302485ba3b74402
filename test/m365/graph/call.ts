import type { IncomingMessage } from 'node:http';
import type { Faults } from '../faults.ts';
import { BodyTooLarge, readBody } from '../http/body.ts';
import type { Reply } from '../http/reply.ts';
import type { Stats } from '../stats.ts';
import type { Mailbox } from '../store/mailbox.ts';
import type { DirectoryUser, Store } from '../store/store.ts';
import { badRequest, GraphFailure } from './failures.ts';
import type { ImportSessions } from './import-sessions.ts';
import { parseQuery, type Query } from './odata.ts';

/** What every route works on. */
export interface GraphWorld {
  /** Address of the stand-in, without a slash at the end. */
  base: string;
  store: Store;
  sessions: ImportSessions;
  faults: Faults;
  stats: Stats;
  /** False: changing subject, body or recipients of a sent message is refused (research/graph.md §1.11). */
  mailAdvanced: boolean;
}

/** Graph takes no more in one request; import sessions do (research/graph.md §2.8). */
const bodyBytesMax = 4 * 1024 * 1024;
const pageMax = 999;

/** One authorised request to Graph. */
export class Call {
  readonly world: GraphWorld;
  readonly req: IncomingMessage;
  readonly url: URL;
  readonly params: Record<string, string>;
  readonly reply: Reply;
  readonly tid: string;
  readonly appId: string;
  readonly user: DirectoryUser | null;
  readonly prefer: string;

  constructor(fields: {
    world: GraphWorld;
    req: IncomingMessage;
    url: URL;
    params: Record<string, string>;
    reply: Reply;
    tid: string;
    appId: string;
    user: DirectoryUser | null;
  }) {
    this.world = fields.world;
    this.req = fields.req;
    this.url = fields.url;
    this.params = fields.params;
    this.reply = fields.reply;
    this.tid = fields.tid;
    this.appId = fields.appId;
    this.user = fields.user;
    const { prefer } = fields.req.headers;
    this.prefer = Array.isArray(prefer) ? prefer.join(', ') : (prefer ?? '');
  }

  get store(): Store {
    return this.world.store;
  }

  get query(): Query {
    return parseQuery(this.url.searchParams);
  }

  /** Ids as the caller wants them. */
  get immutable(): boolean {
    return /IdType\s*=\s*"?ImmutableId/i.test(this.prefer);
  }

  get pageSize(): number | null {
    const asked = /odata\.maxpagesize\s*=\s*(\d+)/i.exec(this.prefer)?.[1];
    return asked ? Math.max(1, Math.min(pageMax, Number(asked))) : null;
  }

  get mailbox(): Mailbox {
    const mailbox = this.user && this.store.mailboxOf(this.user);
    if (mailbox) return mailbox;
    throw new GraphFailure(
      404,
      'MailboxNotEnabledForRESTAPI',
      'The mailbox is either inactive, soft-deleted, or is hosted on-premise.',
    );
  }

  async body(): Promise<Buffer> {
    try {
      return await readBody(this.req, bodyBytesMax);
    } catch (err) {
      if (!(err instanceof BodyTooLarge)) throw err;
      throw new GraphFailure(413, 'RequestEntityTooLarge', 'The request is larger than 4 MB.');
    }
  }

  async json(): Promise<Record<string, unknown>> {
    const text = (await this.body()).toString('utf8');
    try {
      const value = JSON.parse(text);
      if (value && typeof value === 'object' && !Array.isArray(value)) return value;
    } catch {}
    throw badRequest(
      'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
    );
  }

  context(fragment: string): string {
    return `${this.world.base}/v1.0/$metadata#${fragment}`;
  }

  entity(status: number, fragment: string, resource: Record<string, unknown>): Promise<void> {
    return this.reply.json(status, {
      '@odata.context': this.context(`${fragment}/$entity`),
      ...resource,
    });
  }

  /**
   * One page of a collection, with a link to the next.
   * @param fallback entries a page has where the caller does not say
   */
  async list<T>(
    fragment: string,
    all: readonly T[],
    render: (entry: T) => Record<string, unknown> | Promise<Record<string, unknown>>,
    fallback = 10,
  ): Promise<void> {
    const { top, skip, count } = this.query;
    const size = Math.max(1, Math.min(pageMax, top ?? this.pageSize ?? fallback));
    const page = all.slice(skip, skip + size);
    const answer: Record<string, unknown> = { '@odata.context': this.context(fragment) };
    if (count) answer['@odata.count'] = all.length;
    answer.value = await Promise.all(page.map(render));
    if (skip + page.length < all.length) {
      const next = new URL(`${this.world.base}${this.url.pathname}${this.url.search}`);
      next.searchParams.set('$skip', String(skip + page.length));
      answer['@odata.nextLink'] = next.href.replaceAll('%24', '$');
    }
    return this.reply.json(200, answer);
  }
}
