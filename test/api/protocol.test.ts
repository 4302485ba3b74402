import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { clientHeader, Strangers } from '#lib/auth/strangers.ts';
import { revokeKey } from '#lib/services/keys/revoke.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { Desk, problemKind, type Send } from './desk.ts';

/** How the API speaks, whatever it speaks about. */
describe('the protocol of the API', () => {
  let db: TestDatabase;
  let desk: Desk;
  let send: Send;
  let secret: string;
  let keyId: string;
  let tenantId: string;
  let mailboxId: string;

  before(async () => {
    db = await createTestDatabase();
    desk = await Desk.open(db);
    ({ tenantId, mailboxId } = await desk.place());
    ({ send, secret, keyId } = await desk.key());
  });
  after(async () => {
    await desk?.close();
    await db.close();
  });

  const plan = () => ({
    mailboxId,
    snapshot: 1,
    selection: { kind: 'mailbox' },
    destination: { kind: 'original' },
    collisions: 'skip',
  });
  const restores = () => `/customers/${tenantId}/restores`;
  const exports = () => `/customers/${tenantId}/exports`;
  const wish = () => ({ mailboxId, snapshot: 1, selection: { kind: 'mailbox' } });

  it('opens only to a key that works, and says to whom it is closed', async () => {
    const closed = [
      undefined,
      'hfk_wrong',
      `${secret.slice(0, -1)}!`,
      secret.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
    ];
    for (const key of closed) {
      const answer = await desk.sender(key)('/customers');
      assert.equal(problemKind(answer), 'unauthenticated');
      assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/);
    }
    const other = await desk.key();
    assert.equal((await other.send('/customers')).status, 200);
    await revokeKey(desk.world.as('owner'), { keyId: other.keyId });
    assert.equal((await other.send('/customers')).status, 401);
    const basic = { headers: { authorization: `Basic ${btoa(`x:${secret}`)}` } };
    assert.equal((await desk.sender()('/customers', basic)).status, 401);
    const narrow = await desk.key({ scopes: ['audit.read'] });
    const refused = await narrow.send('/customers');
    assert.equal(problemKind(refused), 'forbidden');
    assert.match(refused.body.detail, /customers\.read/);
  });

  it('looks up only so many keys of one address that open nothing, and lets those that work go on', async () => {
    const before = desk.strangers;
    desk.strangers = new Strangers({ now: () => new Date(), monotonicMs: () => 0 });
    try {
      const from = (address: string) => ({ headers: { [clientHeader]: address } });
      assert.equal((await send('/customers', from('192.0.2.1'))).status, 200);
      const kinds = new Map<string, number>();
      for (let n = 0; n < 300; n++) {
        const stranger = desk.sender(`hfk_${String(n).padStart(43, 'x')}`);
        const answer = await stranger('/customers', from('192.0.2.1'));
        const kind = problemKind(answer);
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
        if (kind === 'rate-limited') assert.match(answer.headers.get('retry-after')!, /^[1-9]/);
      }
      assert.ok(kinds.get('rate-limited')! > 20, JSON.stringify([...kinds]));
      assert.equal(kinds.size, 2);
      assert.equal((await send('/customers', from('192.0.2.1'))).status, 200);
      const elsewhere = await desk.key();
      assert.equal((await elsewhere.send('/customers', from('192.0.2.2'))).status, 200);
    } finally {
      desk.strangers = before;
    }
  });

  it('says which methods a path has, and which paths there are none of', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH']) {
      const answer = await send('/customers', { method });
      assert.equal(problemKind(answer), 'method-not-allowed');
      assert.equal(answer.headers.get('allow'), 'GET, HEAD, POST');
    }
    assert.equal(
      (await send(restores(), { method: 'OPTIONS' })).headers.get('allow'),
      'GET, HEAD, POST, OPTIONS',
    );
    const archive = `${exports()}/${mailboxId}/archive`;
    assert.equal((await send(archive, { method: 'HEAD' })).status, 405);
    assert.equal((await send(archive, { method: 'PUT' })).headers.get('allow'), 'GET');
    const head = await send('/customers', { method: 'HEAD' });
    assert.deepEqual([head.status, head.body.length], [200, 0]);
    for (const path of [
      '/',
      '/nothing',
      '/customers/',
      `/customers/${tenantId}/nothing`,
      '/%E0%A4%A',
      '/customers/%00',
    ]) {
      assert.equal(problemKind(await send(path)), 'not-found', path);
    }
    assert.equal((await desk.sender()('/openapi.json')).body.openapi, '3.1.0');
    assert.equal(
      (await send('/openapi.json', { method: 'POST' })).headers.get('allow'),
      'GET, HEAD',
    );
  });

  it('names each field of a body that is wrong, by JSON pointer', async () => {
    const pointers = async (body: unknown) => {
      const answer = await send(restores(), { body });
      assert.equal(answer.status, 400, JSON.stringify(answer.body));
      assert.equal(problemKind(answer), 'invalid-request');
      return answer.body.errors.map((it: { pointer: string }) => it.pointer).sort();
    };
    assert.deepEqual(await pointers({}), [
      '#/collisions',
      '#/destination',
      '#/mailboxId',
      '#/selection',
      '#/snapshot',
    ]);
    assert.deepEqual(await pointers({ ...plan(), snapshot: '1' }), ['#/snapshot']);
    assert.deepEqual(await pointers({ ...plan(), surplus: 1, 'a/b~c': 2 }), [
      '#/a~1b~0c',
      '#/surplus',
    ]);
    assert.deepEqual(
      await pointers({ ...plan(), selection: { kind: 'items', itemIds: [mailboxId, 'x'] } }),
      ['#/selection/itemIds/1'],
    );
    assert.deepEqual(await pointers({ ...plan(), selection: { kind: 'mailbox', folderId: 'x' } }), [
      '#/selection/folderId',
    ]);
    assert.deepEqual(await pointers({ ...plan(), destination: { kind: 'elsewhere' } }), [
      '#/destination/kind',
    ]);
    assert.deepEqual(
      await pointers({ ...plan(), destination: { kind: 'folder', name: '\u0007' } }),
      ['#/destination/name'],
    );
    assert.deepEqual(
      await pointers({ ...plan(), selection: { kind: 'folder', folderId: 'a\u0000' } }),
      ['#/selection/folderId'],
    );
    assert.deepEqual(
      await pointers({ ...plan(), selection: { kind: 'folder', folderId: '\ud800' } }),
      ['#/selection/folderId'],
    );
    for (const body of [null, [], 'x', 1, true]) assert.deepEqual(await pointers(body), ['#']);
    const odd = await send(restores(), {
      raw: `{"__proto__": 1, ${JSON.stringify(plan()).slice(1)}`,
      headers: { 'content-type': 'application/json' },
    });
    assert.deepEqual(odd.body.errors, [
      { detail: 'There is no such field.', pointer: '#/__proto__' },
    ]);
  });

  it('tells a body that is no JSON, of another type, or too large', async () => {
    const json = { 'content-type': 'application/json' };
    const kind = async (
      raw: string | Uint8Array<ArrayBuffer>,
      headers: Record<string, string> = json,
    ) => problemKind(await send(restores(), { raw, headers }));
    assert.equal(await kind('{'), 'invalid-request');
    assert.equal(await kind(new Uint8Array([0x22, 0xff, 0x22])), 'invalid-request');
    assert.equal(await kind('['.repeat(100_000)), 'invalid-request');
    assert.equal(await kind(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), 'invalid-request');
    assert.equal(await kind('{}', { 'content-type': 'text/plain' }), 'unsupported-media-type');
    assert.equal(await kind('{}', {}), 'unsupported-media-type');
    assert.equal(
      await kind('{}', { 'content-type': 'application/json; charset=utf-16' }),
      'unsupported-media-type',
    );
    assert.equal(
      await kind('{}', { 'content-type': 'Application/JSON; charset="UTF-8"' }),
      'invalid-request',
    );
    assert.equal(await kind('x'.repeat(1024 * 1024 + 1)), 'too-large');
    assert.equal(await kind('x'.repeat(1024 * 1024)), 'invalid-request');
    // An operation without a body takes none.
    const cancel = `/customers/${tenantId}/restores/${mailboxId}/cancel`;
    assert.equal(problemKind(await send(cancel, { body: { really: true } })), 'invalid-request');
    assert.equal(problemKind(await send(cancel, { body: {} })), 'not-found');
    assert.equal(problemKind(await send(cancel, { method: 'POST' })), 'not-found');
  });

  it('names a parameter that is wrong, unknown, or there twice', async () => {
    const items = `/customers/${tenantId}/mailboxes/${mailboxId}/items`;
    const parameters = async (query: string) => {
      const answer = await send(`${items}?${query}`);
      assert.equal(answer.status, 400, `${query} ${JSON.stringify(answer.body)}`);
      return answer.body.errors.map((it: { parameter: string }) => it.parameter).sort();
    };
    const good = 'snapshot=1&folder=inbox';
    assert.equal((await send(`${items}?${good}`)).status, 200);
    assert.deepEqual(await parameters(''), ['folder', 'snapshot']);
    for (const limit of ['0', '101', '-1', '1.5', '', 'x', '0x1', '1e1', ' 1', '9'.repeat(40)]) {
      assert.deepEqual(
        await parameters(`${good}&limit=${encodeURIComponent(limit)}`),
        ['limit'],
        limit,
      );
    }
    assert.deepEqual(await parameters(`${good}&limit=1&limit=2`), ['limit']);
    assert.deepEqual(await parameters(`${good}&subject=secret`), ['subject']);
    assert.deepEqual(await parameters(`${good}&__proto__=1`), ['__proto__']);
    assert.deepEqual(await parameters('snapshot=2147483648&folder=inbox'), ['snapshot']);
    assert.deepEqual(await parameters('snapshot=1&folder=%00'), ['folder']);
    assert.equal((await send('/audit?before=0001-01-01T00:00:00Z')).status, 200);
    assert.equal((await send('/audit?before=9999-12-31T23:59:59Z')).status, 200);
    assert.equal((await send('/audit?before=2026-02-31T00:00:00Z')).status, 400);
  });

  it('pages through a list with cursors that hold for this list alone', async () => {
    const items = `/customers/${tenantId}/mailboxes/${mailboxId}/items?snapshot=1&folder=inbox&limit=3`;
    const seen: string[] = [];
    let cursor: string | null = null;
    const cursors: string[] = [];
    do {
      const answer = await send(cursor === null ? items : `${items}&cursor=${cursor}`);
      assert.equal(answer.status, 200);
      seen.push(...answer.body.items.map((it: { key: string }) => it.key));
      cursor = answer.body.next as string | null;
      assert.equal(answer.headers.get('link') !== null, cursor !== null);
      if (cursor !== null) cursors.push(cursor);
    } while (cursor !== null);
    assert.deepEqual([...seen].sort(), ['k0', 'k1', 'k2', 'k3', 'k4', 'k5', 'k6']);
    const [first] = cursors;
    const bytes = Buffer.from(first!, 'base64url');
    const broken = [
      'x',
      'AAAA',
      `${first}A`,
      first!.slice(0, -2),
      `${first}=`,
      ...Array.from(bytes.keys(), (at) => {
        const bent = Buffer.from(bytes);
        bent[at]! ^= 1;
        return bent.toString('base64url');
      }),
      Buffer.from('{"id":1}').toString('base64url'),
      'x'.repeat(5000),
      '',
    ];
    for (const text of broken) {
      const answer = await send(`${items}&cursor=${encodeURIComponent(text)}`);
      assert.equal(problemKind(answer), 'invalid-request', text);
      assert.equal(answer.body.errors[0].parameter, 'cursor', text);
    }
    for (const elsewhere of [
      `/customers/${tenantId}/mailboxes/${mailboxId}/items?snapshot=2&folder=inbox&cursor=${first}`,
      `/customers/${tenantId}/mailboxes?cursor=${first}`,
      `/audit?cursor=${first}`,
    ]) {
      assert.equal(problemKind(await send(elsewhere)), 'invalid-request');
    }
  });

  it('carries a request with an idempotency key out once, and repeats its answer', async () => {
    const headers = { 'idempotency-key': 'plan-1' };
    const asked = () => desk.world.jobs.asked.filter((it) => it.name === 'startPlanRestore').length;
    const begun = asked();
    const first = await send(restores(), { body: plan(), headers });
    const again = await send(restores(), { body: plan(), headers });
    assert.equal(first.status, 202);
    assert.deepEqual([again.status, again.body], [first.status, first.body]);
    assert.equal(again.headers.get('location'), first.headers.get('location'));
    assert.equal(again.headers.get('idempotency-replayed'), 'true');
    assert.equal(asked(), begun + 1);
    for (const [path, body] of [
      [restores(), { ...plan(), collisions: 'copy' }],
      [exports(), wish()],
    ] as const) {
      const other = await send(path, { body, headers });
      assert.equal(problemKind(other), 'idempotency-mismatch');
      assert.equal(other.body.errors[0].header, 'Idempotency-Key');
    }
    // What was refused is not kept: the same key may be used when the request is mended.
    const mended = { 'idempotency-key': 'plan-2' };
    assert.equal(
      (await send(restores(), { body: { ...plan(), snapshot: 99 }, headers: mended })).status,
      404,
    );
    assert.equal((await send(restores(), { body: plan(), headers: mended })).status, 202);
    for (const key of ['x'.repeat(256), 'a b', 'ä']) {
      const odd = await send(restores(), { body: plan(), headers: { 'idempotency-key': key } });
      assert.equal(odd.body.errors?.[0].header, 'Idempotency-Key', key);
    }
    // Only a POST can be repeated: elsewhere the header says nothing.
    assert.equal((await send('/customers', { headers })).status, 200);
  });

  it('lets one of several at once go on; the others wait', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let begun = () => {};
    const reached = new Promise<void>((resolve) => {
      begun = resolve;
    });
    desk.world.jobs.on('startExport', async () => {
      begun();
      await held;
    });
    const headers = { 'idempotency-key': 'export-1' };
    const first = send(exports(), { body: wish(), headers });
    await reached;
    const second = await send(exports(), { body: wish(), headers });
    assert.equal(problemKind(second), 'at-work');
    assert.equal(second.headers.get('retry-after'), '1');
    desk.world.clock.advance(60_001);
    const late = await send(exports(), { body: wish(), headers });
    assert.equal(problemKind(late), 'outcome-unknown');
    release();
    const { status, body } = await first;
    assert.equal(status, 202);
    assert.deepEqual((await send(exports(), { body: wish(), headers })).body, body);
    desk.world.jobs.on('startExport', async () => {});
  });

  it('after a defect nobody repeats what may have happened', async () => {
    desk.world.jobs.on('startExport', async () => {
      throw new Error('a line of mail that must not be told');
    });
    const headers = { 'idempotency-key': 'export-2' };
    const failed = await send(exports(), { body: wish(), headers });
    assert.equal(problemKind(failed), 'internal');
    assert.doesNotMatch(JSON.stringify(failed.body), /line of mail/);
    desk.world.jobs.on('startExport', async () => {});
    assert.equal(problemKind(await send(exports(), { body: wish(), headers })), 'at-work');
  });

  it('keeps no answer that the catalogue could read: a link opens something', async () => {
    const headers = { 'idempotency-key': 'link-1' };
    const path = `/customers/${tenantId}/connect-links`;
    const first = await send(path, { method: 'POST', headers });
    const token = new URL(first.body.url).pathname.split('/').at(-1)!;
    assert.equal(token.length, 43);
    const rows = await db.owner`select * from api_answers where key_id = ${keyId}`;
    assert.ok(rows.length > 0);
    assert.ok(!JSON.stringify(rows).includes(token));
    assert.equal((await send(path, { method: 'POST', headers })).body.url, first.body.url);
  });

  it('repeats no answer about a customer that the key reaches no more', async () => {
    const other = await desk.place();
    const key = await desk.key({ customers: [tenantId, other.tenantId] });
    const headers = { 'idempotency-key': 'link-2' };
    const path = `/customers/${tenantId}/connect-links`;
    assert.equal((await key.send(path, { method: 'POST', headers })).status, 201);
    await db.owner`update api_keys set customers = ${[other.tenantId]} where id = ${key.keyId}`;
    assert.equal(problemKind(await key.send(path, { method: 'POST', headers })), 'not-found');
  });

  it('says when there is room again, where a key has as much under way as one may', async () => {
    const key = await desk.key();
    const ask = (index: number) =>
      key.send(exports(), {
        body: { ...wish(), selection: { kind: 'folder', folderId: `f${index}` } },
      });
    for (let index = 0; index < 60; index++) assert.equal((await ask(index)).status, 202);
    const refused = await ask(60);
    assert.equal(problemKind(refused), 'rate-limited');
    assert.equal(refused.headers.get('retry-after'), '60');
    assert.match(refused.body.detail, /60 downloads/);
    assert.equal((await ask(3)).status, 202, 'what is under way is joined');
  });

  it('draws requests from a bucket, and says when there are some again', async () => {
    const key = await desk.key();
    desk.requestsPerMinute = 60;
    try {
      const answers = await Promise.all(Array.from({ length: 20 }, () => key.send('/customers')));
      const served = answers.filter(({ status }) => status === 200);
      assert.equal(served.length, 12);
      assert.equal(served[0]!.headers.get('ratelimit-policy'), '"key";q=60;w=60');
      const refused = answers.find(({ status }) => status === 429)!;
      assert.equal(problemKind(refused), 'rate-limited');
      assert.equal(refused.headers.get('retry-after'), '1');
      assert.match(refused.headers.get('ratelimit')!, /^"key";r=0;t=12$/);
      assert.equal((await send('/customers')).status, 200, 'another key has a bucket of its own');
      desk.world.clock.advance(1_000);
      assert.equal((await key.send('/customers')).status, 200);
      assert.equal((await key.send('/customers')).status, 429);
    } finally {
      desk.requestsPerMinute = 1_000_000;
    }
  });
});
