import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '#lib/core/clock.ts';
import { sleep } from '#lib/core/concurrency.ts';
import { isAppError } from '#lib/core/errors.ts';
import { captureMailbox } from '#lib/exchange/capture.ts';
import type { CaptureMode } from '#lib/exchange/capture-items.ts';
import { MemoryCaptureJournal } from '#test/kit/memory-journals.ts';
import { MemoryVault } from '#test/kit/memory-vault.ts';
import { failure, TinyGraph, tinyMailbox } from '#test/kit/tiny-graph.ts';

function bench() {
  const graph = new TinyGraph();
  const vault = new MemoryVault();
  const journal = new MemoryCaptureJournal(vault);
  const run = async (
    options: {
      budgetMs?: number;
      makesWay?: () => boolean;
      slices?: number;
      newRun?: boolean;
      signal?: AbortSignal;
      mode?: CaptureMode;
    } = {},
  ) => {
    if (options.newRun !== false) journal.startRun();
    graph.calls.length = 0;
    for (let slice = 1; ; slice++) {
      const client = graph.client();
      const { state } = await captureMailbox({
        graph: client,
        mailbox: tinyMailbox,
        writer: vault,
        journal,
        mode: options.mode ?? 'dual',
        budgetMs: options.budgetMs ?? 60_000,
        makesWay: options.makesWay,
        signal: options.signal ?? new AbortController().signal,
        onProgress: () => {},
        clock: systemClock,
      });
      assert.ok(client.inFlightPeak <= 4);
      if (state === 'done') return slice;
      assert.ok(slice < (options.slices ?? 100), 'the slices do not come to an end');
    }
  };
  /** What the catalogue has is what the mailbox has. */
  const assertSame = () => {
    assert.deepEqual(
      [...journal.items.values()]
        .map(({ id, folderId, changeKey }) => [id, folderId, changeKey])
        .sort(),
      [...graph.items.values()]
        .map(({ id, folderId, changeKey }) => [id, folderId, changeKey])
        .sort(),
    );
  };
  return { graph, vault, journal, run, assertSame };
}

