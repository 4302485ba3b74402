import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { systemClock } from '#lib/core/clock.ts';
import { keyFile } from '#lib/vault/keys.ts';
import { memoryTarget } from '#lib/vault/targets/memory.ts';
import { Vault } from '#lib/vault/vault.ts';
import { all, collect, item, lease, readable } from './fixture.ts';

const golden = join(import.meta.dirname, '..', '..', 'golden');

interface Expected {
  items: Array<{ ref: string; readable: string | null; stream: string | null }>;
  snapshots: Array<{ id: string; items: string[] }>;
}

async function sha(opened: { body: AsyncIterable<Uint8Array> } | null): Promise<string | null> {
  if (opened === null) return null;
  return createHash('sha256')
    .update(await collect(opened.body))
    .digest('hex');
}

/** The vault as it was committed, in memory, so that a test cannot change it. */
function load(version: string) {
  const root = join(golden, version, 'target', 'tenant-1');
  const objects = new Map<string, Buffer>();
  for (const name of globSync('*/**', { cwd: root, withFileTypes: true })) {
    if (!name.isFile()) continue;
    const path = join(name.parentPath, name.name);
    objects.set(path.slice(root.length + 1).replaceAll('\\', '/'), readFileSync(path));
  }
  return memoryTarget(objects);
}

describe('a vault of every released version opens for ever', () => {
  for (const version of ['vault-v1']) {
    const expected = JSON.parse(
      readFileSync(join(golden, version, 'expected.json'), 'utf8'),
    ) as Expected;
    const open = async () =>
      Vault.open({
        target: load(version),
        keys: await keyFile(join(golden, version, 'key')),
        tenantId: 'tenant-1',
        clock: systemClock,
        workers: 1,
      });

    it(`${version}: every item and snapshot is what it was, and it verifies`, async () => {
      await using vault = await open();
      const reader = vault.reader();
      for (const { ref, readable: form, stream } of expected.items) {
        assert.equal(await sha(await reader.openReadable(ref)), form);
        assert.equal(await sha(await reader.openStream(ref)), stream);
      }
      assert.deepEqual(
        (await reader.snapshots()).map((info) => info.id),
        expected.snapshots.map((snapshot) => snapshot.id),
      );
      for (const { id, items } of expected.snapshots) {
        const rows = await all((await reader.snapshot(id)).items());
        assert.deepEqual(
          rows.map((row) => row.key),
          items,
        );
      }
      const report = await vault.verify({ deep: true });
      assert.deepEqual(report.problems, []);
      assert.equal(report.items, expected.items.length);
    });

    it(`${version}: can be written on`, async () => {
      await using vault = await open();
      const writer = await vault.writer(lease());
      const one = item('later');
      const { ref } = await writer.putItem({ readable: one.readable });
      await writer.flush();
      assert.ok((await readable(vault.reader(), ref)).equals(one.mail));
    });
  }
});
