import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { systemClock } from '#lib/core/clock.ts';
import { silentLog } from '#lib/core/log.ts';
import { GraphClient, type GraphClientOptions } from '#lib/graph/client.ts';
import { GraphCutShort, GraphError, GraphThrottled } from '#lib/graph/errors.ts';
import { parseRetryAfter } from '#lib/graph/retry-after.ts';
import type { TokenSource } from '#lib/graph/token.ts';

const graphUrl = 'https://graph.test';

class CountingTokens implements TokenSource {
  readonly clientId = 'app';
  fresh = 0;
  async token(entraTid: string, options: { fresh?: boolean } = {}) {
    if (options.fresh) this.fresh++;
    return {
      accessToken: options.fresh ? 'new' : 'old',
      tid: entraTid,
      roles: [],
      expiresAt: new Date(0),
    };
  }
}

/** A client over a function that answers, with a clock that a wait moves. */
function clientOver(
  answer: (url: string, init: RequestInit) => Response | Promise<Response>,
  more: Partial<GraphClientOptions> = {},
) {
  const waits: number[] = [];
  const tokens = new CountingTokens();
  let nowMs = 1_000;
  const client = new GraphClient({
    cloud: { graphUrl, loginUrl: 'https://login.test' },
    entraTid: 'tid',
    tokens,
    clock: { now: () => new Date('2026-11-25T10:00:00Z'), monotonicMs: () => nowMs },
    log: silentLog,
    fetch: (async (url, init) => answer(String(url), init ?? {})) as typeof fetch,
    sleep: async (ms) => {
      waits.push(ms);
      nowMs += ms;
    },
    ...more,
  });
  return { client, waits, tokens };
}

function inTurn(...answers: Array<() => Response>): () => Response {
  let turn = 0;
  return () => answers[Math.min(turn++, answers.length - 1)]!();
}

const json = (body: unknown, status = 200, headers = {}) =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers });

