import { randomInt } from 'node:crypto';
import type { Clock } from '#lib/core/clock.ts';
import { createLimit, sleep as realSleep } from '#lib/core/concurrency.ts';
import type { CloudConfig } from '#lib/core/config.ts';
import { newId } from '#lib/core/ids.ts';
import type { Log } from '#lib/core/log.ts';
import {
  GraphCutShort,
  GraphError,
  GraphThrottled,
  GraphUnreachable,
  graphCodeOf,
  graphFailure,
} from './errors.ts';
import { parseRetryAfter } from './retry-after.ts';
import type { TokenSource } from './token.ts';

export interface GraphClientOptions {
  cloud: CloudConfig;
  /** Organisation that every call of this client is for. */
  entraTid: string;
  tokens: TokenSource;
  clock: Clock;
  log: Log;
  /** Hosts (with port) that an import session may point to, beside Microsoft's own and Graph itself. */
  importHosts?: readonly string[];
  fetch?: typeof fetch;
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Called before the client waits because Graph asked for it; the place for a heartbeat. */
  onWait?: (ms: number) => void;
  /** Ends every call of this client. */
  signal?: AbortSignal;
  /** Milliseconds without a byte after which a call counts as dead. */
  idleMs?: number;
}

export interface GraphRequest {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** `/users/…` below `/v1.0`, or an absolute link that Graph gave and that is followed verbatim. */
  path: string;
  headers?: Record<string, string>;
  /** Values of the Prefer header beside the immutable ids that every call asks for. */
  prefer?: readonly string[];
  /** Sent as JSON. */
  json?: unknown;
  /** True for a POST that changes nothing, so that it may be sent again after an unclear end. */
  repeatable?: boolean;
  signal?: AbortSignal | undefined;
}

export interface GraphAnswer {
  status: number;
  headers: Headers;
  /** Fails with `GraphCutShort` when the connection ends early. */
  body: AsyncIterable<Uint8Array>;
}

export interface GraphPage<T> {
  value: T[];
  nextLink: string | null;
  deltaLink: string | null;
}

/** Waits up to this long are spent in place; longer ones are the caller's to plan (research/temporal.md §2.3). */
const waitInPlaceMs = 30_000;
/** In a row, for one call. */
const throttledMax = 8;
const retriesMax = 3;
const jsonBytesMax = 64 * 1024 * 1024;
const errorBytesMax = 64 * 1024;
const microsoftImportHosts = ['outlook.office365.com', 'outlook.office.com'];

/**
 * Microsoft Graph for one mailbox (or one organisation's directory) over fetch. Make one for each
 * holder of a mailbox lease: at most four of its calls are in flight, which is what Exchange allows
 * one application on one mailbox (research/graph.md §5.1).
 *
 * Every call: waits and repeats on 429; repeats calls that change nothing after 5xx and broken
 * connections; renews the token once after 401; follows no redirect; sends the token to Graph's own
 * host and to no other.
 *
 * @throws GraphError and its kinds (`errors.ts`); the abort reason of the signal
 */
export class GraphClient {
  readonly entraTid: string;
  readonly #options: GraphClientOptions;
  readonly #limit = createLimit(4);
  readonly #origin: string;
  #requests = 0;
  #inFlight = 0;
  #inFlightPeak = 0;
  /** Monotonic moment before which no request leaves: one refusal quiets all four lanes. */
  #quietUntilMs = 0;

  constructor(options: GraphClientOptions) {
    this.#options = options;
    this.entraTid = options.entraTid;
    this.#origin = new URL(options.cloud.graphUrl).origin;
  }

  /** Requests sent so far, repeats included. */
  get requests(): number {
    return this.#requests;
  }

  /** The most calls that were ever in flight at once. */
  get inFlightPeak(): number {
    return this.#inFlightPeak;
  }

