import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { systemClock } from '#lib/core/clock.ts';
import { captureMailbox } from '#lib/exchange/capture.ts';
import { previewItem } from '#lib/exchange/preview.ts';
import { replayItem, verifyItem } from '#lib/exchange/replay.ts';
import { ImportSession } from '#lib/graph/import-session.ts';
import { keyFromBytes } from '#lib/vault/keys.ts';
import { openTarget } from '#lib/vault/targets/open.ts';
import { Vault } from '#lib/vault/vault.ts';
import { MemoryCaptureJournal, MemoryReplayJournal } from '#test/kit/memory-journals.ts';
import { TinyGraph, tinyMailbox } from '#test/kit/tiny-graph.ts';

const signal = new AbortController().signal;

describe('a capture into a real vault', () => {
  it('comes back whole from another opening of it, large attachments included', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-test-'));
    const options = () => ({
      target: openTarget(pathToFileURL(folder), 'tenant'),
      keys: keyFromBytes(new Uint8Array(32).fill(7)),
      tenantId: 'tenant',
      clock: systemClock,
      workers: 1,
    });
    try {
      const graph = new TinyGraph();
      for (let n = 0; n < 40; n++) graph.addMail('inbox', `Mail ${n}`);
      const attachment = randomBytes(9 * 1024 * 1024)
        .toString('base64')
        .replace(/.{76}/g, '$&\r\n');
      graph.addMail('inbox', 'Large', attachment);
      const journal = new MemoryCaptureJournal();
      await using first = await Vault.openOrCreate(options());
      const lease = { sessionId: 'session', epoch: 1, assertHeld: async () => {} };
      {
        await using writer = await first.writer(lease);
        await captureMailbox({
          graph: graph.client(),
          mailbox: tinyMailbox,
          writer,
          journal,
          mode: 'dual',
          budgetMs: 60_000,
          signal,
          onProgress: () => {},
          clock: systemClock,
        });
      }
      const before = [...graph.items.values()].map(({ readable }) => readable).sort();
      for (const id of [...graph.items.keys()]) graph.remove(id);

      await using second = await Vault.open(options());
      const reader = second.reader();
      const write = graph.client();
      const lines = new MemoryReplayJournal();
      const target = {
        restoreId: 'r',
        read: graph.client(),
        write,
        mailbox: tinyMailbox,
        session: new ImportSession(write, tinyMailbox.exchangeId, systemClock),
        source: reader,
        journal: lines,
        clock: systemClock,
        signal,
      };
      for (const row of journal.items.values()) {
        const item = {
          ...row,
          itemId: row.id,
          key: row.id,
          folderKey: 'f',
          targetFolderPath: [],
          action: 'write' as const,
          cause: null,
          existingId: null,
          presentIds: [],
          route: 'stream' as const,
        };
        const entry = await replayItem(target, item, 'inbox');
        assert.ok(entry.state === 'written');
        assert.deepEqual(await verifyItem(target, item, entry), {
          ok: true,
          cause: null,
          sameBytes: true,
        });
      }
      assert.deepEqual([...graph.items.values()].map(({ readable }) => readable).sort(), before);
      const large = [...journal.items.values()].find(({ subject }) => subject === 'Large')!;
      const shown = await previewItem(reader, large.ref, 'message');
      assert.equal(shown?.truncated, true);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
