import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '#lib/core/clock.ts';
import { AppError, isAppError } from '#lib/core/errors.ts';
import { captureMailbox } from '#lib/exchange/capture.ts';
import { inspectTarget } from '#lib/exchange/inspect.ts';
import type { CapturedItem } from '#lib/exchange/journal.ts';
import {
  type CollisionMode,
  planReplay,
  type ReplayCandidate,
  type ReplayDestination,
} from '#lib/exchange/plan.ts';
import { ensureFolders, type ReplayTarget, replayItem, verifyItem } from '#lib/exchange/replay.ts';
import { ImportSession } from '#lib/graph/import-session.ts';
import { MemoryCaptureJournal, MemoryReplayJournal } from '#test/kit/memory-journals.ts';
import { MemoryVault } from '#test/kit/memory-vault.ts';
import { failure, TinyGraph, tinyMailbox } from '#test/kit/tiny-graph.ts';

const signal = new AbortController().signal;

async function backedUp(fill: (graph: TinyGraph) => void) {
  const graph = new TinyGraph();
  const vault = new MemoryVault();
  const journal = new MemoryCaptureJournal(vault);
  fill(graph);
  const capture = async () => {
    journal.startRun();
    const input = {
      graph: graph.client(),
      mailbox: tinyMailbox,
      writer: vault,
      journal,
      mode: 'dual' as const,
      budgetMs: 60_000,
      signal,
      onProgress: () => {},
      clock: systemClock,
    };
    await captureMailbox(input);
  };
  await capture();
  const snapshot = {
    items: [...journal.items.values()],
    folders: [...journal.folderRows.values()],
  };
  return { graph, vault, journal, snapshot, capture };
}

type Bench = Awaited<ReturnType<typeof backedUp>>;

function candidate(item: CapturedItem): ReplayCandidate {
  return { ...item, itemId: `row-${item.id}`, key: item.id };
}

async function planFor(
  bench: Bench,
  items: CapturedItem[],
  collisions: CollisionMode = 'skip',
  destination: ReplayDestination = { kind: 'original' },
) {
  const { graph, journal, snapshot } = bench;
  const candidates = items.map(candidate);
  const targetFolders = [...graph.folders.values()].map((folder) => ({
    id: folder.id,
    parentId: folder.parentFolderId,
    name: folder.displayName,
    type: folder.type,
    wellKnown: null,
  }));
  const presence = await inspectTarget({
    graph: graph.client(),
    mailbox: tinyMailbox,
    folderIds: targetFolders.map(({ id }) => id),
    candidates,
    known: async (ids) =>
      new Map(
        ids.flatMap((id) => {
          const row = journal.items.get(id);
          return row ? [[id, row]] : [];
        }),
      ),
    signal,
  });
  return planReplay({
    candidates,
    snapshotFolders: snapshot.folders,
    targetFolders,
    sameMailbox: true,
    destination,
    collisions,
    presence,
    streamsAllowed: true,
  });
}

function targetOf(bench: Bench, journal = new MemoryReplayJournal(), stop = signal) {
  const write = bench.graph.client({ signal: stop });
  const target: ReplayTarget = {
    restoreId: 'restore',
    read: bench.graph.client(),
    write,
    mailbox: tinyMailbox,
    session: new ImportSession(write, tinyMailbox.exchangeId, systemClock),
    source: bench.vault,
    journal,
    clock: systemClock,
    signal: stop,
  };
  return { target, journal };
}

async function restore(bench: Bench, items: CapturedItem[], mode: CollisionMode = 'skip') {
  const plan = await planFor(bench, items, mode);
  const { target, journal } = targetOf(bench);
  const folders = await ensureFolders(target.write, tinyMailbox.exchangeId, plan.folders, signal);
  for (const item of plan.items) {
    const entry = await replayItem(target, item, folders.get(item.folderKey)!);
    if (entry.state === 'written') await verifyItem(target, item, entry);
  }
  return { plan, journal };
}

const readables = (graph: TinyGraph, folderId: string) =>
  [...graph.items.values()]
    .filter((item) => item.folderId === folderId)
    .map(({ readable }) => readable)
    .sort();

