import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GraphError } from '#lib/graph/errors.ts';
import { ImportSession } from '#lib/graph/import-session.ts';
import { failure, TinyGraph, tinyMailbox } from '#test/kit/tiny-graph.ts';

function bench() {
  const graph = new TinyGraph();
  let nowMs = Date.parse('2026-11-25T10:00:00Z');
  const clock = { now: () => new Date(nowMs), monotonicMs: () => nowMs };
  const session = new ImportSession(graph.client({ clock }), tinyMailbox.exchangeId, clock);
  let lifeMs = 60 * 60_000;
  let opened = 0;
  const real = graph.fault;
  graph.fault = (call) => {
    if (!call.path.endsWith('createImportSession')) return real(call);
    return new Response(
      JSON.stringify({
        importUrl: `https://graph.tiny/import?authtoken=${++opened}`,
        expirationDateTime: new Date(nowMs + lifeMs).toISOString(),
      }),
    );
  };
  const create = () =>
    session.create('inbox', {
      bytes: 9,
      async *open() {
        yield Buffer.from('FTS\n');
        yield Buffer.from('a: b\n');
      },
    });
  return {
    graph,
    create,
    opened: () => opened,
    pass: (ms: number) => {
      nowMs += ms;
    },
    live: (ms: number) => {
      lifeMs = ms;
    },
  };
}

describe('ImportSession', () => {
  it('is opened once and used until shortly before it ends', async () => {
    const { graph, create, opened, pass } = bench();
    await Promise.all([create(), create(), create()]);
    assert.equal(opened(), 1);
    assert.equal([...graph.items.values()][0]?.readable, 'a: b\n');
    pass(54 * 60_000);
    await create();
    assert.equal(opened(), 1);
    pass(2 * 60_000);
    await create();
    assert.equal(opened(), 2);
  });

  it('that is short from the start is not opened for each item', async () => {
    const { create, opened, pass, live } = bench();
    live(4 * 60_000);
    await create();
    await create();
    assert.equal(opened(), 1);
    pass(3 * 60_000);
    await create();
    assert.equal(opened(), 2);
  });

  it('is opened anew once when it is refused', async () => {
    const { graph, create, opened } = bench();
    const real = graph.fault;
    graph.fault = (call) =>
      call.path === '/import?authtoken=1' ? failure(401, 'InvalidSession') : real(call);
    await create();
    assert.equal(opened(), 2);
    graph.fault = (call) =>
      call.path.startsWith('/import') ? failure(403, 'InvalidSession') : real(call);
    await assert.rejects(create(), (err) => err instanceof GraphError && err.status === 403);
    assert.equal(opened(), 3);
  });

  it('never posts to a host that is not Microsoft’s or Graph’s own', async () => {
    const { graph, create } = bench();
    graph.fault = (call) =>
      call.path.endsWith('createImportSession')
        ? new Response('{"importUrl":"https://169.254.169.254/latest","expirationDateTime":""}')
        : undefined;
    await assert.rejects(
      create(),
      (err) => err instanceof GraphError && err.graphCode === 'StrangeHost',
    );
    assert.ok(!graph.calls.some((call) => call.includes('latest')));
  });
});