  /** A call with a JSON answer. An empty answer (204) gives `undefined`. */
  async json<T>(request: GraphRequest): Promise<T> {
    return this.stream(request, async ({ status, body }) => {
      const text = await readText(body, jsonBytesMax);
      if (status === 204 || (text === '' && request.method === 'DELETE')) return undefined as T;
      return parseJson(text) as T;
    });
  }

  get<T>(path: string, more: Omit<GraphRequest, 'path' | 'method'> = {}): Promise<T> {
    return this.json<T>({ ...more, path });
  }

  post<T>(path: string, json: unknown, more: Omit<GraphRequest, 'path' | 'json'> = {}): Promise<T> {
    return this.json<T>({ ...more, path, json, method: 'POST' });
  }

  /** One page of a collection. A page without a list, or a delta page without a link, is no page. */
  async page<T>(request: GraphRequest & { delta?: boolean }): Promise<GraphPage<T>> {
    return this.stream(request, async ({ body }) => {
      const answer = parseJson(await readText(body, jsonBytesMax)) as Record<string, unknown>;
      const value = answer?.value;
      const nextLink = linkOf(answer, '@odata.nextLink');
      const deltaLink = linkOf(answer, '@odata.deltaLink');
      if (!Array.isArray(value)) throw new GraphCutShort();
      if (request.delta && !nextLink && !deltaLink) throw new GraphCutShort();
      // Links are kept from run to run: one that leads elsewhere is refused before anybody keeps it.
      for (const link of [nextLink, deltaLink]) if (link !== null) this.#graphUrl(link);
      return { value: value as T[], nextLink, deltaLink };
    });
  }

  /** All entries of a collection, page by page. */
  async *entries<T>(request: GraphRequest): AsyncGenerator<T> {
    let next: string | null = request.path;
    const visited = new Set<string>();
    while (next !== null) {
      if (visited.has(next)) throw new GraphCutShort();
      visited.add(next);
      const page: GraphPage<T> = await this.page<T>({ ...request, path: next });
      yield* page.value;
      next = page.nextLink;
    }
  }

  /**
   * A call whose answer is consumed while it arrives. The lane is held until `consume` ends.
   * `consume` runs again from the start when the answer broke off and the call may be repeated.
   */
  stream<T>(request: GraphRequest, consume: (answer: GraphAnswer) => Promise<T>): Promise<T> {
    const url = this.#graphUrl(request.path);
    const repeatable = request.repeatable ?? (request.method ?? 'GET') === 'GET';
    return this.#limit(() => this.#repeat({ url, request, repeatable, withToken: true }, consume));
  }