describe('GraphClient', () => {
  it('reads Retry-After in every shape it is sent in', () => {
    const now = new Date('2026-11-25T10:00:00Z');
    assert.equal(parseRetryAfter('10', now), 10_000);
    assert.equal(parseRetryAfter('2.128', now), 2_128);
    assert.equal(parseRetryAfter('Wed, 25 Nov 2026 10:00:07 GMT', now), 7_000);
    assert.equal(parseRetryAfter('Wed, 25 Nov 2026 09:00:00 GMT', now), 0);
    assert.equal(parseRetryAfter(null, now), null);
    assert.equal(parseRetryAfter('soon', now), null);
  });

  it('waits as long as Graph asks, in place, and says so', async () => {
    const told: number[] = [];
    const { client, waits } = clientOver(
      inTurn(
        () => json('', 429, { 'retry-after': '2.5' }),
        () => json({ id: 'x' }),
      ),
      { onWait: (ms) => told.push(ms) },
    );
    assert.deepEqual(await client.get('/me'), { id: 'x' });
    assert.equal(waits.length, 1);
    assert.ok(waits[0]! >= 2_500 && waits[0]! < 3_000, String(waits));
    assert.deepEqual(told, waits);
  });

  it('hands a long wait to the caller with its length', async () => {
    const { client, waits } = clientOver(() => json('', 429, { 'retry-after': '120' }));
    await assert.rejects(
      client.get('/me'),
      (err) => err instanceof GraphThrottled && err.retryAfterMs === 120_000,
    );
    assert.deepEqual(waits, []);
  });

  it('one refusal quiets the other lanes', async () => {
    let calls = 0;
    const { client } = clientOver(() => {
      calls++;
      return calls === 1 ? json('', 429, { 'retry-after': '20' }) : json({});
    });
    await client.get('/a');
    assert.equal(calls, 2);
    assert.equal(client.requests, 2);
  });

  it('repeats what changes nothing after a 5xx, and gives up after three', async () => {
    const { client, waits } = clientOver(() => json('', 502));
    await assert.rejects(
      client.get('/me'),
      (err) => err instanceof GraphError && err.status === 502,
    );
    assert.equal(client.requests, 4);
    assert.equal(waits.length, 3);
  });

  it('never repeats a create by itself', async () => {
    const { client } = clientOver(() => json('', 503));
    await assert.rejects(client.post('/messages', {}), GraphError);
    assert.equal(client.requests, 1);
  });

  it('renews the token once after 401', async () => {
    const { client, tokens } = clientOver((_, init) => {
      const given = (init.headers as Record<string, string>).Authorization;
      return given === 'Bearer new' ? json({ ok: true }) : json({ error: { code: 'x' } }, 401);
    });
    assert.deepEqual(await client.get('/me'), { ok: true });
    assert.equal(tokens.fresh, 1);
    const refused = clientOver(() => json({ error: { code: 'x' } }, 401));
    await assert.rejects(
      refused.client.get('/me'),
      (err) => err instanceof GraphError && err.code === 'consent.missing',
    );
    assert.equal(refused.client.requests, 2);
  });

  it('asks for immutable ids with every call', async () => {
    let prefer = '';
    const { client } = clientOver((_, init) => {
      prefer = (init.headers as Record<string, string>).Prefer ?? '';
      return json({ value: [] });
    });
    await client.page({ path: '/items', prefer: ['odata.maxpagesize=200'] });
    assert.equal(prefer, 'IdType="ImmutableId", odata.maxpagesize=200');
  });

  it('takes half an answer for an error, never for an empty page', async () => {
    for (const body of ['{"value":[', '{"value":[{"id":"a"}', '{}', '', '{"value":[]}']) {
      const { client } = clientOver(() => json(body));
      await assert.rejects(client.page({ path: '/x/delta', delta: true }), GraphCutShort, body);
    }
  });

  it('reads JSON with raw control characters in it', async () => {
    const { client } = clientOver(() => json('{"subject":"a\u0001b\nc"}'));
    assert.deepEqual(await client.get('/x'), { subject: 'a b c' });
  });

  it('sends its token to Graph alone', async () => {
    const urls: string[] = [];
    const { client } = clientOver((url) => {
      urls.push(url);
      return json({});
    });
    for (const link of [
      'https://graph.test.evil/v1.0/x',
      'http://graph.test/v1.0/x',
      'https://user@graph.test/v1.0/x',
      'nonsense',
    ]) {
      await assert.rejects(
        async () => client.get(link),
        (err) => err instanceof GraphError && err.graphCode === 'StrangeHost',
      );
    }
    assert.deepEqual(urls, []);
    for (const name of ['@odata.nextLink', '@odata.deltaLink']) {
      const { client: told } = clientOver(() => json({ value: [], [name]: 'https://evil.test/x' }));
      await assert.rejects(
        told.page({ path: '/x' }),
        (err) => err instanceof GraphError && err.graphCode === 'StrangeHost',
      );
    }
    await client.get('https://graph.test/v1.0/x?$skiptoken=1');
    assert.deepEqual(urls, ['https://graph.test/v1.0/x?$skiptoken=1']);
  });

  it('posts an import only to hosts that are allowed, and without its token', async () => {
    const seen: Array<[string, string | undefined]> = [];
    const { client } = clientOver(
      (url, init) => {
        seen.push([url, (init.headers as Record<string, string>).Authorization]);
        return json({ itemId: 'i' });
      },
      { importHosts: ['127.0.0.1:9443'] },
    );
    await assert.rejects(async () => client.postImport('https://10.0.0.1/x', { text: '{}' }));
    await assert.rejects(async () =>
      client.postImport('http://outlook.office365.com/x', { text: '{}' }),
    );
    await client.postImport('https://outlook.office365.com/api?authtoken=t', { text: '{}' });
    await client.postImport('https://127.0.0.1:9443/api', { text: '{}' });
    assert.deepEqual(seen, [
      ['https://outlook.office365.com/api?authtoken=t', undefined],
      ['https://127.0.0.1:9443/api', undefined],
    ]);
  });

  it('follows no redirect', async () => {
    const { client } = clientOver(() => json('', 308, { location: 'https://evil.test/' }));
    await assert.rejects(
      client.get('/me'),
      (err) => err instanceof GraphError && err.graphCode === 'Redirect',
    );
    assert.equal(client.requests, 1);
  });

  it('has at most four calls in flight, bodies included', async () => {
    const open: Array<() => void> = [];
    const { client } = clientOver(async () => {
      await new Promise<void>((resolve) => open.push(resolve));
      return json({});
    });
    const calls = Array.from({ length: 10 }, () => client.get('/x'));
    while (client.requests < 10 || open.length > 0) {
      await new Promise((resolve) => setImmediate(resolve));
      assert.ok(open.length <= 4);
      open.shift()?.();
    }
    await Promise.all(calls);
    assert.equal(client.inFlightPeak, 4);
  });

  it('tells the ways in which a mailbox or its permission is gone apart', async () => {
    const code = async (status: number, name: string) => {
      const { client } = clientOver(() => json({ error: { code: name, message: '' } }, status));
      return client.get('/x').then(
        () => 'none',
        (err: GraphError) => err.code,
      );
    };
    assert.equal(await code(404, 'MailboxNotEnabledForRESTAPI'), 'source.gone');
    assert.equal(await code(404, 'ErrorInvalidUser'), 'source.gone');
    assert.equal(await code(404, 'ErrorItemNotFound'), 'not-found');
    assert.equal(await code(403, 'Authorization_RequestDenied'), 'consent.missing');
    assert.equal(await code(403, 'ErrorAccessDenied'), 'source.refused');
    assert.equal(await code(410, 'syncStateNotFound'), 'expired');
    assert.equal(await code(400, 'SyncStateNotFound'), 'expired');
  });
});

