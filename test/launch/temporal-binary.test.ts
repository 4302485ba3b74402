import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { entryOfTar, findTemporal } from '#lib/launch/temporal-binary.ts';

async function program(folder: string, name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
  return path;
}

test('a named binary goes before everything else, and a broken one is not replaced in silence', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast temporal '));
  try {
    const good = await program(folder, 'temporal', 'echo "temporal version 9.9.9 (Server 9)"');
    const bad = await program(folder, 'other', 'echo something else');
    const named = await findTemporal({ dataFolder: folder, env: { TEMPORAL_CLI: good } });
    assert.equal(named.binary?.path, good);
    assert.equal(named.binary?.version, 'temporal version 9.9.9 (Server 9)');
    const broken = await findTemporal({
      dataFolder: folder,
      env: { TEMPORAL_CLI: bad, PATH: folder },
    });
    assert.equal(broken.binary, null);
    assert.match(broken.tried, /^TEMPORAL_CLI \(.* does not run\)$/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('PATH is searched next, and without a download the answer says what was tried', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast temporal '));
  try {
    const nothing = await findTemporal({
      dataFolder: folder,
      env: { PATH: folder },
      download: false,
    });
    assert.deepEqual(nothing, { binary: null, tried: 'PATH (no temporal)' });
    const path = await program(folder, 'temporal', 'echo "temporal version 1.2.3"');
    const found = await findTemporal({
      dataFolder: folder,
      env: { PATH: folder },
      download: false,
    });
    assert.equal(found.binary?.path, path);
    assert.equal(found.binary?.origin, 'PATH');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('one file is taken out of a tar archive by its name', () => {
  const entry = (name: string, body: string) => {
    const block = Buffer.alloc(512 + Math.ceil(body.length / 512) * 512);
    block.write(name, 0, 'latin1');
    block.write(body.length.toString(8).padStart(11, '0'), 124, 'latin1');
    block.write(body, 512, 'latin1');
    return block;
  };
  const archive = Buffer.concat([
    entry('LICENSE', 'x'.repeat(700)),
    entry('./temporal', 'the binary'),
    Buffer.alloc(1024),
  ]);
  assert.equal(entryOfTar(archive, 'temporal').toString(), 'the binary');
  assert.throws(() => entryOfTar(archive, 'absent'), /holds no absent/);
});
