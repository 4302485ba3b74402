import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { isAppError } from '#lib/core/errors.ts';
import { memoryTarget } from '#lib/vault/targets/memory.ts';
import { openTarget } from '#lib/vault/targets/open.ts';
import type { Target } from '#lib/vault/targets/target.ts';
import { noise } from '../fixture.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast target with space '));
});
after(() => rm(folder, { recursive: true }));

const targets: Array<[string, () => Target]> = [
  ['memory', () => memoryTarget()],
  ['disk', () => openTarget(pathToFileURL(join(folder, 'a', 'b')), 'tenant-1')],
];

async function names(target: Target, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of target.list(prefix)) found.push(name);
  return found.sort();
}

/** The examination that every target sits. */
for (const [kind, open] of targets) {
  describe(`the ${kind} target`, () => {
    let target: Target;
    before(() => {
      target = open();
    });

    it('has nothing at first, and says so without an error', async () => {
      assert.deepEqual(await names(target, 'packs/'), []);
      assert.equal(await target.head('packs/aa/one'), null);
      await assert.rejects(target.get('packs/aa/one'), (err) => isAppError(err, 'not-found'));
    });

    it('gives back what was put, whole and in ranges', async () => {
      const bytes = noise('object', 100_000);
      await target.put('packs/aa/one', [bytes.subarray(0, 10), bytes.subarray(10)]);
      assert.ok((await target.get('packs/aa/one')).equals(bytes));
      const range = await target.get('packs/aa/one', { offset: 500, length: 700 });
      assert.ok(range.equals(bytes.subarray(500, 1200)));
      assert.deepEqual(await target.head('packs/aa/one'), { size: 100_000 });
    });

    it('never replaces: the first of two puts under one name stays', async () => {
      await assert.rejects(target.put('packs/aa/one', [Buffer.from('x')]), (err) =>
        isAppError(err, 'conflict'),
      );
      assert.equal((await target.head('packs/aa/one'))!.size, 100_000);
      const results = await Promise.allSettled(
        Array.from({ length: 8 }, (_, number) => target.put('fence', [Buffer.of(number)])),
      );
      assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1);
      const winner = results.findIndex((result) => result.status === 'fulfilled');
      assert.deepEqual([...(await target.get('fence'))], [winner]);
    });

    it('lists by prefix, below folders too', async () => {
      await target.put('packs/bb/two', [Buffer.from('2')]);
      await target.put('index/three', [Buffer.from('3')]);
      assert.deepEqual(await names(target, 'packs/'), ['packs/aa/one', 'packs/bb/two']);
      assert.deepEqual(await names(target, 'packs/bb/'), ['packs/bb/two']);
      const rest: string[] = [];
      for await (const { name } of target.list('packs/', (known) => known.endsWith('two')))
        rest.push(name);
      assert.deepEqual(rest, ['packs/aa/one']);
    });

    it('calls an object that ends too early damaged', async () => {
      await assert.rejects(target.get('index/three', { offset: 0, length: 2 }), (err) =>
        isAppError(err, 'vault.damaged'),
      );
    });
  });
}

describe('a folder as a target', () => {
  it('leaves no half-written file behind, and never shows one', async () => {
    const root = join(folder, 'c');
    const target = openTarget(pathToFileURL(root), 't');
    await target.put('packs/aa/one', [noise('x', 1000)]);
    await assert.rejects(target.put('packs/aa/one', [noise('y', 1000)]));
    assert.deepEqual(await readdir(join(root, 't', 'packs', 'aa')), ['one']);
    assert.equal((await stat(join(root, 't', 'packs', 'aa', 'one'))).nlink, 1);
    await truncate(join(root, 't', 'packs', 'aa', 'one'), 10);
    await assert.rejects(target.get('packs/aa/one', { offset: 0, length: 1000 }), (err) =>
      isAppError(err, 'vault.damaged'),
    );
  });

  it('reads nothing whole that claims to be huge, and says so', async () => {
    const root = join(folder, 'e');
    const target = openTarget(pathToFileURL(root), 't');
    await target.put('index/one', [noise('x', 1000)]);
    for (const size of [300 * 1024 * 1024, 3 * 1024 ** 3, 2 ** 42]) {
      await truncate(join(root, 't', 'index', 'one'), size);
      await assert.rejects(target.get('index/one'), (err) => isAppError(err, 'vault.damaged'));
    }
  });

  it('is one per tenant, and no name leads out of it', () => {
    for (const scope of ['..', 'a/b', '', '.', 'a\0'])
      assert.throws(
        () => openTarget(pathToFileURL(folder), scope),
        (err) => isAppError(err, 'input.invalid'),
      );
    assert.throws(
      () => openTarget(new URL('ftp://x/y'), 't'),
      (err) => isAppError(err, 'config.invalid'),
    );
  });

  it('that cannot be written is unavailable, in a sentence', async () => {
    const root = join(folder, 'd');
    const target = openTarget(pathToFileURL(root), 't');
    await target.put('plain', [Buffer.from('x')]);
    // A file where a folder should be.
    await assert.rejects(target.put('plain/below', [Buffer.from('y')]), (err) => isAppError(err));
    assert.equal(await target.head('plain/below'), null);
  });
});