async function withServer<T>(listener: RequestListener, use: (url: string) => Promise<T>) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('GraphClient over a real connection', () => {
  const open = (url: string, more: Partial<GraphClientOptions> = {}) =>
    new GraphClient({
      cloud: { graphUrl: url, loginUrl: url },
      entraTid: 'tid',
      tokens: new CountingTokens(),
      clock: systemClock,
      log: silentLog,
      sleep: async () => {},
      ...more,
    });

  it('notices a connection that ends in the middle of a body, and asks again', async () => {
    let calls = 0;
    const answer = Buffer.from(JSON.stringify({ value: [{ id: 'a' }], '@odata.deltaLink': '/d' }));
    await withServer(
      (_, res) => {
        calls++;
        res.writeHead(200, { 'content-length': answer.length });
        if (calls > 1) res.end(answer);
        else res.write(answer.subarray(0, 10), () => res.destroy());
      },
      async (url) => {
        const page = await open(url).page({ path: '/delta', delta: true });
        assert.equal(page.value.length, 1);
        assert.equal(calls, 2);
      },
    );
  });

  it('gives a call up that brings no byte for too long', async () => {
    await withServer(
      (_, res) => {
        res.writeHead(200);
        res.write('{');
      },
      async (url) => {
        await assert.rejects(
          open(url, { idleMs: 30 }).get('/x'),
          (err) => err instanceof GraphError && err.graphCode === 'Timeout',
        );
      },
    );
  });

  it('sends a large import in pieces with its length', async () => {
    const piece = Buffer.alloc(100_000, 'x');
    let got = 0;
    let length: string | undefined;
    await withServer(
      async (req, res) => {
        length = req.headers['content-length'];
        for await (const chunk of req) got += chunk.length;
        res.end('{"itemId":"i"}');
      },
      async (url) => {
        // The address of an import is https; the stand-in for it here is not.
        const client = open('https://graph.test', {
          fetch: (target, init) => fetch(String(target).replace('https://graph.test', url), init),
        });
        const answer = await client.postImport<{ itemId: string }>('https://graph.test/import', {
          bytes: 300_000,
          async *open() {
            yield piece;
            yield piece;
            yield piece;
          },
        });
        assert.deepEqual(answer, { itemId: 'i' });
        assert.equal(got, 300_000);
        assert.equal(length, '300000');
      },
    );
  });

  it('ends at once when it is cancelled', async () => {
    const stop = new AbortController();
    await withServer(
      () => stop.abort(new Error('cancelled')),
      async (url) => {
        await assert.rejects(open(url).get('/x', { signal: stop.signal }), /cancelled/);
      },
    );
  });
});