describe('captureMailbox', () => {
  it('a first run stores both forms of every item', async () => {
    const { graph, vault, journal, run, assertSame } = bench();
    for (let n = 0; n < 120; n++) graph.addMail(n % 3 ? 'inbox' : 'sent', `Mail ${n}`);
    await run();
    assertSame();
    assert.deepEqual(
      { ...journal.tally() },
      { stored: 120, reused: 0, removed: 0, skipped: 0, failed: 0 },
    );
    const row = [...journal.items.values()][0]!;
    assert.equal(row.sender, 'Mira <mira@tiny.test>');
    assert.equal(row.at?.toISOString(), '2026-11-25T10:00:00.000Z');
    assert.equal(row.note, null);
    assert.equal(vault.items.size, 120);
    const exports = graph.calls.filter((call) => call.includes('exportItems')).length;
    assert.ok(exports <= 8, `${exports} export calls`);
  });

  it('an unchanged run asks once for the folders and once for each folder', async () => {
    const { graph, run, assertSame } = bench();
    for (let n = 0; n < 60; n++) graph.addMail('inbox', `Mail ${n}`);
    await run();
    await run();
    assert.ok(graph.calls.length <= 1 + 2 + 13, graph.calls.join('\n'));
    assert.equal(graph.calls.filter((call) => call.includes('/items/delta')).length, 2);
    assert.equal(graph.calls.filter((call) => /value|export/.test(call)).length, 0);
    assertSame();
  });

  it('follows changes, deletions, moves both ways and a renamed folder', async () => {
    const { graph, journal, run, assertSame } = bench();
    const mails = Array.from({ length: 12 }, (_, n) =>
      graph.addMail(n % 2 ? 'inbox' : 'sent', `M${n}`),
    );
    await run();
    graph.touch(mails[0]!.id);
    graph.remove(mails[1]!.id);
    graph.move(mails[3]!.id, 'sent');
    graph.move(mails[2]!.id, 'inbox');
    graph.folders.get('sent')!.displayName = 'Renamed';
    await run();
    assertSame();
    assert.equal(journal.folderRows.get('sent')?.name, 'Renamed');
    assert.equal(journal.tally().failed + journal.tally().skipped, 0);
  });

  it('follows moves where Exchange finds an item by its id in any folder', async () => {
    const { graph, journal, run, assertSame } = bench();
    const mails = [graph.addMail('inbox', 'There'), graph.addMail('sent', 'Back')];
    await run();
    graph.fault = ({ method, path }) => {
      const id = /\/items\/([^/?]+)$/.exec(path)?.[1];
      const item = id === undefined ? undefined : graph.items.get(id);
      return method === 'GET' && item && id !== 'delta'
        ? new Response(JSON.stringify({ id, changeKey: item.changeKey, type: item.type, size: 9 }))
        : undefined;
    };
    graph.move(mails[0]!.id, 'sent');
    graph.move(mails[1]!.id, 'inbox');
    await run();
    assertSame();
    assert.equal(journal.items.size, 2);
  });

  it('what is moved into a folder that was read already is in the snapshot, and leaves it when it goes', async () => {
    for (const [moved, readsMail] of [
      [1, true],
      [1, false],
      [60, true],
    ] as const) {
      for (const how of ['changes', 'resync', 'folder'] as const) {
        const { graph, journal, run, assertSame } = bench();
        graph.addFolder('last', 'Zuletzt');
        const ids = Array.from({ length: moved }, (_, n) => graph.addMail('last', `M${n}`).id);
        graph.addMail('last', 'Stays');
        await run({ mode: 'stream' });
        if (how === 'resync') graph.forgetLinks();
        let done = false;
        graph.fault = ({ path }) => {
          if (!readsMail && path.includes('/messages/')) return failure(403, 'ErrorAccessDenied');
          if (done || !path.includes('/folders/last/items/delta')) return undefined;
          done = true;
          for (const id of ids) graph.move(id, 'inbox');
          if (how === 'folder') graph.removeFolder('last');
          return undefined;
        };
        await run({ mode: 'stream' });
        // Of a folder that went in between, everything is kept until the next run.
        if (how === 'folder') for (const id of ids) assert.ok(journal.items.has(id));
        else assertSame();
        graph.fault = () => undefined;
        await run({ mode: 'stream' });
        assertSame();
        assert.equal(journal.retries.size, 0);
      }
    }
  });

  it('reads a folder whole where the last round ended at another address, and follows no answer to one', async () => {
    const { graph, journal, run, assertSame } = bench();
    const [first, second] = [graph.addMail('inbox', 'One'), graph.addMail('inbox', 'Two')];
    await run();
    graph.remove(first.id);
    graph.touch(second.id);
    graph.addMail('inbox', 'Three');
    for (const [folder, link] of journal.cursors) {
      journal.cursors.set(folder, link.replace('graph.tiny', 'graph.before'));
    }
    await run();
    assertSame();
    assert.ok([...journal.cursors.values()].every((link) => !link.includes('graph.before')));

    for (let n = 0; n < 5; n++) graph.addMail('inbox', `More ${n}`);
    // A listing that begins anew comes in pages.
    graph.pageSize = 1;
    for (const name of ['@odata.nextLink', '@odata.deltaLink']) {
      for (const page of ['/inbox/items/delta', '/inbox/items/delta?skip=2']) {
        // In one slice, and where each page is a slice of its own.
        for (const budgetMs of [60_000, 0]) {
          graph.forgetLinks();
          graph.fault = ({ path }) =>
            path.includes(page)
              ? Response.json({ value: [], [name]: 'https://graph.evil/v1.0/next' })
              : undefined;
          await assert.rejects(run({ budgetMs, slices: 5 }), { code: 'source.refused' });
          assert.ok(graph.calls.every((call) => !call.includes('evil')));
        }
      }
    }
    graph.fault = () => undefined;
    await run();
    assertSame();
  });

  it('what is moved so and then deleted unseen is removed by the next run', async () => {
    const { graph, journal, run, assertSame } = bench();
    const mail = graph.addMail('sent', 'Short stay');
    await run();
    let done = false;
    graph.fault = ({ path }) => {
      if (!done && path.includes('/folders/sent/items/delta')) {
        done = true;
        graph.move(mail.id, 'inbox');
      }
      return undefined;
    };
    await run();
    assertSame();
    // Came and went between two rounds: the service names it in neither.
    graph.items.delete(mail.id);
    graph.fault = ({ path }) =>
      path.includes('/folders/inbox/items/delta')
        ? new Response(
            JSON.stringify({ value: [], '@odata.deltaLink': 'https://graph.tiny/v1.0/x' }),
          )
        : undefined;
    await run();
    assertSame();
    assert.equal(journal.retries.size, 0);
  });

  it('takes a removal for a claim and asks', async () => {
    const { graph, journal, run, assertSame } = bench();
    const mail = graph.addMail('inbox', 'Still there');
    await run();
    graph.claimGone(mail.id);
    await run();
    assertSame();
    assert.equal(journal.tally().removed, 0);
    assert.equal(journal.tally().reused, 1);
  });

  it('an item that one page names as changed and as gone is asked for', async () => {
    for (const reallyGone of [true, false]) {
      const { graph, journal, run, assertSame } = bench();
      const mail = graph.addMail('inbox', 'Both');
      await run();
      const shown = { id: mail.id, changeKey: 'newer', type: 'IPM.Note', size: 10 };
      const gone = { id: mail.id, '@removed': { reason: 'deleted' } };
      for (const value of [
        [shown, gone],
        [gone, shown],
      ]) {
        if (reallyGone && graph.items.has(mail.id)) graph.remove(mail.id);
        graph.fault = ({ path }) =>
          path.includes('inbox/items/delta')
            ? new Response(
                JSON.stringify({ value, '@odata.deltaLink': 'https://graph.tiny/v1.0/x' }),
              )
            : undefined;
        const cursor = journal.cursors.get('inbox')!;
        await run();
        journal.cursors.set('inbox', cursor);
        assertSame();
      }
    }
  });

  it('many removals are confirmed by listing the folder once', async () => {
    const { graph, journal, run, assertSame } = bench();
    const mails = Array.from({ length: 200 }, (_, n) => graph.addMail('inbox', `M${n}`));
    await run();
    for (const { id } of mails.slice(0, 150)) graph.remove(id);
    await run();
    assertSame();
    assert.equal(journal.tally().removed, 150);
    assert.ok(graph.calls.length < 20, String(graph.calls.length));
  });

  it('a forgotten cursor leads to a full comparison, not to a reset', async () => {
    const { graph, journal, run, assertSame } = bench();
    const mails = Array.from({ length: 90 }, (_, n) => graph.addMail('inbox', `M${n}`));
    await run();
    graph.remove(mails[5]!.id);
    graph.touch(mails[6]!.id);
    graph.addMail('inbox', 'New');
    graph.forgetLinks();
    await run({ budgetMs: 0 });
    assertSame();
    // The change of one item keeps its content, so the vault has it already.
    assert.equal(journal.tally().stored, 1);
    assert.equal(journal.tally().removed, 1);
    assert.equal(graph.calls.filter((call) => call.includes('$value')).length, 2);
  });

  it('a folder that is gone takes its items with it, but not those that moved away', async () => {
    const { graph, journal, run, assertSame } = bench();
    graph.addFolder('project', 'Projekt');
    const mails = Array.from({ length: 10 }, (_, n) => graph.addMail('project', `M${n}`));
    await run();
    graph.move(mails[0]!.id, 'inbox');
    graph.removeFolder('project');
    await run();
    assertSame();
    assert.equal(journal.items.size, 1);
    assert.equal(journal.folderRows.has('project'), false);
    assert.equal(journal.tally().removed, 9);
  });

  it('a folder counts as gone only where Exchange says that it is not there', async () => {
    for (const [status, code, gone] of [
      [400, 'ErrorInvalidIdMalformed', false],
      [400, 'BadRequest', false],
      [403, 'ErrorAccessDenied', false],
      [400, 'ErrorFolderNotFound', true],
      [404, 'ErrorItemNotFound', true],
    ] as const) {
      const { graph, journal, run } = bench();
      graph.addFolder('project', 'Projekt');
      graph.addMail('project', 'Precious');
      await run();
      // The list of folders lacks it.
      graph.folders.delete('project');
      graph.fault = ({ path }) =>
        path.endsWith('/folders/project') ? failure(status, code) : undefined;
      await run();
      assert.equal(journal.items.size, gone ? 0 : 1, `${status} ${code}`);
    }
  });

  it('a budget of nothing still comes to the same end, slice by slice', async () => {
    const { graph, run, assertSame } = bench();
    for (let n = 0; n < 230; n++) graph.addMail(n % 2 ? 'inbox' : 'sent', `M${n}`);
    // No slice can be shorter than one page.
    const slices = await run({ budgetMs: 0 });
    assert.ok(slices > 4, String(slices));
    assertSame();
  });

  it('makes way for somebody more urgent after the page at hand, and goes on there later', async () => {
    const { graph, run, assertSame } = bench();
    for (let n = 0; n < 230; n++) graph.addMail(n % 2 ? 'inbox' : 'sent', `M${n}`);
    let asked = 0;
    const slices = await run({ makesWay: () => ++asked === 1 });
    assert.equal(slices, 2);
    assertSame();
  });

  it('an item that Exchange cannot export is kept in readable form, and the other way round', async () => {
    const { graph, journal, run } = bench();
    const [noStream, noReadable, neither, fine] = ['A', 'B', 'C', 'D'].map((name) =>
      graph.addMail('inbox', name),
    );
    const real = graph.fault;
    graph.fault = (call) => {
      if (call.path.endsWith('exportItems')) {
        const ids: string[] = JSON.parse(call.body).itemIds;
        return new Response(
          JSON.stringify({
            value: ids.map((itemId) =>
              itemId === noStream!.id || itemId === neither!.id
                ? { itemId, error: { code: 'ErrorCorruptData' } }
                : { itemId, changeKey: 'x', data: Buffer.from('FTS').toString('base64') },
            ),
          }),
        );
      }
      if (call.path.endsWith('$value')) {
        if ([noReadable!.id, neither!.id].some((id) => call.path.includes(`/${id}/`)))
          return failure(500, 'ErrorCorruptData');
      }
      return real(call);
    };
    await run();
    assert.equal(journal.items.get(noStream!.id)?.note, 'readable-only');
    assert.equal(journal.items.get(noReadable!.id)?.note, 'stream-only');
    assert.equal(journal.items.get(fine!.id)?.note, null);
    assert.equal(journal.items.has(neither!.id), false);
    assert.deepEqual(
      journal.outcomes().filter(({ outcome }) => outcome !== 'stored'),
      [
        {
          id: neither!.id,
          folderId: 'inbox',
          outcome: 'skipped',
          cause: 'corrupt-in-source',
          detail: 'ErrorCorruptData',
        },
      ],
    );
  });

  it('an item that fails for a passing reason is tried again in the next run', async () => {
    const { graph, journal, run, assertSame } = bench();
    const bad = graph.addMail('inbox', 'Bad day');
    graph.addMail('inbox', 'Good day');
    graph.fault = ({ path, body }) =>
      path.includes(`/${bad.id}/$value`) || (path.endsWith('exportItems') && body.includes(bad.id))
        ? failure(503, 'ErrorServerBusy')
        : undefined;
    await run();
    assert.equal(journal.tally().failed, 1);
    assert.equal(journal.tally().stored, 1);
    assert.equal(journal.retries.size, 1);
    graph.fault = () => undefined;
    await run();
    assertSame();
    assert.equal(journal.retries.size, 0);
    assert.equal(journal.tally().stored, 1);
  });

  it('asks alone for what a batch left out', async () => {
    const { graph, journal, run, assertSame } = bench();
    const mails = Array.from({ length: 8 }, (_, n) => graph.addMail('inbox', `M${n}`));
    graph.fault = ({ path, body }) => {
      if (!path.endsWith('exportItems')) return undefined;
      const ids: string[] = JSON.parse(body).itemIds;
      if (ids.length === 1) return undefined;
      const data = Buffer.from('FTS').toString('base64');
      return new Response(
        JSON.stringify({
          value: ids.filter((id) => id !== mails[3]!.id).map((itemId) => ({ itemId, data })),
        }),
      );
    };
    await run();
    assertSame();
    assert.equal(journal.items.get(mails[3]!.id)?.note, null);
  });

  it('more than twenty failures in a row end the run instead of passing for a backup', async () => {
    const { graph, journal, run } = bench();
    for (let n = 0; n < 60; n++) graph.addMail('inbox', `M${n}`);
    graph.fault = ({ path }) =>
      path.endsWith('$value') || path.endsWith('exportItems')
        ? failure(500, 'ErrorInternal')
        : undefined;
    await assert.rejects(run(), (err) => isAppError(err, 'source.unavailable') && err.retryable);
    assert.equal(journal.cursors.has('inbox'), false);
  });

  it('neighbours that always fail are failures, and do not stop the mailbox in each run', async () => {
    for (const fails of ['both', 'readable', 'stream'] as const) {
      for (const badFirst of [true, false]) {
        const { graph, journal, run } = bench();
        const add = (name: string, count: number) =>
          Array.from({ length: count }, (_, n) => graph.addMail('inbox', `${name} ${n}`).id);
        const before = badFirst ? [] : add('Before', 30);
        const bad = new Set(add('Bad', 45));
        const after = add('After', 20);
        graph.fault = ({ path, body }) => {
          const id = /messages\/([^/]+)\/\$value$/.exec(path)?.[1];
          if (id !== undefined && bad.has(id) && fails !== 'stream')
            return failure(500, 'ErrorInternal');
          if (!path.endsWith('exportItems') || fails === 'readable') return undefined;
          const ids: string[] = JSON.parse(body).itemIds;
          const value = ids.map((itemId) =>
            bad.has(itemId)
              ? { itemId, error: { code: 'ErrorInternalServerError' } }
              : { itemId, data: Buffer.from(`FTS ${itemId}`).toString('base64') },
          );
          return new Response(JSON.stringify({ value }));
        };
        await run();
        assert.ok(journal.cursors.has('inbox'));
        for (const id of [...before, ...after]) assert.equal(journal.items.get(id)?.note, null);
        assert.equal(journal.tally().failed, fails === 'both' ? 45 : 0);
        assert.deepEqual(new Set(journal.retries.keys()), bad);
        // They alone are asked for now, and what was stored speaks for the source.
        await run();
        assert.deepEqual(new Set(journal.retries.keys()), bad);
      }
    }
  });

  it('one form that is given out for no item at all ends the run', async () => {
    const { graph, run } = bench();
    for (let n = 0; n < 60; n++) graph.addMail(n % 2 ? 'inbox' : 'sent', `M${n}`);
    graph.fault = ({ path }) =>
      path.endsWith('$value') ? failure(403, 'ErrorAccessDenied') : undefined;
    await assert.rejects(run(), (err) => isAppError(err, 'source.refused'));
  });

  it('a lost permission is said as such and not blamed on items', async () => {
    const { graph, run } = bench();
    graph.addMail('inbox', 'M');
    graph.fault = ({ path }) =>
      path.endsWith('exportItems') ? failure(403, 'ErrorAccessDenied') : undefined;
    await assert.rejects(run(), (err) => isAppError(err, 'source.refused'));
  });

  it('a mailbox that is gone is said as such', async () => {
    const { graph, run } = bench();
    graph.fault = () => failure(404, 'MailboxNotEnabledForRESTAPI');
    await assert.rejects(run(), (err) => isAppError(err, 'source.gone'));
  });

  it('a store that fails ends the run and moves no cursor', async () => {
    const { graph, vault, journal, run, assertSame } = bench();
    for (let n = 0; n < 30; n++) graph.addMail('inbox', `M${n}`);
    const flush = vault.flush.bind(vault);
    vault.flush = async () => {
      throw new Error('disk full');
    };
    await assert.rejects(run(), /disk full/);
    assert.equal(journal.items.size, 0);
    assert.equal(journal.cursors.has('inbox'), false);
    vault.flush = flush;
    await run();
    assertSame();
  });

  it('keeps one form where the policy says so', async () => {
    for (const mode of ['stream', 'readable'] as const) {
      const { graph, vault, journal, run, assertSame } = bench();
      graph.addMail('inbox', 'One');
      await run({ mode });
      assertSame();
      const [row] = journal.items.values();
      assert.equal(row?.note, null);
      assert.equal(row?.streamBytes !== null, mode === 'stream');
      assert.equal((await vault.openStream(row!.ref)) !== null, mode === 'stream');
      const unwanted = mode === 'stream' ? '$value' : 'exportItems';
      assert.ok(!graph.calls.some((call) => call.includes(unwanted)));
    }
  });

  it('may be stopped at any request and comes to the same end', async () => {
    for (let stopAt = 1; stopAt < 90; stopAt += 4) {
      const { graph, journal, run, assertSame } = bench();
      graph.pageSize = 7;
      const mails = Array.from({ length: 30 }, (_, n) =>
        graph.addMail(n % 3 ? 'inbox' : 'sent', `M${n}`),
      );
      await run();
      for (const { id } of mails.slice(0, 6)) graph.touch(id);
      for (const { id } of mails.slice(6, 10)) graph.remove(id);
      graph.move(mails[12]!.id, mails[12]!.folderId === 'sent' ? 'inbox' : 'sent');
      for (let n = 0; n < 20; n++) graph.addMail('sent', `N${n}`);
      if (stopAt % 8 === 1) graph.forgetLinks();
      const stop = new AbortController();
      let calls = 0;
      graph.fault = () => {
        if (++calls === stopAt) stop.abort(new Error('stopped'));
        return undefined;
      };
      await run({ signal: stop.signal }).catch((err) => assert.match(err.message, /stopped/));
      graph.fault = () => undefined;
      await run({ newRun: false });
      assertSame();
      assert.equal(journal.tally().failed, 0);
    }
  });

  it('a folder that was emptied while its cursor was forgotten is told in pages', async () => {
    const { graph, journal, run, assertSame } = bench();
    graph.addMail('inbox', 'Stays');
    await run();
    const [row] = journal.items.values();
    for (let n = 0; n < 2500; n++) journal.items.set(`gone${n}`, { ...row!, id: `gone${n}` });
    graph.addMail('inbox', 'New');
    graph.forgetLinks();
    await run();
    assertSame();
    assert.equal(journal.tally().removed, 2500);
    assert.ok(journal.pages.every(({ removed }) => removed.length <= 1000));
  });

  it('a refusal to export that comes before the first message does is an error, and no end of the process', async () => {
    const { graph, run } = bench();
    for (let n = 0; n < 3; n++) graph.addMail('inbox', `M${n}`);
    const slow = graph.fetch;
    const client = graph.client.bind(graph);
    graph.client = () =>
      client({
        fetch: (async (url, init) => {
          if (String(url).includes('$value')) await sleep(50);
          return slow(url, init);
        }) as typeof fetch,
      });
    graph.fault = ({ path }) =>
      path.endsWith('/exportItems') ? failure(403, 'ErrorAccessDenied') : undefined;
    // The runner fails a test in which a rejection is left without a handler.
    await assert.rejects(run(), { code: 'source.refused' });
  });

  it('a page that fails as a whole is asked for in smaller pieces', async () => {
    const { graph, run, assertSame } = bench();
    graph.addMail('inbox', 'M');
    const sizes: string[] = [];
    const client = graph.client.bind(graph);
    graph.client = () =>
      client({
        fetch: (async (url, init) => {
          const prefer = new Headers(init?.headers).get('prefer') ?? '';
          const size = /maxpagesize=(\d+)/.exec(prefer)?.[1];
          if (String(url).includes('/items/delta')) {
            sizes.push(size ?? '');
            if (Number(size) > 50) return failure(504, 'UnknownError');
          }
          return graph.fetch(url, init);
        }) as typeof fetch,
      });
    await run();
    assertSame();
    assert.ok(sizes.includes('50'), sizes.join());
  });
});