describe('a restore', () => {
  it('puts deleted mail back as it was, and leaves alone what is there', async () => {
    const bench = await backedUp((graph) => {
      for (let n = 0; n < 30; n++) graph.addMail('inbox', `Mail ${n}`);
    });
    const before = readables(bench.graph, 'inbox');
    for (const { id } of bench.snapshot.items.slice(0, 25)) bench.graph.remove(id);
    const { plan, journal } = await restore(bench, bench.snapshot.items);
    assert.deepEqual(
      { write: plan.totals.write, present: plan.totals.present },
      { write: 25, present: 5 },
    );
    assert.deepEqual(readables(bench.graph, 'inbox'), before);
    assert.equal(journal.checks.size, 25);
    for (const check of journal.checks.values())
      assert.deepEqual(check, { ok: true, cause: null, sameBytes: true });
  });

  it('a lost reply makes no second copy', async () => {
    const bench = await backedUp((graph) => {
      for (let n = 0; n < 6; n++) graph.addMail('inbox', `Mail ${n}`);
    });
    const before = readables(bench.graph, 'inbox');
    for (const { id } of bench.snapshot.items) bench.graph.remove(id);
    let imports = 0;
    bench.graph.lose = ({ path }) => path.startsWith('/import') && imports++ % 2 === 0;
    const { journal } = await restore(bench, bench.snapshot.items);
    assert.deepEqual(readables(bench.graph, 'inbox'), before);
    assert.equal([...journal.writtenItems.values()].filter(({ adopted }) => adopted).length, 3);
  });

  it('a process that dies after the write and before the outcome makes no second copy', async () => {
    const bench = await backedUp((graph) => {
      graph.addMail('inbox', 'Once');
      graph.addMail('inbox', 'Other');
    });
    const before = readables(bench.graph, 'inbox');
    for (const { id } of bench.snapshot.items) bench.graph.remove(id);
    const plan = await planFor(bench, bench.snapshot.items);
    const { target, journal } = targetOf(bench);
    const written = journal.written.bind(journal);
    journal.written = async () => {
      throw new Error('killed');
    };
    for (const item of plan.items)
      await assert.rejects(replayItem(target, item, 'inbox'), /killed/);
    journal.written = written;
    for (const item of plan.items) {
      const entry = await replayItem(target, item, 'inbox');
      assert.equal(entry.state, 'written');
    }
    // And once more, as a retried activity does.
    for (const item of plan.items) await replayItem(target, item, 'inbox');
    assert.deepEqual(readables(bench.graph, 'inbox'), before);
  });

  it('a lost reply makes no second copy of what had to be written in its readable form', async () => {
    const bench = await backedUp((graph) => {
      graph.addMail('inbox', 'Once');
    });
    const [item] = bench.snapshot.items;
    const was = bench.graph.items.get(item!.id)!;
    bench.graph.remove(was.id);
    let creates = 0;
    bench.graph.fault = ({ method, path, body }) => {
      if (path.startsWith('/import')) return failure(400, 'ErrorCorruptData');
      if (method !== 'POST' || !path.endsWith('/messages')) return undefined;
      creates++;
      // Exchange writes the headers anew, and the connection breaks.
      const made = bench.graph.addMail('inbox', 'Once');
      made.readable = was.readable.replace(' 10:00', ' 11:00');
      made.properties = JSON.parse(body).singleValueExtendedProperties;
      throw new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } });
    };
    const { journal } = await restore(bench, bench.snapshot.items);
    assert.equal(creates, 1);
    assert.deepEqual(
      [...journal.writtenItems.values()].map(({ adopted, route }) => [adopted, route]),
      [[true, 'json']],
    );
  });

  it('an equal item of somebody else is not taken for what was written in its readable form', async () => {
    const bench = await backedUp((graph) => {
      graph.addMail('inbox', 'Once');
    });
    const was = bench.graph.items.get(bench.snapshot.items[0]!.id)!;
    bench.graph.remove(was.id);
    let creates = 0;
    bench.graph.fault = ({ method, path, body }) => {
      if (path.startsWith('/import')) return failure(400, 'ErrorCorruptData');
      if (method !== 'POST' || !path.endsWith('/messages')) return undefined;
      const made = bench.graph.addMail('inbox', 'Once');
      made.readable = was.readable;
      if (++creates === 1) {
        // Another restore wrote this one while ours was lost.
        made.properties = [
          {
            id: 'String {6F0D8C0A-6B0E-4A86-9C0E-9D0C9C1F3B52} Name HoldfastRestoreKey',
            value: 'x',
          },
        ];
        throw new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } });
      }
      made.properties = JSON.parse(body).singleValueExtendedProperties;
      return new Response(JSON.stringify({ id: made.id }), { status: 201 });
    };
    const { journal } = await restore(bench, bench.snapshot.items);
    assert.equal(creates, 2);
    assert.deepEqual(
      [...journal.writtenItems.values()].map(({ adopted }) => adopted),
      [false],
    );
  });

  it('a process that dies after a write in readable form finds it, although a stream was planned', async () => {
    const bench = await backedUp((graph) => {
      graph.addMail('inbox', 'Once');
    });
    const was = bench.graph.items.get(bench.snapshot.items[0]!.id)!;
    bench.graph.remove(was.id);
    let creates = 0;
    bench.graph.fault = ({ method, path, body }) => {
      if (path.startsWith('/import')) return failure(400, 'ErrorCorruptData');
      if (method !== 'POST' || !path.endsWith('/messages')) return undefined;
      creates++;
      const made = bench.graph.addMail('inbox', 'Once');
      made.readable = was.readable.replace(' 10:00', ' 11:00');
      made.properties = JSON.parse(body).singleValueExtendedProperties;
      return new Response(JSON.stringify({ id: made.id }), { status: 201 });
    };
    const plan = await planFor(bench, bench.snapshot.items);
    const { target, journal } = targetOf(bench);
    const written = journal.written.bind(journal);
    journal.written = async () => {
      throw new Error('killed');
    };
    await assert.rejects(replayItem(target, plan.items[0]!, 'inbox'), /killed/);
    journal.written = written;
    const entry = await replayItem(target, plan.items[0]!, 'inbox');
    assert.deepEqual(entry.state === 'written' && entry.route, 'json');
    assert.equal(creates, 1);
  });

  it('asks the journal for so many ids at a time and no more', async () => {
    const bench = await backedUp((graph) => {
      graph.addMail('inbox', 'Once');
    });
    bench.graph.remove(bench.snapshot.items[0]!.id);
    const plan = await planFor(bench, bench.snapshot.items);
    const planned = { ...plan.items[0]!, internetMessageId: null };
    for (let n = 0; n < 2500; n++) bench.graph.addMail('inbox', `Other ${n}`);
    const { target, journal } = targetOf(bench);
    const sizes: number[] = [];
    const claimed = journal.claimed.bind(journal);
    journal.claimed = async (ids) => {
      sizes.push(ids.length);
      await claimed(ids);
      return new Set(ids);
    };
    await journal.intend(planned.itemId, { folderId: 'inbox', at: new Date() });
    await replayItem(target, planned, 'inbox');
    assert.deepEqual(sizes, [1000, 1000, 500]);
  });

  it('a lost write is not mistaken for the changed item beside which it was to be put', async () => {
    const bench = await backedUp((graph) => {
      graph.addMail('inbox', 'Both');
    });
    const [item] = bench.snapshot.items;
    const there = bench.graph.items.get(item!.id)!;
    there.readable = there.readable.replace('Hello.', 'Changed.');
    there.changeKey = 'edited';
    let creates = 0;
    bench.graph.fault = ({ method, path }) => {
      if (path.startsWith('/import')) return failure(400, 'ErrorCorruptData');
      if (method !== 'POST' || !path.endsWith('/messages')) return undefined;
      if (++creates === 1) throw new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } });
      const made = bench.graph.addMail('inbox', 'Both');
      return new Response(JSON.stringify({ id: made.id }), { status: 201 });
    };
    await restore(bench, bench.snapshot.items, 'copy');
    assert.equal(creates, 2);
    assert.equal(readables(bench.graph, 'inbox').length, 2);
  });

  it('a readable form that the vault lost fails the check of that item alone', async () => {
    const bench = await backedUp((graph) => {
      for (const subject of ['One', 'Two']) graph.addMail('inbox', subject);
    });
    for (const { id } of bench.snapshot.items) bench.graph.remove(id);
    const open = bench.vault.openReadable.bind(bench.vault);
    bench.vault.openReadable = async (ref) => {
      if (ref === bench.snapshot.items[0]!.ref) {
        throw new AppError('vault.damaged', 'A block of the vault is damaged.');
      }
      return open(ref);
    };
    const { journal } = await restore(bench, bench.snapshot.items);
    assert.deepEqual([...journal.checks.values()].map(({ cause }) => cause).sort(), [
      null,
      'vault-damaged',
    ]);
  });

  it('may die after any request and comes to the same end', async () => {
    for (let dieAt = 1; dieAt < 32; dieAt++) {
      const bench = await backedUp((graph) => {
        graph.addFolder('child', 'Kunden', 'inbox');
        for (let n = 0; n < 5; n++) graph.addMail(n % 2 ? 'inbox' : 'child', `Mail ${n}`);
      });
      const before = [...bench.graph.items.values()].map(({ readable }) => readable).sort();
      for (const { id } of bench.snapshot.items) bench.graph.remove(id);
      bench.graph.removeFolder('child');
      const plan = await planFor(bench, bench.snapshot.items);
      const journal = new MemoryReplayJournal();
      const attempt = async (stop: AbortSignal) => {
        const { target } = targetOf(bench, journal, stop);
        const { write } = target;
        const folders = await ensureFolders(write, tinyMailbox.exchangeId, plan.folders, stop);
        for (const item of plan.items) {
          const entry = await replayItem(target, item, folders.get(item.folderKey)!);
          if (entry.state === 'written') await verifyItem(target, item, entry);
        }
      };
      const stop = new AbortController();
      let calls = 0;
      bench.graph.lose = () => {
        if (++calls !== dieAt) return false;
        stop.abort(new Error('died'));
        return true;
      };
      await attempt(stop.signal).catch((err) => assert.match(err.message, /died/));
      await attempt(signal);
      const after = [...bench.graph.items.values()].map(({ readable }) => readable).sort();
      assert.deepEqual(after, before, `died at ${dieAt}`);
      const made = [...bench.graph.folders.values()].filter(
        ({ displayName }) => displayName === 'Kunden',
      );
      assert.equal(made.length, 1);
      assert.ok([...journal.checks.values()].every(({ ok }) => ok));
    }
  });

  it('two equal messages come back as two, also through lost replies', async () => {
    const bench = await backedUp((graph) => {
      const one = graph.addMail('inbox', 'Twin');
      const two = graph.addMail('inbox', 'Twin');
      two.readable = one.readable;
      two.stream = one.stream;
    });
    for (const { id } of bench.snapshot.items) bench.graph.remove(id);
    bench.graph.lose = ({ path }) => path.startsWith('/import');
    await restore(bench, bench.snapshot.items);
    assert.equal(readables(bench.graph, 'inbox').length, 2);
    // With one of the two there, one is written.
    bench.graph.lose = () => false;
    const [first] = [...bench.graph.items.keys()];
    bench.graph.remove(first!);
    const { plan } = await restore(bench, bench.snapshot.items);
    assert.equal(plan.totals.write, 1);
    assert.equal(readables(bench.graph, 'inbox').length, 2);
  });

  it('makes a folder that is gone anew, where it was', async () => {
    const bench = await backedUp((graph) => {
      graph.addFolder('parent', 'Kunden', 'inbox');
      graph.addFolder('child', 'Nord/Süd', 'parent');
      graph.addMail('child', 'Deep');
    });
    bench.graph.removeFolder('child');
    bench.graph.removeFolder('parent');
    const { plan } = await restore(bench, bench.snapshot.items);
    assert.deepEqual(plan.items[0]?.targetFolderPath, ['Posteingang', 'Kunden', 'Nord/Süd']);
    const made = [...bench.graph.folders.values()].find(
      ({ displayName }) => displayName === 'Nord/Süd',
    );
    const parent = bench.graph.folders.get(made!.parentFolderId!);
    assert.equal(parent?.displayName, 'Kunden');
    assert.equal(parent?.parentFolderId, 'inbox');
    assert.equal(readables(bench.graph, made!.id).length, 1);
    // A second restore finds everything.
    const again = await restore(bench, bench.snapshot.items);
    assert.deepEqual(again.plan.totals.present, 1);
  });

  it('copies on demand, and into a folder of its own', async () => {
    const bench = await backedUp((graph) => {
      graph.addMail('inbox', 'One');
      graph.addMail('sent', 'Two');
    });
    await restore(bench, bench.snapshot.items, 'copy');
    assert.equal(bench.graph.items.size, 4);
    const plan = await planFor(bench, bench.snapshot.items, 'skip', {
      kind: 'folder',
      name: 'Restored 2026-11-25 10:04',
    });
    assert.deepEqual(
      plan.folders.map(({ name, parentKey }) => [name, parentKey]),
      [
        ['Restored 2026-11-25 10:04', null],
        ['Posteingang', 'root'],
        ['Gesendet', 'root'],
      ],
    );
    assert.equal(plan.totals.write, 2);
  });

  it('replaces only after the new one has been read back', async () => {
    const bench = await backedUp((graph) => {
      graph.addMail('inbox', 'Original');
    });
    const [item] = bench.snapshot.items;
    const there = bench.graph.items.get(item!.id)!;
    there.readable = there.readable.replace('Hello.', 'Tampered.');
    there.changeKey = 'edited';
    const order: string[] = [];
    bench.graph.fault = ({ method, path }) => {
      if (path.startsWith('/import')) order.push('write');
      if (order.length > 0 && path.endsWith('$value')) order.push('read');
      if (method === 'DELETE') order.push('delete');
      return undefined;
    };
    const { plan } = await restore(bench, bench.snapshot.items, 'replace');
    assert.equal(plan.items[0]?.action, 'replace');
    assert.deepEqual(order, ['write', 'read', 'delete']);
    assert.equal(readables(bench.graph, 'inbox').length, 1);
    assert.match(readables(bench.graph, 'inbox')[0]!, /Hello\./);
  });

  it('replaces an item that has a stream alone only where the stream comes back the same', async () => {
    for (const comesBack of ['same', 'different', 'not at all'] as const) {
      const bench = await backedUp((graph) => {
        graph.addMail('inbox', 'Original');
      });
      const [item] = bench.snapshot.items;
      bench.vault.items.get(item!.ref)!.readable = null;
      const there = bench.graph.items.get(item!.id)!;
      there.readable = there.readable.replace('Hello.', 'Tampered.');
      there.changeKey = 'edited';
      const plan = await planFor(bench, [{ ...item!, readableBytes: null }], 'replace');
      const [planned] = plan.items;
      assert.equal(planned?.action, 'replace');
      const { target, journal } = targetOf(bench);
      const entry = await replayItem(target, planned!, 'inbox');
      assert.ok(entry.state === 'written');
      if (comesBack === 'different') bench.graph.items.get(entry.createdId)!.stream += 'x';
      bench.graph.fault = ({ path }) =>
        comesBack === 'not at all' && path.endsWith('/exportItems')
          ? failure(403, 'ErrorAccessDenied')
          : undefined;
      await verifyItem(target, planned!, entry);
      const same = comesBack === 'same';
      assert.deepEqual(journal.checks.get(planned!.itemId), {
        ok: same,
        cause: same ? null : 'kept-beside',
        sameBytes: false,
      });
      assert.equal(bench.graph.items.has(item!.id), !same);
      assert.ok(bench.graph.items.has(entry.createdId));
    }
  });

  it('a full mailbox, a refused stream and a vanished folder each have their cause', async () => {
    const bench = await backedUp((graph) => {
      graph.addMail('inbox', 'One');
    });
    const [item] = bench.snapshot.items;
    bench.graph.remove(item!.id);
    const causeWith = async (status: number, code: string) => {
      bench.graph.fault = ({ path }) =>
        path.startsWith('/import') || path.endsWith('/messages')
          ? failure(status, code)
          : undefined;
      const { journal } = await restore(bench, bench.snapshot.items);
      return [...journal.ends.values()][0]?.cause;
    };
    assert.equal(await causeWith(507, 'ErrorQuotaExceeded'), 'mailbox-full');
    assert.equal(await causeWith(404, 'ErrorFolderNotFound'), 'folder-missing');
    assert.equal(await causeWith(400, 'ErrorCorruptData'), 'target-refused');
    assert.equal(await causeWith(503, 'ErrorServerBusy'), 'target-error');
  });

  it('a pause that Exchange asks for goes to the caller and loses nothing', async () => {
    const bench = await backedUp((graph) => {
      graph.addMail('inbox', 'One');
    });
    bench.graph.remove(bench.snapshot.items[0]!.id);
    const plan = await planFor(bench, bench.snapshot.items);
    const { target } = targetOf(bench);
    bench.graph.fault = ({ path }) =>
      path.startsWith('/import')
        ? new Response('{"error":{"code":"ApplicationThrottled"}}', {
            status: 429,
            headers: { 'retry-after': '90' },
          })
        : undefined;
    await assert.rejects(
      replayItem(target, plan.items[0]!, 'inbox'),
      (err) => isAppError(err, 'throttled') && err.retryAfterMs === 90_000,
    );
    bench.graph.fault = () => undefined;
    assert.equal((await replayItem(target, plan.items[0]!, 'inbox')).state, 'written');
    assert.equal(readables(bench.graph, 'inbox').length, 1);
  });
});