  /**
   * Posts to the address of an import session: its own bearer is in the address, so no token goes with
   * it, and the host must be one that Microsoft uses (research/graph.md §2.3).
   */
  postImport<T>(
    url: string,
    body: { text: string } | { open: () => AsyncIterable<Uint8Array>; bytes: number },
    signal?: AbortSignal,
  ): Promise<T> {
    const target = this.#importUrl(url);
    const request: GraphRequest = { path: url, method: 'POST', signal };
    return this.#limit(() =>
      this.#repeat(
        { url: target, request, repeatable: false, withToken: false, rawBody: body },
        async (answer) => parseJson(await readText(answer.body, jsonBytesMax)) as T,
      ),
    );
  }

  /** Whether a link is one that a token is sent to; one kept from before may lead to another address. */
  follows(link: string): boolean {
    if (link.startsWith('/')) return true;
    const url = URL.canParse(link) ? new URL(link) : null;
    return url?.origin === this.#origin && url.username === '';
  }

  #graphUrl(path: string): URL {
    if (path.startsWith('/')) return new URL(`${this.#options.cloud.graphUrl}/v1.0${path}`);
    if (this.follows(path)) return new URL(path);
    throw strangeHost(URL.canParse(path) ? new URL(path).host : undefined);
  }

  #importUrl(link: string): URL {
    const url = URL.canParse(link) ? new URL(link) : null;
    const allowed = [
      ...microsoftImportHosts,
      new URL(this.#origin).host,
      ...(this.#options.importHosts ?? []),
    ];
    if (url?.protocol !== 'https:' || url.username !== '' || !allowed.includes(url.host)) {
      throw strangeHost(url?.host);
    }
    return url;
  }

  async #repeat<T>(call: Call, consume: (answer: GraphAnswer) => Promise<T>): Promise<T> {
    const signal = joined(this.#options.signal, call.request.signal);
    let throttled = 0;
    let failures = 0;
    let fresh = false;
    for (;;) {
      signal?.throwIfAborted();
      await this.#beQuiet(signal);
      try {
        this.#inFlightPeak = Math.max(this.#inFlightPeak, ++this.#inFlight);
        return await this.#once(call, fresh, signal, consume);
      } catch (err) {
        if (signal?.aborted) throw signal.reason;
        if (!(err instanceof GraphError)) throw err;
        if (err instanceof GraphThrottled) {
          if (++throttled > throttledMax || (err.retryAfterMs ?? 0) > waitInPlaceMs) throw err;
          this.#quiet(err.retryAfterMs ?? waitInPlaceMs);
        } else if (err.status === 401 && call.withToken && !fresh) {
          fresh = true;
        } else if (err.retryable && call.repeatable && ++failures <= retriesMax) {
          const pauseMs = jitter(500 * 2 ** (failures - 1));
          this.#options.log.warn('graph call repeated', {
            status: err.status,
            code: err.graphCode,
            attempt: failures,
          });
          await this.#sleep(pauseMs, signal);
        } else {
          throw err;
        }
      } finally {
        this.#inFlight--;
      }
    }
  }

  async #once<T>(
    call: Call,
    fresh: boolean,
    signal: AbortSignal | undefined,
    consume: (answer: GraphAnswer) => Promise<T>,
  ): Promise<T> {
    const headers: Record<string, string> = {
      'User-Agent': 'Holdfast/0.1',
      'client-request-id': newId(),
      ...call.request.headers,
    };
    headers.Prefer = ['IdType="ImmutableId"', ...(call.request.prefer ?? [])].join(', ');
    if (call.withToken) {
      const token = await this.#options.tokens.token(this.entraTid, { fresh });
      headers.Authorization = `Bearer ${token.accessToken}`;
    }
    const dead = new AbortController();
    const idleMs = this.#options.idleMs ?? 100_000;
    const timer = setTimeout(() => dead.abort(new DOMException('idle', 'TimeoutError')), idleMs);
    const fetchSignal = joined(signal, dead.signal);
    this.#requests++;
    try {
      const send = this.#options.fetch ?? fetch;
      let res: Response;
      try {
        res = await send(call.url, {
          method: call.request.method ?? 'GET',
          redirect: 'manual',
          headers,
          ...(fetchSignal ? { signal: fetchSignal } : {}),
          ...bodyOf(call, headers, () => timer.refresh()),
        } as RequestInit);
      } catch (err) {
        throw unreachable(err, dead.signal.aborted);
      }
      timer.refresh();
      if (res.status >= 200 && res.status < 300) {
        const body = watched(res, () => timer.refresh(), dead.signal);
        try {
          return await consume({ status: res.status, headers: res.headers, body });
        } finally {
          if (res.body && !res.body.locked) await res.body.cancel().catch(() => {});
        }
      }
      throw await this.#refusal(res);
    } finally {
      clearTimeout(timer);
    }
  }

  async #refusal(res: Response): Promise<GraphError> {
    const requestId = res.headers.get('request-id');
    const text = await readText(chunksOf(res), errorBytesMax, true).catch(() => '');
    if (res.status >= 300 && res.status < 400) {
      return new GraphError('source.refused', 'Microsoft answered with a redirect.', {
        status: res.status,
        graphCode: 'Redirect',
        requestId,
      });
    }
    const asked = parseRetryAfter(res.headers.get('retry-after'), this.#options.clock.now());
    if (res.status === 429 || (res.status === 503 && asked !== null)) {
      return new GraphThrottled(asked ?? 10_000, {
        status: res.status,
        graphCode: graphCodeOf(text),
      });
    }
    return graphFailure(res.status, text, requestId);
  }

  #quiet(ms: number): void {
    const until = this.#options.clock.monotonicMs() + ms + jitter(ms * 0.05);
    this.#quietUntilMs = Math.max(this.#quietUntilMs, until);
  }

  async #beQuiet(signal: AbortSignal | undefined): Promise<void> {
    const leftMs = this.#quietUntilMs - this.#options.clock.monotonicMs();
    if (leftMs > 0) await this.#sleep(leftMs, signal);
  }

  async #sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    this.#options.onWait?.(ms);
    await (this.#options.sleep ?? realSleep)(ms, signal);
  }
}

interface Call {
  url: URL;
  request: GraphRequest;
  repeatable: boolean;
  withToken: boolean;
  rawBody?: { text: string } | { open: () => AsyncIterable<Uint8Array>; bytes: number };
}

function bodyOf(call: Call, headers: Record<string, string>, alive: () => void) {
  if (call.rawBody === undefined && call.request.json === undefined) return {};
  headers['Content-Type'] ??= 'application/json';
  if (call.rawBody === undefined) return { body: JSON.stringify(call.request.json) };
  if ('text' in call.rawBody) return { body: call.rawBody.text };
  headers['Content-Length'] = String(call.rawBody.bytes);
  return { body: noisy(call.rawBody.open(), alive), duplex: 'half' };
}

async function* noisy(source: AsyncIterable<Uint8Array>, alive: () => void) {
  for await (const chunk of source) {
    alive();
    yield chunk;
  }
}

async function* chunksOf(res: Response): AsyncGenerator<Uint8Array> {
  if (res.body) yield* res.body as unknown as AsyncIterable<Uint8Array>;
}

async function* watched(
  res: Response,
  alive: () => void,
  dead: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const chunks = chunksOf(res);
  for (;;) {
    let step: IteratorResult<Uint8Array>;
    try {
      step = await chunks.next();
    } catch (err) {
      if (dead.aborted) throw unreachable(err, true);
      throw new GraphCutShort(err);
    }
    if (step.done) return;
    alive();
    try {
      yield step.value;
    } finally {
      alive();
    }
  }
}

/**
 * @param cut true to stop at the limit instead of failing
 */
async function readText(
  body: AsyncIterable<Uint8Array>,
  limit: number,
  cut = false,
): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > limit) {
      if (cut) break;
      throw new GraphError('source.refused', 'An answer of Microsoft is larger than it may be.', {
        status: 200,
        graphCode: 'TooLarge',
      });
    }
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const rawControl = /[\u0000-\u001f]/g;

/** Raw control characters inside strings are seen in the field (research/graph.md §9, 13). */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (err) {
    try {
      return JSON.parse(text.replace(rawControl, ' '));
    } catch {
      throw new GraphCutShort(err);
    }
  }
}

function linkOf(answer: Record<string, unknown>, name: string): string | null {
  const link = answer?.[name];
  return typeof link === 'string' && link !== '' ? link : null;
}

function strangeHost(host: string | undefined): GraphError {
  return new GraphError(
    'source.refused',
    `An answer of Microsoft points to ${host ?? 'an address'} that Holdfast does not send to.`,
    { status: 0, graphCode: 'StrangeHost' },
  );
}

function unreachable(err: unknown, timedOut: boolean): GraphUnreachable {
  const cause = (err as { cause?: { code?: string } })?.cause;
  const reason = timedOut ? 'no answer in time' : (cause?.code ?? (err as Error)?.name ?? 'failed');
  return new GraphUnreachable(reason, timedOut, err);
}

function joined(...signals: Array<AbortSignal | undefined>): AbortSignal | undefined {
  const present = signals.filter((signal) => signal !== undefined);
  return present.length > 1 ? AbortSignal.any(present) : present[0];
}

function jitter(ms: number): number {
  return ms < 1 ? 0 : Math.round(ms * (0.75 + randomInt(500) / 1000));
}
